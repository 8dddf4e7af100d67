"""What the azure-metrics collector says about itself. docs/collectors/azure-metrics.md lists the names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from exporters.azure.calls.clients import Clients
from exporters.azure.calls.clock import Clock
from exporters.azure.calls.http import Traffic
from exporters.azure.discovery.catalogue import Catalogue
from exporters.azure.discovery.wanted import Mismatch
from exporters.azure.metrics.budget import Dropped
from exporters.azure.metrics.ledger import Ledger
from exporters.azure.metrics.plan import Group, Key
from exporters.azure.metrics.reader import GroupState, Reader
from exporters.exposition.metrics import Family, Labels, Sample, Type, gauge

Rows = Iterable[tuple[Mapping[str, str], float]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a collector of Azure metrics shows of itself. `scope_name` gives a subscription its name, `knows`
    says whether it is one of the collector's.
    """

    clients: Clients
    catalogue: Catalogue
    reader: Reader
    ledger: Ledger
    groups: Sequence[Group]
    states: Mapping[Key, GroupState]
    state_problems: int
    clock: Clock
    scope_name: Callable[[str], str]
    knows: Callable[[str], bool]


def _family(name: str, help: str, rows: Rows, unit: str = "", type: Type = "gauge") -> Family:
    return Family(name, type, help, tuple(Sample(Labels(labels), value) for labels, value in rows), unit)


def _counter(name: str, help: str, rows: Rows, unit: str = "") -> Family:
    return _family(f"{name}_total", help, rows, unit, "counter")


def families(of: Shown) -> list[Family]:
    """All of them, always, so that their names are taken even where there is nothing to say yet."""
    return [*_calls(of), *_groups(of), *_points(of)]


def _calls(of: Shown) -> list[Family]:
    # Whoever shares the clients may call other subscriptions.
    levels = {key: level for key, level in of.clients.levels().items() if not key[1] or of.knows(key[1])}
    return [
        *calls(of.clients.traffic, levels, of.scope_name),
        _family(
            "azure_api_certificate_expiry_timestamp_seconds",
            "When the client certificate expires by which a tenant is signed in to.",
            (({"tenant": name}, ends) for name, ends in sorted(of.clients.certificates().items())),
            "seconds",
        ),
        _counter(
            "azure_metrics_batch_splits",
            "Batches halved because one of their resources was refused.",
            [({}, float(of.reader.splits))],
        ),
        gauge(
            "azure_metrics_planned_calls",
            "Data calls that one reading of everything takes.",
            float(sum(of.reader.calls(group) for group in of.groups)),
        ),
    ]


def calls(
    traffic: Traffic, levels: Mapping[tuple[str, str], float], named: Callable[[str], str]
) -> list[Family]:
    """What was called, and how much may be called at once; `named` gives a subscription its name."""
    return [
        _counter(
            "azure_api_requests",
            "Attempts to call Azure, by API and status code (or timeout, connection).",
            (({"api": api, "code": code}, float(n)) for (api, code), n in sorted(traffic.requests.items())),
        ),
        _counter(
            "azure_api_request_seconds",
            "Time spent waiting for Azure's replies.",
            (({"api": api}, value) for api, value in sorted(traffic.seconds.items())),
            "seconds",
        ),
        _counter(
            "azure_api_errors",
            "Calls that failed for good, by API and kind: refused, throttled, bad_reply or failed.",
            (({"api": api, "kind": kind}, float(n)) for (api, kind), n in sorted(traffic.errors.items())),
        ),
        _counter(
            "azure_api_throttled",
            "Replies of 429, 503 and 529.",
            (
                ({"api": api, "subscription": named(subscription)}, float(n))
                for (api, subscription), n in sorted(traffic.throttled.items())
            ),
        ),
        _family(
            "azure_api_bucket_level_ratio",
            "Share left of what this exporter allows itself to call at once; 0 while Azure asks to wait.",
            (
                ({"api": api, "subscription": named(subscription)}, level)
                for (api, subscription), level in sorted(levels.items())
            ),
            "ratio",
        ),
    ]


def _groups(of: Shown) -> list[Family]:
    up: dict[tuple[str, str], bool] = {}
    success: dict[tuple[str, str], float] = {}
    resources: dict[tuple[str, str], float] = {}
    for scope in of.catalogue.scopes:
        for type in of.catalogue.types:
            if scope.id in of.catalogue.problems or type in of.catalogue.problems:
                up[scope.id, type] = False
    for key, status in of.states.items():
        place = (key.subscription, key.type)
        if status.asked > float("-inf"):
            up[place] = up.get(place, True) and not status.error
            success[place] = min(status.last_success, success.get(place, status.last_success))
    for resource in of.catalogue.resources.values():
        place = (resource.subscription, resource.type)
        resources[place] = resources.get(place, 0.0) + 1

    def rows(values: Mapping[tuple[str, str], float]) -> Rows:
        return (
            ({"subscription": of.scope_name(subscription), "type": type}, float(value))
            for (subscription, type), value in sorted(values.items())
        )

    refused = sum(until > of.clock.steady() for until in of.reader.refused.values())
    return [
        _family(
            "azure_metrics_up",
            "Whether the last reading of a type in a subscription brought everything.",
            rows(up),
        ),
        _family(
            "azure_metrics_last_success_timestamp_seconds",
            "When a type in a subscription was last read without an error, 0 for never.",
            rows(success),
            "seconds",
        ),
        _family(
            "azure_metrics_newest_point_timestamp_seconds",
            "End of the newest point read of a type in a subscription, 0 for none.",
            rows({place: float(end) for place, end in of.ledger.newest.items()}),
            "seconds",
        ),
        _family(
            "azure_metrics_age_seconds",
            "How long ago the oldest value that is served of a type in a subscription was read.",
            rows({place: of.clock.wall() - at for place, at in of.ledger.oldest().items()}),
            "seconds",
        ),
        _family("azure_metrics_resources", "Resources discovered.", rows(resources)),
        _family(
            "azure_metrics_route",
            "The API that a type in a region is read by.",
            (
                ({"type": type, "region": region, "route": route}, 1.0)
                for type, region, route in sorted(
                    {(key.type, key.region, of.reader.route(key).name) for key in of.states}
                )
            ),
        ),
        gauge(
            "azure_metrics_refused_resources",
            "Resources left out for a while because Azure refused them alone.",
            float(refused),
        ),
        mismatched(of.catalogue.mismatches),
        *_metrics(of),
    ]


