"""Metrics of an exporter about itself. Alerts rely on these names; docs/exporters/service.md lists them."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from time import time

import psutil
import structlog

from exporters.exposition.metrics import Family, Labels, Sample, Type, gauge
from exporters.exposition.snapshot import Snapshot
from exporters.running.cycle import Cycle
from exporters.shard import WHOLE, Shard
from web.bounds import Bounds
from web.crowd import Crowd

log = structlog.get_logger()


def _say(text: str) -> None:
    log.warning("connections", problem=text)


@dataclass(slots=True)
class Counts:
    """What the service counts, and which part of the work it has. `scrapes` is by (format, encoding),
    `refused` by reason, `replaced` series by external label, `crowd` connections; times are Unix seconds;
    `certificate_begins` and `certificate_ends` are None without TLS.
    """

    scrapes: dict[tuple[str, str], int] = field(default_factory=dict)
    loop_lag: float = 0.0
    render_seconds: float = 0.0
    duplicates: int = 0
    conflicts: int = 0
    replaced: Mapping[str, int] = field(default_factory=dict)
    reload_ok: bool = True
    web_ok: bool = True
    reloaded: float = field(default_factory=time)
    certificate_begins: float | None = None
    certificate_ends: float | None = None
    crowd: Crowd = field(default_factory=lambda: Crowd(Bounds(), _say))
    refused: dict[str, int] = field(default_factory=dict)
    probes: dict[tuple[str, bool], int] = field(default_factory=dict)
    shard: Shard = WHOLE

    def scraped(self, format: str, encoding: str) -> None:
        """One scrape was answered."""
        self.scrapes[format, encoding] = self.scrapes.get((format, encoding), 0) + 1

    def refuse(self, reason: str) -> None:
        """One request or connection was turned away."""
        self.refused[reason] = self.refused.get(reason, 0) + 1

    def probe(self, module: str, *, success: bool) -> None:
        """One probe was run."""
        self.probes[module, success] = self.probes.get((module, success), 0) + 1


def identity(cycle: Cycle) -> dict[str, str]:
    """The labels that tell one collector's own metrics from another's."""
    return {"collector": cycle.collector.name, "exporter": cycle.collector.exporter}


def collectors(cycles: Iterable[Cycle], now: float) -> list[Family]:
    """How each collector fares, and what it says about itself."""
    cycles = tuple(cycles)
    rows = [(Labels(identity(cycle)), cycle.status, cycle.collector) for cycle in cycles]
    done = [row for row in rows if row[1].success is not None]
    prefix = "exporter_collector"

    def family(
        name: str, help: str, values: Iterable[tuple[Labels, float]], unit: str = "", type: Type = "gauge"
    ) -> Family:
        samples = tuple(Sample(labels, value) for labels, value in values)
        return Family(f"{prefix}_{name}", type, help, samples, unit)

    out = [
        family(
            "success",
            "Whether the last cycle brought all it should, and all of it is served.",
            ((labels, float(status.well)) for labels, status, _ in done),
        ),
        family(
            "last_success_timestamp_seconds",
            "When the last successful cycle ended, 0 for never.",
            ((labels, status.last_success) for labels, status, _ in rows),
            "seconds",
        ),
        family(
            "duration_seconds",
            "How long the last cycle took.",
            ((labels, status.duration) for labels, status, _ in done),
            "seconds",
        ),
        family(
            "interval_seconds",
            "How often the collector should run.",
            ((labels, collector.interval) for labels, _, collector in rows),
            "seconds",
        ),
        family(
            "series",
            "Series served now.",
            ((labels, float(status.series)) for labels, status, _ in rows),
        ),
        family(
            "data_age_seconds",
            "Age of the values served now; absent when there are none.",
            ((labels, max(0.0, now - status.data_time)) for labels, status, _ in rows if status.series),
            "seconds",
        ),
        family(
            "cycles_total",
            "Cycles run.",
            ((labels, float(status.cycles)) for labels, status, _ in rows),
            type="counter",
        ),
        family(
            "failures_total",
            "Cycles that failed, in part or as a whole.",
            ((labels, float(status.failures)) for labels, status, _ in rows),
            type="counter",
        ),
    ]
    for cycle in cycles:
        out.extend(labelled(family, identity(cycle)) for family in cycle.own())
    return out


def labelled(family: Family, labels: Mapping[str, str]) -> Family:
    """A family with more labels on each sample."""
    samples = tuple(
        Sample(Labels({**dict(sample.labels.pairs), **labels}), sample.value, sample.timestamp)
        for sample in family.samples
    )
    return Family(family.name, family.type, family.help, samples, family.unit)


def service(counts: Counts, snapshot: Snapshot | None) -> list[Family]:
    """The exporter as a service: scrapes, event loop, snapshot, configuration, build."""
    out = [
        Family(
            "exporter_build_info",
            "info",
            "Version of this exporter.",
            (Sample(Labels({"version": version("singlepane"), "python": platform.python_version()}), 1.0),),
        ),
        Family(
            "exporter_shard_info",
            "info",
            "Which of how many processes this is that share the resources; shards count from 0.",
            (Sample(Labels({"shard": str(counts.shard.index), "shards": str(counts.shard.shards)}), 1.0),),
        ),
        Family(
            "exporter_scrapes_total",
            "counter",
            "Scrapes answered, by format and encoding.",
            tuple(
                Sample(Labels({"format": format, "encoding": encoding}), float(count))
                for (format, encoding), count in sorted(counts.scrapes.items())
            ),
        ),
        Family(
            "exporter_probes_total",
            "counter",
            "Probes run, by module and outcome.",
            tuple(
                Sample(
                    Labels({"module": module, "outcome": "success" if success else "failure"}), float(count)
                )
                for (module, success), count in sorted(counts.probes.items())
            ),
        ),
        Family(
            "exporter_web_requests_refused_total",
            "counter",
            "Requests and connections turned away, by reason.",
            tuple(
                Sample(Labels({"reason": reason}), float(count))
                for reason, count in sorted(counts.refused.items())
            ),
        ),
        gauge(
            "exporter_web_connections",
            "Connections that are open.",
            float(len(counts.crowd)),
        ),
        gauge(
            "exporter_web_connections_limit",
            "Connections that may be open at once.",
            float(counts.crowd.most),
        ),
        Family(
            "exporter_web_connections_shed_total",
            "counter",
            "Connections closed or not let in, by reason.",
            tuple(
                Sample(Labels({"reason": reason}), float(count))
                for reason, count in sorted(counts.crowd.shed.items())
            ),
        ),
        Family(
            "exporter_web_certificate_valid_from_timestamp_seconds",
            "gauge",
            "From when on the server's chain of certificates is valid; absent without TLS.",
            () if counts.certificate_begins is None else (Sample(Labels(), counts.certificate_begins),),
            "seconds",
        ),
        Family(
            "exporter_web_certificate_expiry_timestamp_seconds",
            "gauge",
            "When the first certificate of the server's chain expires; absent without TLS.",
            () if counts.certificate_ends is None else (Sample(Labels(), counts.certificate_ends),),
            "seconds",
        ),
        gauge(
            "exporter_event_loop_lag_seconds",
            "Longest time in the last seconds that the event loop did not run.",
            counts.loop_lag,
        ),
        gauge(
            "exporter_snapshot_render_seconds",
            "Time to render and compress the snapshot last.",
            counts.render_seconds,
        ),
        gauge(
            "exporter_series_duplicates",
            "Series left out of the snapshot because an equal one was there.",
            float(counts.duplicates),
        ),
        gauge(
            "exporter_family_conflicts",
            "Metrics left out of the snapshot because another of that name had another type.",
            float(counts.conflicts),
        ),
        Family(
            "exporter_external_label_series",
            "gauge",
            "Series of collectors that have a label which an external label of Prometheus replaces.",
            tuple(Sample(Labels({"label": label}), float(count)) for label, count in counts.replaced.items()),
        ),
        gauge(
            "exporter_config_last_reload_successful",
            "Whether the configuration files were valid when last read; if not, those before are in use.",
            float(counts.reload_ok and counts.web_ok),
        ),
        gauge(
            "exporter_config_last_reload_success_timestamp_seconds",
            "When the configuration in use was read.",
            counts.reloaded,
        ),
    ]
    if snapshot is not None:
        out.append(gauge("exporter_snapshot_series", "Series in the snapshot.", float(snapshot.series)))
    return out


def process() -> list[Family]:
    """The process, by the names that all Prometheus clients use."""
    this = psutil.Process()
    with this.oneshot():
        cpu, memory = this.cpu_times(), this.memory_info()
        cpu_seconds = cpu.user + cpu.system
        return [
            Family(
                "process_cpu_seconds_total",
                "counter",
                "CPU time of this process, user and system.",
                (Sample(Labels(), cpu_seconds),),
                "seconds",
            ),
            gauge("process_resident_memory_bytes", "Resident memory of this process.", float(memory.rss)),
            gauge("process_virtual_memory_bytes", "Virtual memory of this process.", float(memory.vms)),
            gauge("process_start_time_seconds", "When this process started.", this.create_time()),
            gauge("process_open_fds", "Open file descriptors of this process.", float(this.num_fds())),
            gauge("process_threads", "Threads of this process.", float(this.num_threads())),
        ]
