"""Federated credentials: Azure takes 20 for an identity, one for each service account of each cluster.

Source: Azure/azure-workload-identity#575,
https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from estate.identities import of_store, of_tenant
from estate.model import AzureExporter, Estate, component_names
from estate.problems import Problem
from estate.tree import Path
from estate.vaults import readers, store_accounts, tenants_of

MOST = 20


def federation(estate: Estate) -> Iterator[Problem]:
    """No identity is trusted to more service accounts than Azure can write down."""
    accounts: dict[str, set[tuple[str, str]]] = defaultdict(set)
    places: dict[str, Path] = {}
    for client, cluster, account, path in _accounts(estate):
        accounts[client].add((cluster, account))
        places.setdefault(client, path)
    for client, used in accounts.items():
        if len(used) > MOST:
            clusters = len({cluster for cluster, _ in used})
            where = f"{clusters} cluster{'s' * (clusters > 1)}"
            message = (
                f"{len(used)} service accounts in {where} sign in as {client}; "
                f"an identity takes {MOST} federated credentials"
            )
            fix = "give clusters identities of their own: clusters.*.kubernetes.client_id"
            yield Problem("federated-credentials", places[client], message, fix)


def _accounts(estate: Estate) -> Iterator[tuple[str, str, str, Path]]:
    """Client id, cluster, service account, and where the file says the id."""
    for cluster in estate.clusters:
        client = of_store(estate, cluster)
        for account in store_accounts(estate, cluster):
            if client is not None:
                yield client, cluster, account, _place(estate, cluster, ("metrics", "store", "client_id"))
    for name, row in estate.exporters.items():
        if not isinstance(row, AzureExporter) or row.identity is not None:
            continue
        for cluster in row.clusters or [estate.hub]:
            for tenant in tenants_of(estate, row, cluster):
                client = of_tenant(estate, cluster, tenant)
                place = _place(estate, cluster, ("tenants", tenant, "credential", "client_id"))
                for account in component_names(name, row, cluster) if client is not None else ():
                    yield str(client), cluster, account, place
    entra = estate.grafana.entra if estate.grafana else None
    if entra is not None and entra.client_secret is None:
        yield entra.client_id, estate.hub, "grafana", ("grafana", "entra", "client_id")
    for each in readers(estate):
        own = estate.clusters[each.cluster].kubernetes
        if own.vaults == "csi" and own.client_id is not None:
            yield own.client_id, each.cluster, each.account, _place(estate, each.cluster, each.path)


def _place(estate: Estate, cluster: str, shared: Path) -> Path:
    own = estate.clusters[cluster].kubernetes.client_id is not None
    return ("clusters", cluster, "kubernetes", "client_id") if own else shared
