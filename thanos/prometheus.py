"""Prometheus: one or more identical servers in each cluster, which scrape it and evaluate its own rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import ceil
from typing import Any

from estate.components import (
    Address,
    Component,
    DataPath,
    Engine,
    File,
    FilePath,
    Later,
    Listen,
    Probe,
    Reached,
    Resources,
    RuleFile,
    Template,
    text,
)
from estate.model import Estate, PrometheusSettings
from estate.quantities import seconds
from thanos.scraping import scrape_configs
from thanos.timing import Timing, shortest
from thanos.tls import Tls

CONFIG = "prometheus.yaml"
# Blocks that a sidecar put into the bucket since it started.
UPLOADS = "thanos_shipper_uploads_total"
# Bytes of one sample on disk, and of one active series in memory:
# https://prometheus.io/docs/prometheus/latest/storage/
BYTES_PER_SAMPLE = 2
BYTES_PER_SERIES = 8 * 1024
MIB = 1 << 20
GIB = 1 << 30
# Share of the volume that blocks may fill; the rest is for the write-ahead log and a compaction in progress.
FILL = 0.8


def external_labels(estate: Estate, cluster: str, replica: int) -> dict[str, str]:
    """What tells this server's series from all others: the cluster, its row's labels, and the replica."""
    return {
        "cluster": cluster,
        **estate.clusters[cluster].labels,
        estate.metrics.replica_label: str(replica),
    }


def server(estate: Estate, cluster: str, replica: int, timing: Timing) -> Component:
    """One Prometheus of a cluster, without its configuration: `configured` adds what it scrapes and
    evaluates.
    """
    settings = estate.clusters[cluster].prometheus
    name = f"prometheus-{cluster}-{replica}"
    return Component(
        name=name,
        kind="prometheus",
        cluster=cluster,
        replica=replica,
        command=Engine("prometheus"),
        arguments=_arguments(name, timing.block, timing),
        ports={"http": 9090},
        ready=Probe("http", "/-/ready"),
        metrics=("http", "/metrics"),
        storage=f"{_volume_gib(settings)}Gi",
        resources=_resources(settings),
        # It writes what is in memory to the log's end, and tells Alertmanager what it still has to tell.
        stop_seconds=60.0,
        note=timing.note,
        later=_later(name, sidecar_of(cluster, replica), timing),
    )


def sidecar_of(cluster: str, replica: int) -> str:
    """The name of the sidecar beside a server."""
    return f"sidecar-{cluster}-{replica}"


def _arguments(name: str, block: str, timing: Timing) -> tuple[Template, ...]:
    return (
        text("--config.file=", FilePath(CONFIG)),
        # Changed rules and targets are taken up without a restart, which at full size replays minutes of log.
        "--config.auto-reload",
        text("--storage.tsdb.path=", DataPath()),
        # Equal, so that Prometheus never merges blocks itself: the compactor must be the only one who does.
        f"--storage.tsdb.min-block-duration={block}",
        f"--storage.tsdb.max-block-duration={block}",
        f"--rules.alert.resend-delay={timing.resend}",
        text("--web.listen-address=", Listen("http")),
        text("--web.external-url=http://", Address(name, "http")),
    )


def _later(name: str, sidecar: str, timing: Timing) -> Later | None:
    """Longer blocks, once the first ones are in the bucket. Prometheus takes their length at its start."""
    if not timing.later_block:
        return None
    return Later(
        _arguments(name, timing.later_block, timing),
        Reached(sidecar, UPLOADS, timing.first_blocks),
        timing.later_note,
    )


def configured(
    server: Component,
    estate: Estate,
    scraped: Iterable[Component],
    rules: Iterable[RuleFile],
    alertmanagers: Iterable[Address],
    timing: Timing,
    tls: Tls | None = None,
) -> Component:
    """The server with its configuration: it scrapes `scraped` and evaluates `rules`, as its replicas do.

    With `tls`, `alertmanagers` are the hub's gates.
    """
    settings = estate.clusters[server.cluster].prometheus
    files = tuple(File(f"rules/{rule.name}.yaml", rule.document) for rule in rules)
    document: Mapping[str, Any] = {
        "global": {
            "scrape_interval": settings.scrape_interval,
            "evaluation_interval": settings.scrape_interval,
            "external_labels": external_labels(estate, server.cluster, server.replica or 0),
        },
        "storage": {"tsdb": {"retention": retention(settings, timing)}},
        "rule_files": [text(FilePath(file.path)) for file in files],
        "alerting": {
            # Without it the replicas of a pair would send one alert twice, as two.
            "alert_relabel_configs": [{"action": "labeldrop", "regex": estate.metrics.replica_label}],
            # Each Alertmanager by name, never through a load balancer: they agree among themselves who
            # notifies.
            "alertmanagers": [
                {
                    **(tls.sending() if tls else {}),
                    "static_configs": [{"targets": [text(each) for each in alertmanagers]}],
                }
            ],
        },
        "scrape_configs": scrape_configs(scraped),
    }
    secured = tls.files(server.cluster) if tls else ()
    return replace(server, files=(File(CONFIG, document), *files, *secured))


def retention(settings: PrometheusSettings, timing: Timing) -> Mapping[str, str]:
    """By time, and by size before the volume is full: whichever comes first."""
    time = shortest(settings.retention, timing.local_retention)
    return {"time": time, "size": f"{int(_volume_gib(settings) * 1024 * FILL)}MB"}


def _samples_per_second(settings: PrometheusSettings) -> float:
    return settings.series / seconds(settings.scrape_interval)


def _volume_gib(settings: PrometheusSettings) -> int:
    """Room for all blocks of the retention at `FILL`, plus three hours of head and log at three times the
    size.
    """
    blocks = _samples_per_second(settings) * seconds(settings.retention) * BYTES_PER_SAMPLE
    head = _samples_per_second(settings) * 3 * 3600 * BYTES_PER_SAMPLE * 3
    return max(4, ceil((blocks + head) / FILL / GIB))


def _resources(settings: PrometheusSettings) -> Resources:
    """Memory by series, up to twice it for queries and compactions; a core for 100,000 samples a second."""
    memory = 256 + ceil(settings.series * BYTES_PER_SERIES / MIB)
    cpu = max(100, ceil(_samples_per_second(settings) / 100))
    return Resources(cpu=f"{cpu}m", memory=f"{memory}Mi", memory_limit=f"{2 * memory}Mi")
