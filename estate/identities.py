"""As whom pods sign in to Azure: an identity of their cluster, or the one that the whole estate shares."""

from __future__ import annotations

from estate.model import Estate, WorkloadCredential


def of_store(estate: Estate, cluster: str) -> str | None:
    """Client id for the object store in a cluster; None with a connection string, or where none is given."""
    store = estate.metrics.store
    if store.identity != "workload":
        return None
    return estate.clusters[cluster].kubernetes.client_id or store.client_id


def of_tenant(estate: Estate, cluster: str, tenant: str) -> str | None:
    """Client id with which exporters of a cluster sign in to a tenant by workload identity.

    The identity of a cluster is one of the tenant that the cluster's own subscription is in. None where the
    tenant is signed in to in another way, or no id is given.
    """
    credential = estate.tenants[tenant].credential
    if not isinstance(credential, WorkloadCredential):
        return None
    row = estate.clusters[cluster]
    own = row.kubernetes.client_id if estate.subscriptions[row.subscription].tenant == tenant else None
    return own or credential.client_id
