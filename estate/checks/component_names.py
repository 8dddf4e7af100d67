"""The names that components get: unique, and short enough to be DNS labels."""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import Estate
from estate.model import component_names as names_of
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
PER_CLUSTER = ("node-exporter", "kube-state-metrics", "prometheus-operator")


def component_names(estate: Estate) -> Iterator[Problem]:
    """An exporter's components are `<row>-<cluster>`, with a number where several share the work: no other
    component may have such a name.
    """
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
            components = names_of(name, exporter, cluster)
            # The last is the longest.
            problem = f"its component in {cluster} would be {components[-1]!r}"
            if (over := len(components[-1]) - LONGEST) > 0:
                message = f"{problem}, of {LONGEST + over} characters; a DNS label has at most {LONGEST}"
                fix = f"take off {over} or more"
                yield Problem("component-name-long", ("exporters", name), message, fix, at_key=True)
            clash = next((each for each in components if each in taken), None)
            if clash is not None:
                problem = f"its component in {cluster} would be {clash!r}"
                message = f"{problem}, which is the name of {taken[clash]}"
                yield Problem("component-name-twice", ("exporters", name), message, "rename it", at_key=True)
            taken.update(dict.fromkeys(components, f"the exporter {name} in {cluster}"))
