"""The names that components get: unique, and short enough to be DNS labels."""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import Estate
from estate.problems import Problem

# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
LONGEST = 63
# What runs once, in the hub.
ALONE = (
    "query",
    "query-frontend",
    "store",
    "compact",
    "rule",
    "alertmanager",
    "azurite",
    "azure-simulator",
    "shop",
    "server",
    "grafana",
)
PER_REPLICA = ("prometheus", "sidecar")
PER_CLUSTER = ("node-exporter",)


def component_names(estate: Estate) -> Iterator[Problem]:
    """An exporter's components are `<row>-<cluster>`: no other component may have such a name."""
    taken = dict.fromkeys(ALONE, "a component of the hub")
    for cluster, row in estate.clusters.items():
        for kind in PER_CLUSTER:
            taken[f"{kind}-{cluster}"] = f"the {kind} of {cluster}"
        for kind in PER_REPLICA:
            for replica in range(row.prometheus.replicas or 1):
                taken[f"{kind}-{cluster}-{replica}"] = f"a {kind} of {cluster}"
    for name, exporter in estate.exporters.items():
        for cluster in dict.fromkeys(exporter.clusters or [estate.hub]):
            if cluster not in estate.clusters:
                continue
            component = f"{name}-{cluster}"
            problem = f"its component in {cluster} would be {component!r}"
            if len(component) > LONGEST:
                message = f"{problem}, of {len(component)} characters; a DNS label has at most {LONGEST}"
                fix = f"take off {len(component) - LONGEST} or more"
                yield Problem("component-name-long", ("exporters", name), message, fix, at_key=True)
            if component in taken:
                message = f"{problem}, which is the name of {taken[component]}"
                yield Problem("component-name-twice", ("exporters", name), message, "rename it", at_key=True)
            taken[component] = f"the exporter {name} in {cluster}"
