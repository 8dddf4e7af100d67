"""Client ids of workload identities.

Source: a pod gets AZURE_CLIENT_ID from the annotation of its service account and from nowhere else
(https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html);
Thanos refuses an identity beside a connection string (https://thanos.io/tip/thanos/storage.md/#azure).
"""

from __future__ import annotations

from collections.abc import Iterator

from estate.identities import of_store, of_tenant
from estate.model import AzureExporter, Estate, WorkloadCredential
from estate.problems import Problem
from estate.vaults import readers, tenants_of

FIX = "write the client id of a managed identity, or one for each cluster under its kubernetes.client_id"


def client_ids(estate: Estate) -> Iterator[Problem]:
    """Whoever signs in by workload identity is somebody, and nobody is named in vain."""
    store = estate.metrics.store
    path = ("metrics", "store", "client_id")
    if store.identity != "workload":
        if store.client_id is not None:
            message = "the client id is not used: the object store is opened with a connection string"
            yield Problem("client-id-unused", path, message, "remove it, or identity")
    elif lacking := [each for each in estate.clusters if of_store(estate, each) is None]:
        message = f"nobody signs in to the object store from {lacking[0]!r}: there is no client id"
        yield Problem("client-id-missing", path, message, FIX)
    yield from _tenants(estate)
    yield from _vaults(estate)


def _tenants(estate: Estate) -> Iterator[Problem]:
    said = set()
    for name, row in estate.exporters.items():
        if not isinstance(row, AzureExporter) or row.identity is not None:
            continue
        for cluster in row.clusters or [estate.hub]:
            for tenant in tenants_of(estate, row, cluster):
                signs_in = isinstance(estate.tenants[tenant].credential, WorkloadCredential)
                if signs_in and tenant not in said and of_tenant(estate, cluster, tenant) is None:
                    said.add(tenant)
                    message = f"exporters.{name} signs in to {tenant!r} from {cluster!r} as nobody: "
                    path = ("tenants", tenant, "credential", "client_id")
                    yield Problem("client-id-missing", path, f"{message}there is no client id", FIX)


def _vaults(estate: Estate) -> Iterator[Problem]:
    said = set()
    for each in readers(estate):
        own = estate.clusters[each.cluster].kubernetes
        if own.vaults == "csi" and own.client_id is None and each.cluster not in said and not each.part:
            said.add(each.cluster)
            message = f"nobody reads {each.reference} in {each.cluster!r}: there is no client id"
            path = ("clusters", each.cluster, "kubernetes", "client_id")
            yield Problem("client-id-missing", path, message, "write the client id of its managed identity")
