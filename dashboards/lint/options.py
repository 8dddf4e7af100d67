"""What the rules are told beside the dashboard itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from catalogue.catalogue import Catalogue
from dashboards.lint.exceptions import Excepted

# Labels that Prometheus, its operator and our scrape configuration add to whatever an exporter says.
TARGET_LABELS = frozenset(
    {
        *("__name__", "job", "instance", "cluster", "component", "environment", "region"),
        *("namespace", "pod", "container", "node", "service", "endpoint", "prometheus", "metrics_path"),
        *("prometheus_replica", "replica", "tenant_id", "receive", "severity", "team"),
    }
)
# The inventory is taken on the hub: the cluster that it speaks of stands in a label of its own.
OWN_CLUSTERS = {"singlepane_estate_cluster_info": "expected_cluster"}


@dataclass(frozen=True, slots=True)
class Options:
    """`catalogue`: the metrics that exist, None to take them on trust. `recorded`: names that recording rules
    make, None likewise. `shipped`: uids that links may lead to, beside those of the run. `cluster`: the label
    that tells clusters apart; `own_clusters`: metrics that have another one. `refusal`: why Prometheus
    refuses a query, or nothing; without it the parser here has the last word.
    """

    catalogue: Catalogue | None = None
    recorded: frozenset[str] | None = None
    shipped: frozenset[str] = frozenset()
    cluster: str = "cluster"
    own_clusters: Mapping[str, str] = field(default_factory=lambda: OWN_CLUSTERS)
    target_labels: frozenset[str] = TARGET_LABELS
    exceptions: tuple[Excepted, ...] = ()
    refusal: Callable[[str], str] | None = None

    def label_of(self, metric: str) -> str:
        """The label that says which cluster a series of a metric is of."""
        return self.own_clusters.get(metric, self.cluster)
