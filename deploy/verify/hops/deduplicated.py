"""Seventh hop: Query makes one series out of what the replicas of a cluster each hold."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.hops.exporter_answers import expected
from deploy.verify.replica import Replica
from deploy.verify.series import Series, through_query
from deploy.verify.words import counted


async def prove(ground: Ground, replica: Replica) -> str:
    """Compare `up` of the cluster's exporters with deduplication and without."""
    names = expected(ground, replica.cluster)
    selector = f'up{{cluster="{replica.cluster}",component=~"{"|".join(names)}"}}'
    # Only stores that hold this cluster: one that is down elsewhere is not this cluster's fault.
    holders = [*ground.of_kind("sidecar", cluster=replica.cluster), *ground.of_kind("store")]
    stores = [each.known("grpc") for each in holders]
    apart = await through_query(ground, selector, dedup=False, stores=stores)
    merged = await through_query(ground, selector, dedup=True, stores=stores)
    label = ground.estate.metrics.replica_label
    promised = ground.estate.clusters[replica.cluster].prometheus.replicas
    for name in names:
        _judge(name, label, promised, apart, merged)
    return f"{len(apart)} series of {counted(promised, 'replica')} become {len(merged)}"


def _judge(name: str, label: str, promised: int, apart: Sequence[Series], merged: Sequence[Series]) -> None:
    """Raises Broken unless there is a series of each replica, and one of each target after deduplication."""
    own = [series.labels for series in apart if series.labels.get("component") == name]
    replicas = {labels.get(label, "") for labels in own}
    if len(replicas) != promised:
        found = ", ".join(sorted(replicas)) or "none"
        raise Broken(
            f"without deduplication Query has {name} of the replicas {found}, the estate {promised}",
            "The hops of the other replica say where its data stops.",
        )
    ones = [series for series in merged if series.labels.get("component") == name]
    # In clusters a component may have several pods: a node exporter has one on each node.
    targets = {frozenset(labels.items() - {(label, labels.get(label, ""))}) for labels in own}
    if len(ones) != len(targets) or any(label in series.labels for series in ones):
        raise Broken(
            f"with deduplication Query still has {len(ones)} series of {name}, the label {label} "
            f"{'among' if any(label in series.labels for series in ones) else 'not among'} theirs",
            f"Query must run with --query.replica-label={label}; run `singlepane up` again.",
        )


HOP = Hop(
    name="deduplicated",
    proves="Query has as many series as replicas without deduplication, and one with it.",
    scope="cluster",
    patience=45,
    prove=prove,
)
