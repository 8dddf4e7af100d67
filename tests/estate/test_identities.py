"""As whom the pods of a cluster sign in to Azure."""

from __future__ import annotations

import pytest

from estate.identities import of_store, of_tenant
from estate.model import Estate

SHARED, OWN, OTHER = (f"6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a000{n}" for n in range(1, 4))


def estate(store: dict[str, str], credential: dict[str, str]) -> Estate:
    """A hub without an identity of its own, a cluster with one, and two tenants."""
    return Estate.model_validate(
        {
            "apiVersion": "singlepane/v1",
            "name": "shop",
            "tenants": {"main": {"id": SHARED, "credential": credential}, "side": {"id": OWN}},
            "subscriptions": {"hub": {"id": SHARED, "tenant": "main"}, "prod": {"id": OWN, "tenant": "main"}},
            "hub": "hub-weu",
            "clusters": {
                "hub-weu": {"subscription": "hub", "region": "westeurope", "version": "1.36"},
                "prod-weu": {
                    "subscription": "prod",
                    "region": "westeurope",
                    "version": "1.36",
                    "kubernetes": {"client_id": OWN},
                },
            },
            "metrics": {"store": {"account": "shopmetrics", "container": "thanos", **store}},
            "alerts": {
                "receivers": {"oncall": {"kind": "singlepane"}},
                "default": "oncall",
                "heartbeat": {"receiver": "oncall"},
            },
        }
    )


@pytest.mark.parametrize(
    ("store", "ids"),
    [
        ({"client_id": SHARED}, (SHARED, OWN)),
        ({}, (None, OWN)),
        ({"identity": "env:STORE", "client_id": SHARED}, (None, None)),
    ],
)
def test_the_identity_of_a_cluster_comes_first(store: dict[str, str], ids: tuple[str | None, ...]) -> None:
    """Its own, else the shared one; a connection string needs none."""
    made = estate(store, {"kind": "workload"})
    assert tuple(of_store(made, cluster) for cluster in ("hub-weu", "prod-weu")) == ids


def test_an_identity_signs_in_to_its_own_tenant_alone() -> None:
    """To another tenant, exporters sign in as that tenant's row says, or not at all."""
    made = estate({}, {"kind": "workload", "client_id": OTHER})
    assert [of_tenant(made, "prod-weu", tenant) for tenant in ("main", "side")] == [OWN, None]
    assert [of_tenant(made, "hub-weu", tenant) for tenant in ("main", "side")] == [OTHER, None]
    assert of_tenant(estate({}, {"kind": "cli"}), "prod-weu", "main") is None
