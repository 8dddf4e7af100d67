"""Who reads which secret of a key vault: service accounts by cluster, out of the references of an estate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from estate.model import (
    AzureExporter,
    Estate,
    JsonExporter,
    ReferencedCertificate,
    component_names,
    secret_of,
)
from estate.model.alerts import ALERTMANAGERS
from estate.stacks import account_of
from estate.tree import Path

KIND = "keyvault:"


@dataclass(frozen=True, slots=True)
class Reader:
    """The pods of `account` in `cluster` read `reference`, which stands at `path`.

    `part`: among other text, as one line of a document.
    """

    cluster: str
    account: str
    reference: str
    path: Path
    part: bool = False


def of(reference: str | None) -> bool:
    """Whether a reference names a secret of a vault."""
    return reference is not None and reference.startswith(KIND)


def named(reference: str) -> tuple[str, str]:
    """Vault and secret; Azure's names of vaults have no case, those of Kubernetes are in small letters."""
    vault, _, secret = reference.removeprefix(KIND).partition("/")
    return vault.lower(), secret


def readers(estate: Estate) -> Iterator[Reader]:
    """All of them, in the order of the file."""
    store = estate.metrics.store.identity
    if of(store):
        path: Path = ("metrics", "store", "identity")
        for cluster in estate.clusters:
            for account in store_accounts(estate, cluster):
                yield Reader(cluster, account, store, path, part=True)
    for name, row in estate.exporters.items():
        for cluster in row.clusters or [estate.hub]:
            for reference, path in _of_exporter(estate, name, cluster):
                for account in component_names(name, row, cluster):
                    yield Reader(cluster, account, reference, path)
    entra = estate.grafana.entra if estate.grafana else None
    if entra is not None and entra.client_secret is not None and of(entra.client_secret):
        path = ("grafana", "entra", "client_secret")
        yield Reader(estate.hub, "grafana", entra.client_secret, path)
    yield from _of_tls(estate)
    for name, receiver in estate.alerts.receivers.items():
        held = secret_of(receiver)
        if held is not None and of(held[1]):
            key, reference = held
            yield Reader(estate.hub, "alertmanager", reference, ("alerts", "receivers", name, key))


def _of_tls(estate: Estate) -> Iterator[Reader]:
    """What serves and asks other clusters: Prometheus with its sidecar, in the hub Query and the gates."""
    tls = estate.metrics.tls
    if tls is None or len(estate.clusters) == 1:
        return
    for cluster, row in estate.clusters.items():
        hub = cluster == estate.hub
        gates = tuple(f"alert-gate-{number}" for number in range(ALERTMANAGERS))
        accounts = ("query", *gates) if hub else (account_of(estate, cluster),)
        others = "hub_ca" if not hub and tls.hub_ca is not None else "ca"
        read: dict[Path, str | None] = {("metrics", "tls", others): getattr(tls, others)}
        if isinstance(row.tls, ReferencedCertificate):
            path: Path = ("clusters", cluster, "tls")
            read |= {(*path, "certificate"): row.tls.certificate, (*path, "key"): row.tls.key}
        for place, reference in read.items():
            if reference is not None and of(reference):
                for account in accounts:
                    yield Reader(cluster, account, reference, place)


def store_accounts(estate: Estate, cluster: str) -> tuple[str, ...]:
    """Service accounts of a cluster that open the object store."""
    own = account_of(estate, cluster)
    return (own, "store", "rule", "compact") if cluster == estate.hub else (own,)


def tenants_of(estate: Estate, row: AzureExporter, cluster: str) -> tuple[str, ...]:
    """Tenants that an exporter signs in to from a cluster, each once."""
    scope = row.scope if isinstance(row.scope, list) else [estate.clusters[cluster].subscription]
    return tuple(dict.fromkeys(estate.subscriptions[each].tenant for each in scope))


def _of_exporter(estate: Estate, name: str, cluster: str) -> Iterator[tuple[str, Path]]:
    row = estate.exporters[name]
    if isinstance(row, JsonExporter) and row.bearer is not None and of(row.bearer):
        yield row.bearer, ("exporters", name, "bearer")
    if not isinstance(row, AzureExporter):
        return
    if row.identity is not None:
        if of(row.identity):
            yield row.identity, ("exporters", name, "identity")
        return
    for tenant in tenants_of(estate, row, cluster):
        credential = estate.tenants[tenant].credential
        for key in ("secret", "certificate", "password"):
            reference = getattr(credential, key, None)
            if isinstance(reference, str) and of(reference):
                yield reference, ("tenants", tenant, "credential", key)
