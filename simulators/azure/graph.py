"""Azure Resource Graph: `POST /providers/Microsoft.ResourceGraph/resources`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulators.azure.fleet import Principal
from simulators.azure.inventory import Resource
from simulators.azure.kusto import InvalidQuery, parse
from simulators.azure.listings import skip
from simulators.azure.replies import Refused, Reply, Request, wrapped
from simulators.azure.tokens import Claims, may
from simulators.azure.world import World

VERSIONS = ("2018-09-01-preview", "2019-04-01", "2021-03-01", "2022-10-01", "2024-04-01")
_OBJECTS = frozenset({"sku", "plan", "properties", "tags", "identity", "zones", "extendedLocation"})


def answer(world: World, request: Request, claims: Claims, principal: Principal, version: str) -> Reply:
    """One page of a query's result. Raises `Refused`."""
    body = request.json()
    if not isinstance(body, Mapping) or not isinstance(body.get("query"), str) or not body["query"].strip():
        raise Refused(_invalid("InvalidQuery", "Query is invalid: 'query' is required."))
    options = body.get("options") or {}
    if not isinstance(options, Mapping):
        raise Refused(_invalid("InvalidOptions", "'options' must be an object."))
    rows = [_row(one) for one in _visible(world, body, claims, principal)]
    try:
        query = parse(body["query"])
    except InvalidQuery as error:
        raise Refused(
            _invalid("InvalidQuery", f"Query is invalid. Please refer to the documentation: {error}.")
        ) from None
    result = query.run(rows)
    top = options.get("$top", world.fleet.limits.page)
    if not isinstance(top, int) or isinstance(top, bool) or not 1 <= top <= 1000:
        raise Refused(_invalid("InvalidTop", f"'$top' must be from 1 to 1000, it is {top!r}."))
    start = skip(str(options.get("$skipToken") or "")) or _whole(options.get("$skip", 0))
    page = result[start : start + min(top, world.fleet.limits.page)]
    columns = query.columns
    more = start + len(page) < len(result)
    document: dict[str, Any] = {
        "totalRecords": len(result),
        "count": len(page),
        "data": _shaped(page, columns, options.get("resultFormat"), version),
        "facets": [],
        "resultTruncated": "false",
    }
    if more and "id" in columns:
        document["$skipToken"] = f"sim{start + len(page):x}"
    elif more:
        # Without the column `id` there is nothing to page by: the rest cannot be had.
        document["resultTruncated"] = "true"
    return Reply(200, document)


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Refused(_invalid("InvalidSkip", f"'$skip' must be a whole number, it is {value!r}."))
    return value


def _shaped(page: list[dict[str, Any]], columns: tuple[str, ...], form: Any, version: str) -> Any:
    """Objects, or a table: the form before 2020, and later by request."""
    if form is None:
        form = "table" if version < "2020" else "objectArray"
    if form == "objectArray":
        return page
    if form != "table":
        raise Refused(
            _invalid("InvalidResultFormat", f"'resultFormat' must be objectArray or table, it is {form!r}.")
        )
    heads = [{"name": name, "type": "object" if name in _OBJECTS else "string"} for name in columns]
    return {"columns": heads, "rows": [[row.get(name) for name in columns] for row in page]}


def _visible(world: World, body: Mapping[str, Any], claims: Claims, principal: Principal) -> list[Resource]:
    """The resources in scope that the caller may read; what it may not read is silently absent."""
    home = {one.id for one in world.inventory.subscriptions.values() if one.tenant_id == claims.tid}
    wanted = home
    if "subscriptions" in body or "managementGroups" in body:
        wanted = {str(one).lower() for one in body.get("subscriptions") or ()}
        for group in body.get("managementGroups") or ():
            wanted |= world.inventory.management_groups.get(str(group).lower(), frozenset())
    readable = {
        one for one in wanted & home if may(world, principal, one, "Microsoft.Resources/resources/read")
    }
    # Its data lag behind: what it shows is what was true a while ago.
    then = world.clock.now() - world.fleet.graph_lag
    found = [
        one
        for one in world.inventory.resources.values()
        if one.listed and one.subscription.id in readable and one.lives(then)
    ]
    return sorted(found, key=lambda one: one.id.lower())


def _row(one: Resource) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name.split("/")[-1],
        "type": one.type.key,
        "tenantId": one.subscription.tenant_id,
        "kind": one.kind.lower(),
        "location": one.region,
        "resourceGroup": one.resource_group.lower(),
        "subscriptionId": one.subscription.id,
        "managedBy": "",
        "sku": dict(one.sku) or None,
        "plan": None,
        "properties": {"provisioningState": "Succeeded"},
        "tags": dict(one.tags) or None,
        "identity": None,
        "zones": None,
        "extendedLocation": None,
    }


def _invalid(code: str, message: str) -> Reply:
    return wrapped(
        400,
        "BadRequest",
        "Please provide below info when asking for support: timestamp, correlationId.",
        details=[{"code": code, "message": message}],
    )
