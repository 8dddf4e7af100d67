"""The labels that exporters put on series, by the kind of row: what an external label must not be called.

The exporters take their names from here, or are held to them by their tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from estate.model import AzureExporter, EstateExporter, Exporter, JsonExporter

# What an exporter of any kind says about itself.
OWN = (
    *("collector", "exporter", "version", "python", "shard", "shards", "format", "encoding", "module"),
    *("outcome", "reason", "label"),
)
# Every series of a resource.
OF_RESOURCES = ("subscription", "resource_group", "resource_name", "region")
_AZURE = (
    *(*OF_RESOURCES, "resource_id", "resource_type", "subscription_id"),
    *(
        "api",
        "code",
        "dimensions",
        "direction",
        "interval",
        "kind",
        "limit",
        "metric",
        "route",
        "tenant",
        "type",
    ),
)
_JSON = ("metric",)
_ESTATE = ("estate", "hub", "expected_cluster", "region", "subscription", "version", "role")
# Labels that a series has anyway, or that Prometheus keeps for itself: a dimension of that name gets a
# prefix.
RESERVED = frozenset(
    {*OF_RESOURCES, "le", "quantile", "job", "instance", "cluster", "component", "collector", "exporter"}
    | {"prometheus_replica"}
)
# Words of Azure that mix cases inside.
_WORDS = (("DDoS", "Ddos"), ("IPv4", "Ipv4"), ("IPv6", "Ipv6"))


def words(name: str) -> list[str]:
    """`SuccessE2ELatency` -> success, e2e, latency; `Disk Read Operations/Sec` -> disk, read, operations,
    sec.
    """
    for word, simple in _WORDS:
        name = name.replace(word, simple)
    name = re.sub(r"([a-z])([A-Z])|([0-9])([A-Z][a-z])", r"\1\3 \2\4", name)
    name = re.sub(r"([A-Z0-9])([A-Z][a-z])", r"\1 \2", name)
    return re.findall(r"[a-z0-9]+", name.lower())


def dimension_label(dimension: str) -> str:
    """`ApiName` -> api_name; a label that means something else already becomes dimension_<name>."""
    label = "_".join(words(dimension))
    if label in RESERVED:
        return f"dimension_{label}"
    return label if label[:1].isalpha() else f"dimension_{label}"


def tag_label(tag: str) -> str:
    """`Cost-Center` -> tag_cost_center. Two tags that become one label are for the caller to tell apart."""
    return "tag_" + "_".join(words(tag))


def on_series(row: Exporter) -> Iterator[tuple[str, str]]:
    """Each label of the series of a row, with what it belongs to. A row may lack values, as a draft does."""
    yield from ((label, "what the exporter says about itself") for label in OWN)
    match row:
        case AzureExporter():
            yield from ((label, "series of Azure resources") for label in _AZURE)
            for index, metric in enumerate(row.metrics):
                for dimension in metric.dimensions or ():
                    if dimension is not None:
                        yield dimension_label(dimension), f"the dimension {dimension!r} of metrics.{index}"
        case JsonExporter():
            yield from ((label, "what the exporter says about itself") for label in _JSON)
            for index, each in enumerate(row.metrics):
                yield from ((label, f"metrics.{index}") for label in each.labels or ())
        case EstateExporter():
            yield from ((label, "the list of clusters") for label in _ESTATE)


def may_be_tag(label: str, row: AzureExporter) -> bool:
    """Whether a tag of a resource can become this label, as far as the row's patterns say."""
    patterns = [each for each in row.tag_labels or () if each is not None]
    return any(fnmatchcase(label, f"tag_{_words_of(each)}") for each in patterns)


def _words_of(pattern: str) -> str:
    return "*".join("_".join(words(part)) for part in re.split(r"[*?]+", pattern))
