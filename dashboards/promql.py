"""PromQL that several panels share. Every function keeps `cluster` and asks for the chosen clusters only."""

from __future__ import annotations

# The clusters that the reader chose; every dashboard has the variable.
CLUSTER = 'cluster=~"$cluster"'
# Of a dashboard that has a variable for namespaces too.
NAMESPACE = 'namespace=~"$namespace"'
# The inventory is taken on the hub, so its own `cluster` is the hub: the cluster it speaks of is this label.
EXPECTED = 'expected_cluster=~"$cluster"'


def of(metric: str, selectors: str = "") -> str:
    """A metric of the chosen clusters."""
    return f"{metric}{{{selectors}, {CLUSTER}}}" if selectors else f"{metric}{{{CLUSTER}}}"


def total(metric: str, selectors: str = "", by: str = "cluster, component") -> str:
    """A gauge, summed up to the labels `by`."""
    return f"sum by ({by}) ({of(metric, selectors)})"


def since(moment: str) -> str:
    """Seconds since a moment that a metric holds."""
    return f"(time() - ({moment}))"


def rate(metric: str, selectors: str = "", by: str = "cluster, component") -> str:
    """A counter's increase per second, summed up to the labels `by`."""
    return f"sum by ({by}) (rate({of(metric, selectors)}[$__rate_interval]))"


def quantile(share: float, histogram: str, selectors: str, by: str = "cluster, component") -> str:
    """The value below which that share of a histogram's observations lies."""
    buckets = of(f"{histogram}_bucket", selectors)
    return f"histogram_quantile({share}, sum by (le, {by}) (rate({buckets}[$__rate_interval])))"


def part(some: str, whole: str) -> str:
    """`some` of `whole`: nothing without traffic, 0 where there is traffic and none of it is `some`."""
    return f"({some} or 0 * {whole}) / ({whole} > 0)"


def within(selectors: str = "") -> str:
    """Matchers together with that of the chosen namespaces."""
    return f"{selectors}, {NAMESPACE}" if selectors else NAMESPACE


def highest(count: int, expr: str) -> str:
    """The highest of each cluster."""
    return f"topk by (cluster) ({count}, {expr})"


def ranked(count: int, expr: str) -> str:
    """The highest of each cluster, highest first. For what is shown now: over time there is no such order."""
    return f"sort_desc({highest(count, expr)})"


def counted(rows: str, among: str, by: str = "") -> str:
    """How many `rows` there are: 0 when none is `among` those that could be, nothing without these."""
    grouped = f" by ({by})" if by else ""
    return f"count{grouped} ({rows}) or 0 * count{grouped} ({among})"


# Since the last block that a sidecar brought to the object store; the metric is 0 until the first one.
SINCE_UPLOAD = since(of("thanos_objstore_bucket_last_successful_upload_time", 'job="sidecar"') + " > 0")


def subscribed(expr: str) -> str:
    """Series of a `subscriptionID` with the label `subscription`: its name, or the id where none is known."""
    by = "cluster, subscriptionID"
    names = f"max by ({by}, subscriptionName) ({of('azurerm_subscription_info')})"
    named = f"{expr} * on ({by}) group_left (subscriptionName) {names}"
    return (
        f'(label_replace({named}, "subscription", "$1", "subscriptionName", "(.+)")'
        f' or on ({by}) label_replace({expr}, "subscription", "$1", "subscriptionID", "(.+)"))'
    )
