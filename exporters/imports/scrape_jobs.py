"""Where scrape jobs stand: in a Prometheus configuration, in objects of the Prometheus Operator, in values of
Helm charts.

Contracts: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config,
https://prometheus-operator.dev/docs/api-reference/api/ (PodMonitor, ServiceMonitor, ScrapeConfig, Probe), and
`prometheus.metricProbes` of https://github.com/webdevops/helm-charts/tree/main/charts/azure-metrics-exporter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from estate.parse import parse
from estate.tree import Path, plain

_OPERATOR = "monitoring.coreos.com/"
# Lists of endpoints, each with a path and parameters.
_ENDPOINTS = ("endpoints", "podMetricsEndpoints")


@dataclass(frozen=True, slots=True)
class Job:
    """One scrape: its row and where it stands, its path, its parameters and where they stand. `every` is how
    often, as the file has it, and None where it does not say.
    """

    at: Path
    row: Mapping[str, Any]
    path: str
    params: Any
    params_at: Path
    every: Any
    every_at: Path


def jobs(tree: Any) -> Iterator[Job]:
    """All scrapes of a document, whatever they scrape."""
    yield from _below(tree, (), None, ())


def _below(found: Any, at: Path, usual: Any, usual_at: Path) -> Iterator[Job]:
    if isinstance(found, list):
        for index, each in enumerate(found):
            yield from _below(each, (*at, index), usual, usual_at)
    elif isinstance(found, str) and "/probe/metrics" in found and "metrics_path" in found:
        # Charts take further jobs as a text.
        inner, _ = parse(found, "")
        if inner is not None:
            yield from _below(plain(inner), at, usual, usual_at)
    elif isinstance(found, dict):
        usual, usual_at = _usual(found, at, usual, usual_at)
        if "metrics_path" in found or "job_name" in found:
            yield _job(found, at, usual, usual_at)
        elif str(found.get("apiVersion")).startswith(_OPERATOR) and str(found.get("kind")) in _OBJECTS:
            yield from _object(found, at)
        else:
            for key, each in found.items():
                if key == "metricProbes" and isinstance(each, dict):
                    yield from _chart(each, (*at, key))
                elif key in _ENDPOINTS and isinstance(each, list):
                    yield from _endpoints(each, (*at, key))
                else:
                    yield from _below(each, (*at, key), usual, usual_at)


def _usual(found: dict[str, Any], at: Path, usual: Any, usual_at: Path) -> tuple[Any, Path]:
    """How often jobs below scrape that do not say so themselves."""
    shared = found.get("global")
    if isinstance(shared, dict) and shared.get("scrape_interval") is not None:
        return shared["scrape_interval"], (*at, "global", "scrape_interval")
    if "scrape_configs" in found and usual is None:
        # Prometheus' own default, which is a minute.
        return "1m", (*at, "scrape_configs")
    if found.get("scrapeInterval") and "job_name" not in found:
        return found["scrapeInterval"], (*at, "scrapeInterval")
    return usual, usual_at


def _job(found: dict[str, Any], at: Path, usual: Any, usual_at: Path) -> Job:
    own = found.get("scrape_interval")
    every, every_at = (own, (*at, "scrape_interval")) if own is not None else (usual, usual_at)
    params = _relabelled(found.get("params"), found, "relabel_configs", "target_label", "source_labels")
    return Job(
        at, found, str(found.get("metrics_path", "/metrics")), params, (*at, "params"), every, every_at
    )


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def only_parameters(rules: Any) -> bool:
    """Whether relabelling rules set parameters and the address alone, and no label that stays."""
    if not isinstance(rules, list):
        return False
    targets = [(e.get("target_label") or e.get("targetLabel")) if isinstance(e, dict) else "" for e in rules]
    return all(str(each or "").startswith(("__param_", "__address__")) for each in targets)


def _relabelled(params: Any, found: Mapping[str, Any], rules: str, label: str, sources: str) -> Any:
    """Parameters with those that relabelling sets: of a constant, or of the targets."""
    listed = found.get(rules)
    if not isinstance(params, dict | None) or not isinstance(listed, list):
        return params
    more = dict(params or {})
    for rule in listed:
        target = str(rule.get(label, "")) if isinstance(rule, dict) else ""
        if not target.startswith("__param_"):
            continue
        if rule.get(sources) == ["__address__"]:
            statics = _list(found.get("static_configs") or found.get("staticConfigs"))
            named = [_list(each.get("targets")) for each in statics if isinstance(each, dict)]
            more[target.removeprefix("__param_")] = [one for each in named for one in each]
        elif not rule.get(sources) and rule.get("replacement"):
            more[target.removeprefix("__param_")] = [rule["replacement"]]
    return more or params


def _endpoints(found: list[Any], at: Path) -> Iterator[Job]:
    for index, each in enumerate(found):
        if not isinstance(each, dict):
            continue
        here: Path = (*at, index)
        params = _relabelled(each.get("params"), each, "relabelings", "targetLabel", "sourceLabels")
        yield Job(
            here,
            each,
            str(each.get("path", "/metrics")),
            params,
            (*here, "params"),
            each.get("interval"),
            (*here, "interval"),
        )


def _object(found: dict[str, Any], at: Path) -> Iterator[Job]:
    spec, here = found.get("spec"), (*at, "spec")
    if isinstance(spec, dict):
        yield from _OBJECTS[found["kind"]](spec, here)


def _monitor(spec: dict[str, Any], at: Path) -> Iterator[Job]:
    for key in _ENDPOINTS:
        if isinstance(spec.get(key), list):
            yield from _endpoints(spec[key], (*at, key))


def _scrape_config(spec: dict[str, Any], at: Path) -> Iterator[Job]:
    params = _relabelled(spec.get("params"), spec, "relabelings", "targetLabel", "sourceLabels")
    every, here = spec.get("scrapeInterval"), (*at, "scrapeInterval")
    path = str(spec.get("metricsPath", "/metrics"))
    yield Job(at, spec, path, params, (*at, "params"), every, here)


def _probe(spec: dict[str, Any], at: Path) -> Iterator[Job]:
    """Its targets are the parameter `target`; its parameters are a list of names and values."""
    prober, targets = spec.get("prober"), spec.get("targets")
    listed = spec.get("params")
    params: dict[str, Any] = {}
    for each in _list(listed):
        if isinstance(each, dict):
            params[str(each.get("name"))] = each.get("values")
    static = targets.get("staticConfig") if isinstance(targets, dict) else None
    if isinstance(static, dict) and static.get("static"):
        params["target"] = static["static"]
    path = str(prober.get("path", "/probe")) if isinstance(prober, dict) else "/probe"
    every, here = spec.get("interval"), (*at, "interval")
    yield Job(at, spec, path, params, (*at, "params"), every, here)


_OBJECTS = {
    "PodMonitor": _monitor,
    "ServiceMonitor": _monitor,
    "ScrapeConfig": _scrape_config,
    "Probe": _probe,
}


def _chart(found: dict[str, Any], at: Path) -> Iterator[Job]:
    """Probes of the chart of azure-metrics-exporter: what one does not say is said for all of them."""
    older = found.get("probeDefaults")
    usual = {**found, **older} if isinstance(older, dict) else found
    shared = usual.get("params") if isinstance(usual.get("params"), dict) else {}
    for index, each in enumerate(_list(found.get("probes"))):
        if not isinstance(each, dict):
            continue
        here: Path = (*at, "probes", index)
        row = {"path": usual.get("path") or "/probe/metrics/list", "interval": usual.get("interval"), **each}
        own = each.get("params") if isinstance(each.get("params"), dict) else {}
        (job,) = _endpoints([{**row, "params": {**(shared or {}), **(own or {})}}], at)
        every_at: Path = (*here, "interval") if each.get("interval") else (*at, "interval")
        every = row["interval"] or None
        yield replace(job, at=here, params_at=(*here, "params"), every=every, every_at=every_at)
