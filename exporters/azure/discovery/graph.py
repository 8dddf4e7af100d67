"""Discovery: which resources of the wanted types there are, by Resource Graph, or by ARM's listing where
that fails.

Contracts: https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources and
https://learn.microsoft.com/rest/api/resources/resources/list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from exporters.azure.calls.decode import decoded
from exporters.azure.calls.http import Call, Client, address
from exporters.azure.discovery.listing import MOST_PAGES, listed
from exporters.azure.discovery.parts import listed_type, listed_types, parts
from exporters.azure.discovery.resources import Resource, resource
from exporters.azure.discovery.selection import ALL, Selection, conditions, literal
from exporters.azure.errors import AzureError, BadReply
from exporters.configuration.endpoints import Endpoints

PAGE = 1000
# Resource Graph advises to ask for fewer than 300 subscriptions at once.
SUBSCRIPTIONS_PER_QUERY = 200

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Discovered:
    """Resources by id, and why a subscription could not be read. `skipped` counts rows that made no sense."""

    resources: dict[str, Resource]
    problems: dict[str, AzureError]
    skipped: int = 0


class _Table(msgspec.Struct):
    columns: list[dict[str, Any]]
    rows: list[list[Any]]


class _GraphPage(msgspec.Struct):
    data: list[dict[str, Any]] | _Table
    truncated: Any = msgspec.field(name="resultTruncated", default="false")
    skip_token: str | None = msgspec.field(name="$skipToken", default=None)


async def discover(
    client: Client,
    endpoints: Endpoints,
    subscriptions: Sequence[str],
    types: Iterable[str],
    deadline: float,
    chosen: Selection = ALL,
    management_groups: Sequence[str] = (),
) -> Discovered:
    """All chosen resources of the types in the subscriptions (ids) and below the management groups. Never
    raises AzureError: a subscription or management group that cannot be read is a problem of its own.

    Resource Graph leaves out in silence what the caller may not see. So a subscription without a single
    resource is asked about one type through ARM, which says 403 where that is the reason.
    """
    wanted = frozenset(each.lower() for each in types)
    kql = query(wanted, chosen)
    every: dict[str, Resource] = {}
    problems: dict[str, AzureError] = {}
    skipped = 0
    # Subscriptions to ask ARM about, and the filter to do it with.
    to_list: dict[str, str] = {}
    for start in range(0, len(subscriptions), SUBSCRIPTIONS_PER_QUERY):
        some = subscriptions[start : start + SUBSCRIPTIONS_PER_QUERY]
        try:
            rows = await _by_graph(client, endpoints, {"subscriptions": list(some)}, kql, deadline)
        except AzureError as error:
            client.note(error)
            log.info("Resource Graph failed, listing instead", error=str(error))
            to_list.update(dict.fromkeys(some, ""))
            continue
        skipped += _take(every, rows, wanted)
        seen = {each.subscription for each in every.values()}
        probe = f"resourceType eq '{min(listed_types(wanted))}'"
        to_list.update((each, probe) for each in some if each.lower() not in seen)
    for group in management_groups:
        # Only Resource Graph knows what is below a management group: nothing can stand in for it.
        try:
            rows = await _by_graph(client, endpoints, {"managementGroups": [group]}, kql, deadline)
        except AzureError as error:
            client.note(error)
            problems[f"management group {group}"] = error
        else:
            skipped += _take(every, rows, wanted)
    for subscription, condition in to_list.items():
        try:
            rows = await _by_listing(client, endpoints, subscription, condition, deadline)
        except AzureError as error:
            client.note(error)
            problems[subscription] = error
        else:
            skipped += _take(every, rows, wanted)
    found = {id: each for id, each in every.items() if chosen.takes(each)}
    return Discovered(found, problems, skipped)


async def alone(
    client: Client, endpoints: Endpoints, asked: Resource, deadline: float, chosen: Selection = ALL
) -> Discovered:
    """One resource, of which the id is known, without Resource Graph: ARM lists what has its type and name.

    Never raises AzureError. A resource that is not there, or that the caller may not read, is not found.
    """
    type = listed_type(asked.type)
    condition = f"resourceType eq {_quoted(type)}"
    if type.count("/") == 1:
        # What ARM compares with the name of a part is not documented.
        condition += f" and name eq {_quoted(asked.name.split('/')[0])}"
    found: dict[str, Resource] = {}
    try:
        rows = await _by_listing(client, endpoints, asked.subscription, condition, deadline)
    except AzureError as error:
        client.note(error)
        return Discovered({}, {asked.subscription: error})
    skipped = _take(found, rows, frozenset({asked.type}))
    one = found.get(asked.id)
    return Discovered({one.id: one} if one is not None and chosen.takes(one) else {}, {}, skipped)


def _quoted(text: str) -> str:
    """A literal of ARM's filter."""
    return "'" + text.replace("'", "''") + "'"


