"""From the components of an estate to the releases of each cluster. Pure: nothing is asked or written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from deploy.targets.kubernetes.objects import adopted as stack
from deploy.targets.kubernetes.objects import (
    alertmanager,
    beside,
    names,
    observed,
    of_workload,
    prometheus,
    vaults,
)
from deploy.targets.kubernetes.objects.canonical import Shared
from deploy.targets.kubernetes.objects.external import external_secret, of_vaults
from deploy.targets.kubernetes.objects.files import SecretDraft, drafts
from deploy.targets.kubernetes.objects.place import Place, secret_name
from deploy.targets.kubernetes.objects.workload import Workload, plain
from deploy.targets.kubernetes.rendering.release import Release, Rendering
from estate.components import Component, RuleFile
from estate.model import Estate, IssuedCertificate
from estate.stacks import adopted


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to run: the components of all clusters, and the rules that each Prometheus evaluates."""

    estate: Estate
    components: tuple[Component, ...]
    rules: tuple[RuleFile, ...]


def render(wish: Wish, clusters: Iterable[str] | None = None) -> Iterator[Rendering]:
    """The clusters in the order of the estate, or those named.

    Raises UsageError for what the estate would have to say, and ValueError for what the wiring got wrong.
    """
    by_name = {component.name: component for component in wish.components}
    wanted = wish.estate.clusters if clusters is None else clusters
    by_cluster: dict[str, list[Component]] = {cluster: [] for cluster in wish.estate.clusters}
    for component in wish.components:
        by_cluster[component.cluster].append(component)
    managers = [each for each in wish.components if each.kind == "alertmanager"]
    # The same in every cluster, and most of its text.
    rules = [replace(each, document=Shared(each.document)) for each in wish.rules]
    for cluster in wanted:
        place = Place(wish.estate, cluster, by_name)
        yield _cluster(place, by_cluster[cluster], managers, rules)


def _cluster(
    place: Place, own: Sequence[Component], managers: Sequence[Component], rules: Sequence[RuleFile]
) -> Rendering:
    servers = [each for each in own if each.kind == "prometheus"]
    sidecars = [each for each in own if each.kind == "sidecar"]
    workloads = [plain(each) for each in own if each.kind not in names.OPERATED]
    # An installed stack has an operator, and what tells of nodes and objects.
    installed = adopted(place.estate, place.cluster)
    first = () if installed else (beside.operator(place.estate, place.cluster),)
    tellers = [beside.kube_state_metrics(place.cluster), beside.node_exporter(place.cluster)]
    others = workloads if installed else [*tellers, *workloads]
    metrics = tuple(_metrics(place, servers, sidecars, managers, rules))
    in_vaults: list[SecretDraft] = []
    ours: list[SecretDraft] = []
    for draft in _secrets(place, workloads, servers, sidecars, managers):
        (in_vaults if of_vaults(draft) else ours).append(draft)
    # Those of a pair read the same.
    mounting = (*(each.component for each in workloads), *sidecars[:1], *_managers(place, managers))
    read_there = (
        *map(external_secret, in_vaults),
        *(each for own in mounting for each in vaults.objects(place, own, names.labels(own))),
    )
    return Rendering(
        place.estate.name,
        place.cluster,
        place.namespace,
        tuple(ours),
        (
            # The operator first: it makes pods of what comes next.
            *(_workload(place, each) for each in first),
            *_certificate(place),
            *((Release("secrets", place.namespace, "workload", read_there),) if read_there else ()),
            Release("metrics", place.namespace, "metrics", metrics),
            *(_workload(place, each) for each in others),
        ),
    )


def _workload(place: Place, workload: Workload) -> Release:
    made = tuple(of_workload.objects(place, workload))
    return Release(workload.component.name, place.namespace, "workload", made)


def _certificate(place: Place) -> Iterator[Release]:
    """The certificate of a cluster, where cert-manager is to issue it."""
    row = place.estate.clusters[place.cluster].tls
    if isinstance(row, IssuedCertificate) and len(place.estate.clusters) > 1:
        made = of_workload.certificate(place.estate.tls_name(place.cluster), row)
        yield Release("certificate", place.namespace, "workload", (made,))


def _metrics(
    place: Place,
    servers: Sequence[Component],
    sidecars: Sequence[Component],
    managers: Sequence[Component],
    rules: Sequence[RuleFile],
) -> Iterator[of_workload.Object]:
    installed = adopted(place.estate, place.cluster)
    if installed:
        yield from stack.objects(place, sidecars)
    else:
        yield from prometheus.objects(place, servers, sidecars)
    hub = place.cluster == place.estate.hub
    if hub:
        yield from alertmanager.objects(place, managers)
    scopes = ("cluster", "hub") if hub else ("cluster",)
    for each in rules:
        if each.scope in scopes:
            yield prometheus.rule(place, each)
    if not installed:
        yield from observed.monitors()


def _managers(place: Place, managers: Sequence[Component]) -> Sequence[Component]:
    """One for all replicas of the hub."""
    return managers[:1] if place.cluster == place.estate.hub else ()


def _secrets(
    place: Place,
    workloads: Sequence[Workload],
    servers: Sequence[Component],
    sidecars: Sequence[Component],
    managers: Sequence[Component],
) -> Iterator[SecretDraft]:
    for each in workloads:
        yield from drafts(place, each.component)
    # One for all replicas: their files are equal.
    yield from drafts(place, sidecars[0])
    if place.cluster == place.estate.hub:
        first = managers[0]
        labels = names.labels(first)
        if files := alertmanager.others(place, first):
            yield SecretDraft(secret_name(first), labels, first, place, files)
        files = alertmanager.configuration(first)
        yield SecretDraft(alertmanager.CONFIG_SECRET, labels, first, place, files)
    installed = adopted(place.estate, place.cluster)
    if installed or place.cluster != place.estate.hub:
        file = (stack if installed else prometheus).alertmanagers(servers[0])
        yield SecretDraft(prometheus.ALERTMANAGERS, names.labels(sidecars[0]), sidecars[0], place, (file,))
