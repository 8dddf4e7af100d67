"""The recordings of metric definitions and of metrics, by resource, by subscription and in batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from simulators.azure.faults import Fault
from tests.simulators.talk import Talk
from tests.simulators.walking import ALL, COSMOS, ONES, STORAGE, VM, ZERO, Left, Walk, at, custom, fleet

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


def defined_often(talk: Talk) -> None:
    """Spend the 400 calls of a window."""
    account = f"/subscriptions/{ZERO}/resourceGroups/rg1/providers/Microsoft.Storage/storageAccounts/sa1"
    url = f"https://management.azure.com{account}/providers/Microsoft.Insights/metricDefinitions"
    for _ in range(400):
        talk.world.clock.jump(talk.world.clock.now() + 0.05)
        reply = talk.ask("GET", f"{url}?api-version=2024-02-01", token=talk.token(tenant=ZERO))
        assert reply.status == 200


def batch_breaks(talk: Talk) -> None:
    """A back end that fails."""
    talk.world.faults.order([Fault(name="f", kind="status", status=500)], talk.world.clock.now())


def _average(talk: Talk, kind: str, metric: str) -> None:
    """Let a metric of the table have every aggregation, as it had when the recording was made."""
    found = talk.world.inventory.types[kind.lower()]
    known = found.metrics[metric]
    assert isinstance(found.metrics, dict)
    found.metrics[metric] = replace(known, aggregations=tuple(ALL))


RECORDINGS: Mapping[str, Walk | Left] = {
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
        fleet(ZERO, at(STORAGE, "samonitor8952465461f70e", "rgmonitor8ec2150390064d")),
        same=("value[].resourceId",),
    ),
    "metric-definitions/storagecache-metric-class.json": Walk(
        fleet(
            "46841c0e-69c8-4b17-af46-6626ecb15fc2",
            at("Microsoft.StorageCache/caches", "adgarntptestcache", "adgarntptestrg"),
            types=custom(
                "Microsoft.StorageCache/caches",
                {"name": "ClientIOPS", "unit": "Count", "aggregations": ["Average", "Minimum", "Maximum"]},
                {
                    "name": "ClientLatency",
                    "unit": "MilliSeconds",
                    "aggregations": ["Average", "Minimum", "Maximum"],
                },
                {
                    "name": "ClientReadThroughput",
                    "unit": "BytesPerSecond",
                    "aggregations": ["Average", "Minimum", "Maximum"],
                },
            ),
        ),
        same=(
            "value[].id",
            "value[].resourceId",
            "value[].primaryAggregationType",
            "value[].metricAvailabilities",
        ),
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
        same=(
            *HEAD,
            POINTS,
            "cost",
            "value[].errorCode",
            "value[].timeseries[].metadatavalues[].name.value",
            "value[].timeseries[].metadatavalues[].value",
        ),
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
        same=(
            "timespan",
            "namespace",
            "resourceregion",
            "value[].id",
            "value[].timeseries[].metadatavalues[].name.value",
            "value[].timeseries[].metadatavalues[].value",
        ),
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
                {
                    "name": "cacheWrite",
                    "unit": "BytesPerSecond",
                    "aggregations": ALL,
                    "dimensions": ["ShardId"],
                },
            ),
        ),
        same=(
            *BATCH_HEAD,
            "values[].interval",
            "values[].value[].id",
            f"values[].{POINTS}",
            "values[].value[].errorCode",
        ),
        headers=("content-type",),
    ),
    "metrics-getbatch/storage-with-cost-per-resource.json": Walk(
        DOC_STORAGE,
        same=(
            *BATCH_HEAD,
            "values[].value[].id",
            "values[].value[].unit",
            "values[].value[].errorCode",
            "values[].value[].timeseries[].metadatavalues[].name.value",
        ),
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
        same=(
            "namespace",
            "resourceregion",
            "value[].id",
            "value[].unit",
            "value[].errorCode",
            "value[].timeseries[].metadatavalues[].name.value",
        ),
        changed="the page's subscription id is no GUID, and its reply is of another range and interval "
        "than its request",
    ),
}