def _take(found: dict[str, Resource], rows: list[dict[str, Any]], wanted: frozenset[str]) -> int:
    """Add rows to `found`; the number of rows that are no resources."""
    skipped = 0
    for row in rows:
        id, location = row.get("id"), row.get("location")
        if not isinstance(id, str) or not isinstance(location, str | None):
            skipped += 1
            continue
        one = resource(id, location, row.get("tags"), row.get("kind"), row.get("sku"))
        if one is None:
            skipped += 1
        else:
            taken = (one, *parts(one, row, wanted))
            found.update((each.id, each) for each in taken if each.type in wanted)
    return skipped


def query(types: frozenset[str], chosen: Selection = ALL) -> str:
    """KQL for the types. Without the column `id` Resource Graph cannot page."""
    asked = ", ".join(literal(each) for each in sorted(listed_types(types)))
    where = "".join(f" | where {each}" for each in conditions(chosen, types))
    columns = "id, location, tags, kind, sku"
    return f"Resources | where type in~ ({asked}){where} | project {columns} | order by id asc"


async def _by_graph(
    client: Client, endpoints: Endpoints, scope: dict[str, list[str]], kql: str, deadline: float
) -> list[dict[str, Any]]:
    url = address(
        endpoints.arm,
        "/providers/Microsoft.ResourceGraph/resources",
        **{"api-version": endpoints.api_versions.graph},
    )
    rows: list[dict[str, Any]] = []
    seen: set[str] = set()
    token: str | None = None
    for _ in range(MOST_PAGES):
        options: dict[str, Any] = {"$top": PAGE, "resultFormat": "objectArray"}
        if token is not None:
            options["$skipToken"] = token
        body = {**scope, "query": kql, "options": options}
        page = decoded(
            await client.send(Call("graph", "POST", url, endpoints.arm_scope, deadline, body=body)),
            _GraphPage,
            "graph",
        )
        rows.extend(_objects(page.data))
        token = page.skip_token
        if not token:
            if str(page.truncated).lower() == "true":
                raise BadReply("graph: the result is truncated and has no skip token", api="graph")
            return rows
        if token in seen:
            raise BadReply("graph: a skip token came twice", api="graph")
        seen.add(token)
    raise BadReply(f"graph: more than {MOST_PAGES} pages", api="graph")


def _objects(data: list[dict[str, Any]] | _Table) -> list[dict[str, Any]]:
    """Older versions of the API answer with a table."""
    if isinstance(data, list):
        return data
    names = [column.get("name") for column in data.columns]
    return [
        {name: cell for name, cell in zip(names, row, strict=False) if isinstance(name, str)}
        for row in data.rows
    ]


async def _by_listing(
    client: Client, endpoints: Endpoints, subscription: str, condition: str, deadline: float
) -> list[dict[str, Any]]:
    """All resources that fit the condition; an empty one lists everything, for ARM's filter takes one type
    only and a page holds a thousand resources.
    """
    query = {"api-version": endpoints.api_versions.resources}
    if condition:
        query["$filter"] = condition
    path = f"/subscriptions/{subscription}/resources"
    return await listed(client, endpoints, "resources", path, deadline, subscription, **query)
