"""The recorded requests of tests/data/azure, and what it takes to ask the simulator the same.

`Walk` is a recording that is asked; `Left` one that is not, with the reason. A recording that is asked is asked as it was
recorded, method, path, query and body, of a fleet made to hold what it speaks of; where something had to be changed,
`changed` says what and why.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulators.azure.entra import ASSERTION_TYPE
from simulators.azure.faults import Fault
from tests.simulators.talk import CLIENT, Talk
from tests.simulators.test_entra import assertion

ZERO = "00000000-0000-0000-0000-000000000000"
ONES = "11111111-1111-1111-1111-111111111111"
VM = "Microsoft.Compute/virtualMachines"
STORAGE = "Microsoft.Storage/storageAccounts"
COSMOS = "Microsoft.DocumentDB/databaseAccounts"
ALL = ["Average", "Minimum", "Maximum", "Total", "Count"]


@dataclass(frozen=True)
class Left:
    """A recording that the simulator is not asked."""

    reason: str


@dataclass(frozen=True)
class Walk:
    """A recording that the simulator is asked.

    `fleet` is the fleet document; `url`, `body` replace those recorded; `replace` are texts replaced in request and
    reply alike; `prepare` brings the simulator to the state the recording was made in. `lacks` are fields that the
    recording has and the simulator leaves out, `adds` the other way round: both must be optional by the contract.
    `same` are fields whose values must be equal, in order, as far as the recording goes.
    """

    fleet: Mapping[str, Any]
    url: str = ""
    body: Any = None
    replace: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[Talk], str | None] = lambda _: None
    lacks: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    changed: str = ""


def fleet(
    subscription: str, *resources: Mapping[str, Any], now: str = "2026-03-02T12:00:00Z", **more: Any
) -> Mapping[str, Any]:
    """A fleet of one subscription whose clock stands at `now`."""
    return {
        "apiVersion": "singlepane/azure-fleet/v1",
        "clock": {"mode": "manual", "now": now},
        "tenants": {"main": ZERO},
        "subscriptions": {"only": {"id": subscription, "tenant": "main", "resources": list(resources)}},
        "behaviour": {"absent": 0, "zero": 0},
        **more,
    }


def at(type_name: str, name: str, group: str, region: str = "westus2", **more: Any) -> Mapping[str, Any]:
    """One resource."""
    return {"type": type_name, "name": name, "resource_group": group, "region": region, **more}


def custom(kind: str, *metrics: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A type of the fleet's own."""
    return [{"type": kind, "metrics": list(metrics)}]


def asked_often(talk: Talk) -> None:
    """Spend the one read that the fleet allows."""
    url = f"https://management.azure.com/subscriptions/{ZERO}/resources?api-version=2025-04-01"
    assert talk.ask("GET", url, token=talk.token(tenant=ZERO)).status == 200


def defined_often(talk: Talk) -> None:
    """Spend the 400 calls of a window."""
    account = f"/subscriptions/{ZERO}/resourceGroups/rg1/providers/Microsoft.Storage/storageAccounts/sa1"
    url = f"https://management.azure.com{account}/providers/Microsoft.Insights/metricDefinitions"
    for _ in range(400):
        talk.world.clock.jump(talk.world.clock.now() + 0.05)
        reply = talk.ask("GET", f"{url}?api-version=2024-02-01", token=talk.token(tenant=ZERO))
        assert reply.status == 200


def old_token(talk: Talk) -> str:
    """A token that has expired meanwhile."""
    token = talk.token(tenant=ZERO)
    talk.world.clock.jump(talk.world.clock.now() + 3600)
    return token


def batch_breaks(talk: Talk) -> None:
    """A back end that fails."""
    talk.world.faults.order([Fault(name="f", kind="status", status=500)], talk.world.clock.now())


def next_token(talk: Talk) -> None:
    """Nothing: the token of the second page is in the body below."""
    assert talk.world.inventory.resources


VM_AT_SOUTH = fleet(ONES, at(VM, "cctestvm", "TEST_VM", "southcentralus"), now="2019-09-01T00:00:00Z")
VM_AT_JAPAN = fleet(ZERO, at(VM, "cxvio2u3sdf", "TANYI", "japaneast"), now="2020-10-15T00:00:00Z")
POINTS = "value[].timeseries[].data[].timeStamp"
HEAD = (
    "timespan",
    "interval",
    "namespace",
    "resourceregion",
    "value[].id",
    "value[].name.value",
    "value[].unit",
)
BATCH_HEAD = tuple(
    f"values[].{name}" for name in ("starttime", "endtime", "namespace", "resourceregion", "resourceid")
)
REDIS = "Microsoft.Cache/Redis"
REDIS_SUBSCRIPTION = "12345678-abcd-1234-abcd-123456789abc"
DOC_SUBSCRIPTION = "aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e"
DOC_STORAGE = fleet(DOC_SUBSCRIPTION, at(STORAGE, "testaccount", "sample-test"), now="2023-05-01T00:00:00Z")
# The page writes a subscription id that is no GUID.
BROKEN_ID = {"12345678-abcd-98765432-abcdef012345": "12345678-abcd-4bcd-9876-abcdef012345"}
QUOTA = (
    "x-ms-user-quota-remaining",
    "x-ms-user-quota-resets-after",
    "x-ms-ratelimit-remaining-tenant-resource-requests",
)

