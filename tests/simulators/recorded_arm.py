"""The recordings of ARM, Entra and Resource Graph."""

from __future__ import annotations

from collections.abc import Mapping

from simulators.azure.entra import ASSERTION_TYPE
from tests.simulators.talk import CLIENT, Talk
from tests.simulators.test_entra import assertion
from tests.simulators.walking import ONES, STORAGE, VM, ZERO, Left, Walk, at, fleet

QUOTA = (
    "x-ms-user-quota-remaining",
    "x-ms-user-quota-resets-after",
    "x-ms-ratelimit-remaining-tenant-resource-requests",
)


def asked_often(talk: Talk) -> None:
    """Spend the one read that the fleet allows."""
    url = f"https://management.azure.com/subscriptions/{ZERO}/resources?api-version=2025-04-01"
    assert talk.ask("GET", url, token=talk.token(tenant=ZERO)).status == 200


def old_token(talk: Talk) -> str:
    """A token that has expired meanwhile."""
    token = talk.token(tenant=ZERO)
    talk.world.clock.jump(talk.world.clock.now() + 3600)
    return token


RECORDINGS: Mapping[str, Walk | Left] = {
    "arm/error-401-expired-token.json": Walk(
        fleet(ZERO, tokens={"clock": "simulated", "lifetime": 3599}), prepare=old_token, same=("error.code",)
    ),
    "arm/error-403-authorization-failed-recorded.json": Walk(
        fleet(
            ZERO,
            principals=[
                {
                    "client_id": CLIENT,
                    "secret": "s",
                    "denied": ["Microsoft.Resources/subscriptions/resources/read"],
                }
            ],
        ),
        url=f"https://management.azure.com/subscriptions/{ZERO}/resources?api-version=2025-04-01",
        same=("error.code",),
        headers=("x-ms-failure-cause", "cache-control", "x-content-type-options", "content-type"),
        changed="asked of the listing: activity-log events are not simulated, the gateway's document is "
        "the same",
    ),
    "arm/error-404-resource-group-not-found-recorded.json": Walk(
        fleet(ZERO),
        url=f"https://management.azure.com/subscriptions/{ZERO}/resourceGroups/javacsmrg63c992859/resources"
        "?api-version=2025-04-01",
        same=("error.code", "error.message"),
        headers=("x-ms-failure-cause", "content-type"),
        changed="asked of the group's listing: a vault itself is not served",
    ),
    "arm/error-404-resource-not-found-recorded.json": Walk(
        fleet(ZERO),
        url=f"https://management.azure.com/subscriptions/{ZERO}/resourceGroups/56535a07b46448e/providers/"
        "Microsoft.Compute/virtualMachines/javavm/extensions/ManagedIdentityExtensionForLinux/providers/"
        "Microsoft.Insights/metricDefinitions?api-version=2024-02-01",
        same=("error.code", "error.message"),
        headers=("x-ms-failure-cause", "content-type"),
        changed="asked of its metric definitions: a machine's extension itself is not served",
    ),
    "arm/error-404-subscription-not-found.json": Walk(
        fleet(ONES), same=("error.code", "error.message"), headers=("x-ms-failure-cause", "content-type")
    ),
    "arm/error-429-subscription-throttled.json": Walk(
        fleet(ZERO, limits={"arm_reads": {"burst": 1, "per_second": 1 / 6}}),
        prepare=asked_often,
        same=("error.code", "error.message"),
        headers=("retry-after", "x-ms-failure-cause", "content-type"),
    ),
    "arm/resources-filter-by-type-recorded.json": Walk(
        fleet(
            ONES,
            at("Microsoft.KeyVault/vaults", "cckeyvault1c6ra5qqpkhceo", "test_keyvault", "southcentralus"),
        ),
        same=("value[].id", "value[].name", "value[].type", "value[].location", "value[].tags"),
    ),
    "arm/resources-list-page-1.json": Walk(
        fleet(
            ZERO,
            at(
                STORAGE,
                "shopdata",
                "RG-Prod",
                "westeurope",
                kind="StorageV2",
                tags={"team": "shop"},
                sku={"name": "Standard_ZRS", "tier": "Standard"},
            ),
            at("Microsoft.ContainerService/managedClusters", "aks1", "rg-prod", "westeurope"),
            at("Microsoft.KeyVault/vaults", "third", "rg-prod", "westeurope"),
        ),
        same=("value[].id", "value[].type", "value[].sku", "value[].kind", "value[].tags"),
        headers=("x-ms-ratelimit-remaining-subscription-reads", "content-type"),
    ),
    "arm/resources-list-recorded.json": Walk(
        fleet(
            ONES,
            *(
                at(
                    "Microsoft.Compute/disks",
                    name,
                    "TEST_VM",
                    "southcentralus",
                    sku={"name": "Standard_LRS", "tier": "Standard"},
                    tags={"testtag": "testvalue", "schedule": "on=(M-U,8);off=(M-U,18);tz=pt"},
                )
                for name in (
                    "cctestvm_disk2_8a37f775b2e44dd3b0f63279011d951d",
                    "cctestvm_OsDisk_1_a9720ac41e08475ba6c0199584b8faaa",
                )
            ),
            at(
                VM,
                "cctestvm",
                "test_vm",
                "southcentralus",
                tags={"testtag": "testvalue", "schedule": "on=(M-U,8);off=(M-U,18);tz=pt"},
            ),
            at("Microsoft.Network/networkInterfaces", "myVMNic", "test_vm", "southcentralus"),
            at("Microsoft.Network/publicIPAddresses", "myPublicIP", "test_vm", "southcentralus"),
            at("Microsoft.Network/virtualNetworks", "MyVNET", "test_vm", "southcentralus"),
            at(
                STORAGE,
                "45mqcga7pkswisalinuxvm",
                "test_vm",
                "southcentralus",
                kind="Storage",
                sku={"name": "Standard_LRS", "tier": "Standard"},
            ),
            types=[
                {"type": f"Microsoft.{name}"}
                for name in ("Compute/disks", "Network/networkInterfaces", "Network/virtualNetworks")
            ],
        ),
        lacks=("value[].managedBy",),
        same=(
            "value[].id",
            "value[].name",
            "value[].type",
            "value[].location",
            "value[].sku",
            "value[].tags",
        ),
    ),
    "arm/subscriptions-list-recorded.json": Walk(
        fleet(ZERO), same=("value[].subscriptionId", "value[].tenantId", "value[].state", "count")
    ),
    "entra/error-400-invalid-scope.json": Walk(
        fleet(ZERO), adds=("error_uri",), same=("error", "error_codes"), headers=("content-type",)
    ),
    "entra/imds-410-updating.json": Left(
        "managed identities of a machine (169.254.169.254) are not simulated"
    ),
    "entra/imds-error-400-no-metadata-header.json": Left("managed identities of a machine are not simulated"),
    "entra/imds-token.json": Left("managed identities of a machine are not simulated"),
    "entra/token-client-secret.json": Walk(
        fleet(
            ZERO,
            principals=[{"client_id": "535fb089-9ff3-47b6-9bfb-4f1264799865", "secret": "sampleCredentials"}],
        ),
        adds=("ext_expires_in",),
        same=("token_type", "expires_in"),
        headers=("content-type",),
    ),
    "entra/token-federated-assertion.json": Walk(
        fleet(
            ZERO,
            tokens={"lifetime": 86399},
            principals=[
                {
                    "client_id": "97e0a5b7-d745-40b6-94fe-5f77d35c6e05",
                    "federated": [
                        {
                            "issuer": "https://oidc.example",
                            "subject": "system:serviceaccount:monitoring:exporter",
                        }
                    ],
                }
            ],
        ),
        body="scope=https%3A%2F%2Fmetrics.monitor.azure.com%2F.default"
        f"&client_id=97e0a5b7-d745-40b6-94fe-5f77d35c6e05&client_assertion_type={ASSERTION_TYPE}"
        f"&client_assertion={assertion()}&grant_type=client_credentials",
        same=("token_type", "expires_in", "ext_expires_in"),
        headers=("content-type",),
        changed="the assertion of the page is cut short; a whole one stands in its place",
    ),
    "resource-graph/next-page.json": Walk(
        fleet("cfbbd179-59d2-4052-aa06-9270a38aa9d6", at(STORAGE, "test{n}", "RG1", "eastus", count=9)),
        body={
            "subscriptions": ["cfbbd179-59d2-4052-aa06-9270a38aa9d6"],
            "query": "Resources | where name contains 'test' | project id, name, type, location",
            "options": {"$skipToken": "sim3", "$top": 3},
        },
        same=("count", "resultTruncated", "facets"),
        changed="$skipToken is one of the simulator's own, as a token means nothing elsewhere; $top "
        "makes pages of 3",
    ),
    "resource-graph/storage-table-format-recorded.json": Walk(
        fleet(
            ONES,
            at(
                STORAGE,
                "cctstoragey6akyqpagdt3o",
                "test_storage",
                "southcentralus",
                kind="Storage",
                sku={"name": "Standard_LRS", "tier": "Standard"},
            ),
        ),
        body={"query": "Resources | where type =~ 'Microsoft.Storage/storageAccounts'"},
        # What stands in a row's `properties` is the storage provider's own and is not simulated.
        lacks=("data.rows[][].",),
        adds=("facets", "resultTruncated"),
        same=("data.columns[].name", "data.columns[].type"),
        headers=QUOTA,
        changed="the body was not recorded; this query gives such a table",
    ),
    "resource-graph/truncated-without-skip-token.json": Walk(
        fleet(ZERO, at(STORAGE, "data{n:04}", "rg", count=5000), limits={"page": 2}),
        same=("count", "totalRecords", "resultTruncated", "facets"),
        changed="pages of 2 by the fleet's limit; x-ms-tenant-subscription-limit-hit (over 10,000 "
        "subscriptions) is "
        "not simulated",
    ),
}
