"""Subscriptions and resources as ARM lists them, page by page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from simulators.azure.intervals import stamp
from simulators.azure.inventory import Resource, Subscription
from simulators.azure.replies import Refused, Reply, Request, gateway
from simulators.azure.world import World

SUBSCRIPTION_VERSIONS = ("2016-06-01", "2018-06-01", "2019-06-01", "2020-01-01", "2021-01-01", "2022-12-01")
RESOURCE_VERSIONS = (
    "2015-11-01",
    "2018-05-01",
    "2019-10-01",
    "2020-06-01",
    "2021-04-01",
    "2022-09-01",
    "2023-07-01",
    "2024-03-01",
    "2024-11-01",
    "2025-04-01",
)
_CLAUSE = re.compile(r"\s*(\w+)\s+(eq|ne)\s+'((?:[^']|'')*)'\s*", re.IGNORECASE)
# Providers that say `"tags": {}` where there are none; the others leave the key out.
_EMPTY_TAGS = frozenset({"microsoft.storage/storageaccounts", "microsoft.keyvault/vaults"})
_START = 1_577_836_800  # 2020-01-01: when resources were made that always were


def subscription(one: Subscription) -> dict[str, Any]:
    """A subscription's document."""
    return {
        "id": f"/subscriptions/{one.id}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": one.id,
        "tenantId": one.tenant_id,
        "displayName": one.name,
        "state": one.state,
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
            "spendingLimit": "Off",
        },
    }


def resource(one: Resource, expand: Sequence[str] = ()) -> dict[str, Any]:
    """A resource's document in a listing; `properties` is never in it."""
    # The container service spells its ids in its own way, here and nowhere else.
    lower = one.type.key == "microsoft.containerservice/managedclusters"
    spelt = one.id.replace("/resourceGroups/", "/resourcegroups/") if lower else one.id
    document: dict[str, Any] = {"id": spelt, "name": one.name.split("/")[-1], "type": one.type.name}
    if one.kind:
        document["kind"] = one.kind
    if one.sku:
        document["sku"] = dict(one.sku)
    document["location"] = one.region
    if one.tags or one.type.key in _EMPTY_TAGS:
        document["tags"] = dict(one.tags)
    if "createdtime" in expand:
        document["createdTime"] = stamp(one.created or _START)
    if "changedtime" in expand:
        document["changedTime"] = stamp(one.created or _START)
    if "provisioningstate" in expand:
        document["provisioningState"] = "Succeeded"
    return document


def resources(world: World, request: Request, found: Sequence[Resource]) -> Reply:
    """One page of `value[]`, with an absolute `nextLink` where more follow."""
    passes = read_filter(request.query.get("$filter", ""))
    chosen = [one for one in found if passes(one)]
    expand = [name.strip().lower() for name in request.query.get("$expand", "").split(",") if name.strip()]
    size = world.fleet.limits.page
    if top := request.query.get("$top", ""):
        if not re.fullmatch(r"\d+", top) or not int(top):
            raise Refused(
                gateway(400, "InvalidTopParameter", f"The value '{top}' of '$top' is not a positive integer.")
            )
        size = min(size, int(top))
    start = skip(request.query.get("$skiptoken", ""))
    body: dict[str, Any] = {"value": [resource(one, expand) for one in chosen[start : start + size]]}
    if start + size < len(chosen):
        body["nextLink"] = next_link(request, start + size)
    return Reply(200, body)


def skip(token: str) -> int:
    """The row a skip token stands for."""
    if not token:
        return 0
    match = re.fullmatch(r"sim([0-9a-f]{1,12})", token)
    if match is None:
        raise Refused(gateway(400, "InvalidSkipToken", "The provided skip token is invalid."))
    return int(match[1], 16)


def next_link(request: Request, row: int) -> str:
    """The URL of the page that begins at `row`."""
    query = {name: text for name, text in request.query.items() if name != "$skiptoken"}
    query["$skiptoken"] = f"sim{row:x}"
    return f"{request.base}{request.raw_path}?{urlencode(query, quote_via=quote)}"


def read_filter(text: str) -> Callable[[Resource], bool]:
    """`resourceType eq 'X' and resourceGroup eq 'g'`; tag filters (`tagName eq 'k' and tagValue eq 'v'`)
    stand alone.
    """
    if not text:
        return lambda _: True
    clauses = []
    for piece in re.split(r"\s+and\s+", text, flags=re.IGNORECASE):
        match = _CLAUSE.fullmatch(piece)
        if match is None or match[1].lower() not in _FIELDS:
            raise Refused(
                gateway(
                    400,
                    "InvalidFilterInQueryString",
                    f"Invalid $filter '{text}' specified in the query string.",
                )
            )
        clauses.append((match[1].lower(), match[2].lower() == "eq", match[3].replace("''", "'").lower()))
    names = {name for name, _, _ in clauses}
    if names & {"tagname", "tagvalue"} and names - {"tagname", "tagvalue"}:
        message = (
            f"Invalid $filter '{text}' specified in the query string: "
            "tag filters cannot be combined with others."
        )
        raise Refused(gateway(400, "InvalidFilterInQueryString", message))
    wanted = {name: value for name, equal, value in clauses if equal}
    if "tagname" in wanted:
        tag, value = wanted["tagname"], wanted.get("tagvalue")
        return lambda one: any(k.lower() == tag and value in (None, v.lower()) for k, v in one.tags.items())
    return lambda one: all((_FIELDS[name](one).lower() == value) is equal for name, equal, value in clauses)


_FIELDS: dict[str, Callable[[Resource], str]] = {
    "resourcetype": lambda one: one.type.name,
    "resourcegroup": lambda one: one.resource_group,
    "location": lambda one: one.region,
    "name": lambda one: one.name,
    "tagname": lambda _: "",
    "tagvalue": lambda _: "",
}