def _metrics(of: Shown) -> list[Family]:
    """Of which resources a metric has values, and of which it is not asked for."""
    heard: Counter[tuple[str, str, str]] = Counter()
    omitted: Counter[tuple[str, str, str]] = Counter()
    now = of.clock.wall()
    for group in of.groups:
        key = group.key
        for metric, resources in of.ledger.heard(group).items():
            heard[key.type, metric, ",".join(key.dimensions)] += resources
        if of.reader.omissions.known.get(key.type):
            names = {each.definition.name.lower(): each.definition.name for each in group.metrics}
            for metric, why, resources in of.reader.omissions.counted(group, now):
                omitted[key.type, names[metric], why] += resources
    return [
        _family(
            "azure_metrics_resources_with_values",
            "Resources whose last reading brought a value of a metric; 0 where none did.",
            (
                ({"type": type, "metric": metric, "dimensions": dimensions}, float(n))
                for (type, metric, dimensions), n in sorted(heard.items())
            ),
        ),
        _family(
            "azure_metrics_refused_metrics",
            "Resources of which a metric is not asked for because Azure refused it, by reason.",
            (
                ({"type": type, "metric": metric, "reason": why}, float(n))
                for (type, metric, why), n in sorted(omitted.items())
            ),
        ),
    ]


def _points(of: Shown) -> list[Family]:
    tallies = of.ledger.tallies
    return [
        _family(
            "azure_metrics_lag_seconds",
            "Age at which the points of a type and grain are taken for final.",
            (
                ({"type": type, "interval": interval}, float(value))
                for (type, interval), value in sorted(of.ledger.lags().items())
            ),
            "seconds",
        ),
        _counter(
            "azure_metrics_late_points",
            "Points that came or changed after they were taken for final.",
            (({"type": type}, float(n)) for type, n in sorted(tallies.late.items())),
        ),
        _counter(
            "azure_metrics_rejected_points",
            "Points and series of Azure's replies that were not used, by reason.",
            (({"reason": reason}, float(n)) for reason, n in sorted(tallies.rejected.items())),
        ),
        _counter(
            "azure_metrics_failed_metrics",
            "Metrics that Azure could not give of a resource inside a good reply.",
            (({"type": type}, float(n)) for type, n in sorted(tallies.metric_errors.items())),
        ),
        _counter(
            "azure_metrics_truncated",
            "Metrics of resources that Azure gave as many series of as were asked for: there may be more.",
            (({"type": type}, float(n)) for type, n in sorted(tallies.cut.items())),
        ),
        _family(
            "azure_metrics_mixed_case_values",
            "Values of dimensions that Azure spells in more than one case: each is one series.",
            (
                ({"type": type, "label": label}, float(n))
                for (type, label), n in sorted(Counter(key[:2] for key in of.ledger.spellings.mixed).items())
            ),
        ),
        dropped(tallies.dropped),
        _counter(
            "azure_metrics_missing_resources",
            "Resources asked for that a reply said nothing of.",
            [({}, float(tallies.missing))],
        ),
        _counter(
            "azure_metrics_corrected_points",
            "Points of a counter that Azure corrected later: up was added, down could not be.",
            [({"direction": "up"}, float(tallies.corrected)), ({"direction": "down"}, float(tallies.shrunk))],
        ),
        _counter(
            "azure_metrics_lost_seconds",
            "Time whose points no counter has because an outage was too long, summed over all of them.",
            [({}, float(tallies.lost_seconds))],
            "seconds",
        ),
        _counter(
            "azure_metrics_decode_seconds",
            "Time spent decoding replies.",
            [({}, tallies.decode_seconds)],
            "seconds",
        ),
        gauge(
            "azure_metrics_name_conflicts",
            "Metrics left out because another one has the same name in Prometheus.",
            float(len(tallies.conflicts)),
        ),
        _counter(
            "azure_metrics_state_problems",
            "Times the counters' file could not be read or written.",
            [({}, float(of.state_problems))],
        ),
    ]


def dropped(series: Dropped) -> Family:
    """What budgets leave out."""
    return _family(
        "azure_metrics_dropped_series",
        "Series that the budget leaves out now, by its limit.",
        (
            ({"limit": limit, "type": type, "metric": metric}, float(n))
            for (limit, type, metric), n in sorted(series.items())
        ),
    )


def mismatched(found: Iterable[Mismatch]) -> Family:
    """What is configured and not in Azure."""
    counts = Counter((each.type.lower(), each.code) for each in found)
    return _family(
        "azure_metrics_config_problems",
        "Configured metrics, aggregations, intervals or dimensions that a type does not have.",
        (({"type": type, "code": code}, float(n)) for (type, code), n in sorted(counts.items())),
    )