RECORDINGS: Mapping[str, Walk | Left] = {
    "arm/error-401-expired-token.json": Walk(
        fleet(ZERO, tokens={"clock": "simulated", "lifetime": 3599}), prepare=old_token, same=("error.code",)
    ),
    "arm/error-403-authorization-failed-recorded.json": Walk(
        fleet(
            ZERO,
            principals=[{"client_id": CLIENT, "secret": "s", "denied": ["Microsoft.Resources/subscriptions/resources/read"]}],
        ),
        url=f"https://management.azure.com/subscriptions/{ZERO}/resources?api-version=2025-04-01",
        same=("error.code",),
        headers=("x-ms-failure-cause", "cache-control", "x-content-type-options", "content-type"),
        changed="asked of the listing: activity-log events are not simulated, the gateway's document is the same",
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
        fleet(ONES, at("Microsoft.KeyVault/vaults", "cckeyvault1c6ra5qqpkhceo", "test_keyvault", "southcentralus")),
        same=("value[].id", "value[].name", "value[].type", "value[].location", "value[].tags"),
    ),
    "arm/resources-list-page-1.json": Walk(
        fleet(
            ZERO,
            at(STORAGE, "shopdata", "RG-Prod", "westeurope", kind="StorageV2", tags={"team": "shop"},
               sku={"name": "Standard_ZRS", "tier": "Standard"}),
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
                at("Microsoft.Compute/disks", name, "TEST_VM", "southcentralus",
                   sku={"name": "Standard_LRS", "tier": "Standard"},
                   tags={"testtag": "testvalue", "schedule": "on=(M-U,8);off=(M-U,18);tz=pt"})
                for name in ("cctestvm_disk2_8a37f775b2e44dd3b0f63279011d951d",
                             "cctestvm_OsDisk_1_a9720ac41e08475ba6c0199584b8faaa")
            ),
            at(VM, "cctestvm", "test_vm", "southcentralus",
               tags={"testtag": "testvalue", "schedule": "on=(M-U,8);off=(M-U,18);tz=pt"}),
            at("Microsoft.Network/networkInterfaces", "myVMNic", "test_vm", "southcentralus"),
            at("Microsoft.Network/publicIPAddresses", "myPublicIP", "test_vm", "southcentralus"),
            at("Microsoft.Network/virtualNetworks", "MyVNET", "test_vm", "southcentralus"),
            at(STORAGE, "45mqcga7pkswisalinuxvm", "test_vm", "southcentralus", kind="Storage",
               sku={"name": "Standard_LRS", "tier": "Standard"}),
            types=[{"type": f"Microsoft.{name}"} for name in
                   ("Compute/disks", "Network/networkInterfaces", "Network/virtualNetworks")],
        ),
        lacks=("value[].managedBy",),
        same=("value[].id", "value[].name", "value[].type", "value[].location", "value[].sku", "value[].tags"),
    ),
    "arm/subscriptions-list-recorded.json": Walk(
        fleet(ZERO), same=("value[].subscriptionId", "value[].tenantId", "value[].state", "count")
    ),
    "entra/error-400-invalid-scope.json": Walk(
        fleet(ZERO), adds=("error_uri",), same=("error", "error_codes"), headers=("content-type",)
    ),
    "entra/imds-410-updating.json": Left("managed identities of a machine (169.254.169.254) are not simulated"),
    "entra/imds-error-400-no-metadata-header.json": Left("managed identities of a machine are not simulated"),
    "entra/imds-token.json": Left("managed identities of a machine are not simulated"),
    "entra/token-client-secret.json": Walk(
        fleet(ZERO, principals=[{"client_id": "535fb089-9ff3-47b6-9bfb-4f1264799865", "secret": "sampleCredentials"}]),
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
                        {"issuer": "https://oidc.example", "subject": "system:serviceaccount:monitoring:exporter"}
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
    "metric-definitions/error-429-definitions-throttled.json": Walk(
        fleet(
            ZERO,
            at(STORAGE, "sa1", "rg1"),
            limits={"arm_reads": {"burst": 250, "per_second": 100}},
        ),
        prepare=defined_often,
        same=("error.code",),
        headers=("content-type",),
    ),
    "metric-definitions/storage-account-2017-preview-api-recorded.json": Walk(
        fleet(ZERO, at(STORAGE, "samonitor8952465461f70e", "rgmonitor8ec2150390064d")), same=("value[].resourceId",)
    ),
    "metric-definitions/storagecache-metric-class.json": Walk(
        fleet(
            "46841c0e-69c8-4b17-af46-6626ecb15fc2",
            at("Microsoft.StorageCache/caches", "adgarntptestcache", "adgarntptestrg"),
            types=custom(
                "Microsoft.StorageCache/caches",
                {"name": "ClientIOPS", "unit": "Count", "aggregations": ["Average", "Minimum", "Maximum"]},
                {"name": "ClientLatency", "unit": "MilliSeconds", "aggregations": ["Average", "Minimum", "Maximum"]},
                {"name": "ClientReadThroughput", "unit": "BytesPerSecond", "aggregations": ["Average", "Minimum", "Maximum"]},
            ),
        ),
        same=("value[].id", "value[].resourceId", "value[].primaryAggregationType", "value[].metricAvailabilities"),
        changed="",
    ),
    "metric-definitions/vm-recorded.json": Walk(
        VM_AT_JAPAN,
        same=(
            "value[].id",
            "value[].resourceId",
            "value[].namespace",
            "value[].name.value",
            "value[].unit",
            "value[].primaryAggregationType",
            "value[].supportedAggregationTypes",
            "value[].metricAvailabilities",
            "value[].isDimensionRequired",
        ),
        lacks=("value[].isMetadataCustom",),
        adds=("value[].dimensions", "value[].dimensions[].value", "value[].dimensions[].localizedValue"),
    ),
    "metrics/cosmos-collection-pt5m.json": Walk(
        fleet(
            ONES,
            at(COSMOS, "cctestcosmosdbc129bfa71a47", "test_cosmosdb", "southcentralus"),
            now="2026-06-02T16:01:21Z",
            behaviour={
                "absent": 1,
                "values": {"DatabaseName": ["cctestcdatabase"], "CollectionName": ["cccontainer"]},
            },
        ),
        same=(*HEAD, POINTS, "cost", "value[].errorCode", "value[].timeseries[].metadatavalues[].name.value",
              "value[].timeseries[].metadatavalues[].value"),
        headers=("cache-control", "content-type"),
        prepare=lambda talk: _average(talk, COSMOS, "provisionedthroughput"),
        changed="the metric is given Average, which the table of today does not list for it any more",
    ),
    "metrics/dimension-values-metadata.json": Walk(
        fleet(
            BROKEN_ID["12345678-abcd-98765432-abcdef012345"],
            at(STORAGE, "ContosoStorage", "azmon-rest-api-walkthrough", "eastus"),
            now="2023-04-01T00:00:00Z",
            behaviour={"values": {"ApiName": ["DeleteBlob", "SetBlobProperties"]}, "combinations": 500},
        ),
        replace=BROKEN_ID,
        adds=("value[].displayDescription",),
        same=("timespan", "namespace", "resourceregion", "value[].id",
              "value[].timeseries[].metadatavalues[].name.value", "value[].timeseries[].metadatavalues[].value"),
        changed="the page's subscription id is no GUID; one stands in its place",
    ),
    "metrics/error-400-invalid-metric.json": Walk(VM_AT_SOUTH, same=("code",), headers=("content-type",)),
    "metrics/one-metric-failed-inside-200.json": Walk(
        fleet(
            "ac41e21f-afd6-4a79-8070-f01eba278f97",
            at("Microsoft.DocumentDb/databaseAccounts", "tk-cosmos-mongo", "todking"),
            now="2021-06-09T00:00:00Z",
            types=custom(
                "Microsoft.DocumentDb/databaseAccounts",
                {"name": "MongoRequestsCount", "unit": "CountPerSecond", "aggregations": ["Total"]},
                {"name": "MongoRequests", "unit": "Count", "aggregations": ALL},
            ),
        ),
        same=(*HEAD, POINTS, "cost", "value[].errorCode"),
    ),
    "metrics/storage-filter-empty-timeseries-recorded.json": Walk(
        fleet(
            ZERO,
            at(STORAGE, "samonitor8952465461f70e", "rgmonitor8ec2150390064d", silent=True),
            now="2018-02-05T23:45:52Z",
        ),
        prepare=lambda talk: _average(talk, STORAGE, "transactions"),
        adds=("value[].displayDescription",),
        same=("timespan", "interval", "value[].id", "value[].timeseries"),
        changed="the metric is given Average, which the table of today does not list for it any more",
    ),
    "metrics/vm-network-in-total-p1d.json": Walk(
        VM_AT_SOUTH,
        adds=("value[].displayDescription", "value[].errorCode"),
        same=(*HEAD, POINTS),
        headers=("cache-control", "content-type"),
    ),
    "metrics/vm-no-interval-no-aggregation-recorded.json": Walk(VM_AT_JAPAN, same=(*HEAD, POINTS)),
    "metrics/vm-percentage-cpu-average-p1d.json": Walk(
        VM_AT_SOUTH, adds=("value[].displayDescription", "value[].errorCode"), same=(*HEAD, POINTS)
    ),
    "metrics-getbatch/error-400-unsupported-dimension.json": Walk(DOC_STORAGE, same=("error.code",)),
    "metrics-getbatch/error-500-internal.json": Walk(
        fleet(ZERO), prepare=batch_breaks, same=("error",), changed="the failure is ordered as a fault"
    ),
    "metrics-getbatch/redis-full-interval-rollup.json": Walk(
        fleet(
            REDIS_SUBSCRIPTION,
            *(at(REDIS, name, "test_redis") for name in ("redis5", "redis3", "redis2")),
            now="2023-11-08T00:00:00Z",
            types=custom(
                REDIS,
                {"name": "cacheWrite", "unit": "BytesPerSecond", "aggregations": ALL, "dimensions": ["ShardId"]},
            ),
        ),
        same=(*BATCH_HEAD, "values[].interval", "values[].value[].id", f"values[].{POINTS}", "values[].value[].errorCode"),
        headers=("content-type",),
    ),
    "metrics-getbatch/storage-with-cost-per-resource.json": Walk(
        DOC_STORAGE,
        same=(*BATCH_HEAD, "values[].value[].id", "values[].value[].unit", "values[].value[].errorCode",
              "values[].value[].timeseries[].metadatavalues[].name.value"),
        changed="the interval of the reply is not compared: the page asks PT6H and shows P1D",
    ),
    "metrics-subscription/error-400-missing-region.json": Walk(
        fleet("92d2a2d8-b514-432d-8cc9-a5f9272630d5"), same=("error",)
    ),
    "metrics-subscription/vm-cpu-by-resource-id.json": Walk(
        fleet(
            BROKEN_ID["12345678-abcd-98765432-abcdef012345"],
            at(VM, "TestVM1", "EASTUS-TESTING", "eastus"),
            at(VM, "TestVM2", "EASTUS-TESTING", "eastus"),
            at(VM, "CommonVM1", "Common-TESTING", "eastus"),
            at(VM, "CommonVM2", "Common-TESTING", "eastus"),
            now="2023-06-28T00:00:00Z",
        ),
        replace=BROKEN_ID,
        adds=("cost",),
        same=("namespace", "resourceregion", "value[].id", "value[].unit", "value[].errorCode",
              "value[].timeseries[].metadatavalues[].name.value"),
        changed="the page's subscription id is no GUID, and its reply is of another range and interval than its request",
    ),
    "resource-graph/next-page.json": Walk(
        fleet("cfbbd179-59d2-4052-aa06-9270a38aa9d6", at(STORAGE, "test{n}", "RG1", "eastus", count=9)),
        body={
            "subscriptions": ["cfbbd179-59d2-4052-aa06-9270a38aa9d6"],
            "query": "Resources | where name contains 'test' | project id, name, type, location",
            "options": {"$skipToken": "sim3", "$top": 3},
        },
        same=("count", "resultTruncated", "facets"),
        changed="$skipToken is one of the simulator's own, as a token means nothing elsewhere; $top makes pages of 3",
    ),
    "resource-graph/storage-table-format-recorded.json": Walk(
        fleet(ONES, at(STORAGE, "cctstoragey6akyqpagdt3o", "test_storage", "southcentralus", kind="Storage",
                       sku={"name": "Standard_LRS", "tier": "Standard"})),
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
        changed="pages of 2 by the fleet's limit; x-ms-tenant-subscription-limit-hit (over 10,000 subscriptions) is "
        "not simulated",
    ),
}  # fmt: skip


def _average(talk: Talk, kind: str, metric: str) -> None:
    """Let a metric of the table have every aggregation, as it had when the recording was made."""
    from dataclasses import replace

    found = talk.world.inventory.types[kind.lower()]
    known = found.metrics[metric]
    assert isinstance(found.metrics, dict)
    found.metrics[metric] = replace(known, aggregations=tuple(ALL))


def text(value: Mapping[str, Any]) -> str:
    """A fleet document as YAML, of which JSON is a part."""
    return json.dumps(value)
