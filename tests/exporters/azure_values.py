"""Azure values that several tests need."""

from __future__ import annotations

from typing import Any

import msgspec

from exporters.azure.discovery.definitions import Definition
from exporters.azure.discovery.resources import Resource, resource
from exporters.azure.discovery.wanted import Wanted
from exporters.azure.metrics.batch import Item, decode
from exporters.azure.metrics.plan import Batch, Key

SUBSCRIPTION = "2b1c8f30-7d51-4c8e-9a46-3f1f6d2b0002"
STORAGE = "microsoft.storage/storageaccounts"


def definition(name: str = "Ingress", **changes: Any) -> Definition:
    """A definition of a storage account's metric."""
    values: dict[str, Any] = {
        "name": name,
        "unit": "Bytes",
        "help": f"{name}.",
        "primary": "Total",
        "aggregations": frozenset({"Total", "Average", "Minimum", "Maximum", "Count"}),
        "grains": ("PT1M", "PT1H"),
        "dimensions": {"apiname": "ApiName", "geotype": "GeoType"},
        "dimension_required": False,
    }
    return Definition(**{**values, **changes})


def wanted(
    name: str = "Ingress",
    aggregations: tuple[str, ...] = ("Total",),
    interval: str = "PT1M",
    dimensions: tuple[str, ...] = (),
    type: str = STORAGE,
) -> Wanted:
    """A metric to read."""
    return Wanted(type, definition(name), aggregations, interval, dimensions)


def account(number: int = 1, *, subscription: str = SUBSCRIPTION, region: str = "westeurope") -> Resource:
    """A storage account."""
    group = f"/subscriptions/{subscription}/resourceGroups/RG"
    id = f"{group}/providers/Microsoft.Storage/storageAccounts/st{number}"
    found = resource(id, region)
    assert found is not None
    return found


def batch(*metrics: Wanted, accounts: int = 1) -> Batch:
    """A call for some metrics of some accounts; all metrics have the shape of the first."""
    first = metrics[0]
    key = Key(SUBSCRIPTION, "westeurope", STORAGE, first.interval, first.aggregations, first.dimensions)
    return Batch(key, tuple(account(number) for number in range(1, accounts + 1)), metrics)


def item(*metrics: dict[str, Any], interval: str = "PT1M", account_number: int = 1) -> dict[str, Any]:
    """An item of a reply, as Azure writes it."""
    return {
        "starttime": "2027-01-15T08:00:00Z",
        "endtime": "2027-01-15T09:00:00Z",
        "interval": interval,
        "namespace": STORAGE,
        "resourceregion": "westeurope",
        "resourceid": account(account_number).id.replace("resourcegroups", "resourceGroups"),
        "value": list(metrics),
    }


def metric(name: str, *series: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A metric of an item."""
    return {
        "id": f"/x/providers/Microsoft.Insights/metrics/{name}",
        "type": "Microsoft.Insights/metrics",
        "name": {"value": name, "localizedValue": name},
        "unit": "Bytes",
        "timeseries": list(series),
        "errorCode": "Success",
        **more,
    }


def series(*points: dict[str, Any], **dimensions: str) -> dict[str, Any]:
    """A series; dimension names come in lower case."""
    return {
        "metadatavalues": [
            {"name": {"value": name, "localizedValue": name}, "value": value}
            for name, value in dimensions.items()
        ],
        "data": list(points),
    }


def reply(*items: dict[str, Any]) -> bytes:
    """A reply on the wire."""
    return msgspec.json.encode({"values": list(items)})


def decoded(*items: dict[str, Any]) -> list[Item]:
    """A reply as it is read."""
    return decode(reply(*items))
