"""Discovery: which resources of the wanted types there are, by Resource Graph, or by ARM's listing where
that fails.

Contracts: https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources and
https://learn.microsoft.com/rest/api/resources/resources/list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog

from exporters.azure.decode import decoded
from exporters.azure.endpoints import Endpoints
from exporters.azure.errors import AzureError, BadReply
from exporters.azure.http import Call, Client, address
from exporters.azure.resources import Resource, resource

PAGE = 1000
# Resource Graph advises to ask for fewer than 300 subscriptions at once.
SUBSCRIPTIONS_PER_QUERY = 200
# No listing is longer; a server that pages for ever must not hold a cycle.
MOST_PAGES = 500

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Discovered:
    """Resources by id, and why a subscription could not be read. `skipped` counts rows that made no sense."""

    resources: dict[str, Resource]
    problems: dict[str, AzureError]
    skipped: int = 0


class _Row(msgspec.Struct):
    id: str
    location: str | None = None
    tags: Any = None


class _Table(msgspec.Struct):
    columns: list[dict[str, Any]]
    rows: list[list[Any]]


class _GraphPage(msgspec.Struct):
    data: list[dict[str, Any]] | _Table
    truncated: Any = msgspec.field(name="resultTruncated", default="false")
    skip_token: str | None = msgspec.field(name="$skipToken", default=None)


class _ArmPage(msgspec.Struct):
    value: list[dict[str, Any]]
    next_link: str | None = msgspec.field(name="nextLink", default=None)


async def discover(
    client: Client,
    endpoints: Endpoints,
    subscriptions: Sequence[str],
    types: Iterable[str],
    deadline: float,
) -> Discovered:
    """All resources of the types in the subscriptions (ids). Never raises AzureError: a subscription that
    cannot be read is a problem of its own.

    Resource Graph leaves out in silence what the caller may not see. So a subscription without a single
    resource is asked about one type through ARM, which says 403 where that is the reason.
    """
    wanted = frozenset(each.lower() for each in types)
    found: dict[str, Resource] = {}
    skipped = 0
    # Subscriptions to ask ARM about, and the filter to do it with.
    to_list: dict[str, str] = {}
    for start in range(0, len(subscriptions), SUBSCRIPTIONS_PER_QUERY):
        some = subscriptions[start : start + SUBSCRIPTIONS_PER_QUERY]
        try:
            rows = await _by_graph(client, endpoints, some, wanted, deadline)
        except AzureError as error:
            log.info("Resource Graph failed, listing instead", error=str(error))
            to_list.update(dict.fromkeys(some, ""))
            continue
        skipped += _take(found, rows, wanted)
        seen = {each.subscription for each in found.values()}
        probe = f"resourceType eq '{min(wanted)}'"
        to_list.update((each, probe) for each in some if each.lower() not in seen)
    problems: dict[str, AzureError] = {}
    for subscription, condition in to_list.items():
        try:
            rows = await _by_listing(client, endpoints, subscription, condition, deadline)
        except AzureError as error:
            problems[subscription] = error
        else:
            skipped += _take(found, rows, wanted)
    return Discovered(found, problems, skipped)


def _take(found: dict[str, Resource], rows: list[dict[str, Any]], wanted: frozenset[str]) -> int:
    """Add rows to `found`; the number of rows that are no resources."""
    skipped = 0
    for row in rows:
        id, location = row.get("id"), row.get("location")
        if not isinstance(id, str) or not isinstance(location, str | None):
            skipped += 1
            continue
        one = resource(id, location, row.get("tags"))
        if one is None:
            skipped += 1
        elif one.type in wanted:
            found[one.id] = one
    return skipped


def query(types: frozenset[str]) -> str:
    """KQL for the types. Without the column `id` Resource Graph cannot page."""
    listed = ", ".join(f"'{each}'" for each in sorted(types))
    return f"Resources | where type in~ ({listed}) | project id, location, tags | order by id asc"


async def _by_graph(
    client: Client,
    endpoints: Endpoints,
    subscriptions: Sequence[str],
    types: frozenset[str],
    deadline: float,
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
        body = {"subscriptions": list(subscriptions), "query": query(types), "options": options}
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
    only
    and a page holds a thousand resources."""
    filtered = {"$filter": condition} if condition else {}
    url = address(
        endpoints.arm,
        f"/subscriptions/{subscription}/resources",
        **{"api-version": endpoints.api_versions.resources, **filtered},
    )
    rows: list[dict[str, Any]] = []
    seen = {url}
    for _ in range(MOST_PAGES):
        page = decoded(
            await client.send(Call("resources", "GET", url, endpoints.arm_scope, deadline, subscription)),
            _ArmPage,
            "resources",
        )
        rows.extend(page.value)
        if not page.next_link:
            return rows
        if not same_host(page.next_link, endpoints.arm):
            raise BadReply("resources: nextLink leads to another host", api="resources")
        url = page.next_link
        if url in seen:
            raise BadReply("resources: nextLink leads in a circle", api="resources")
        seen.add(url)
    raise BadReply(f"resources: more than {MOST_PAGES} pages", api="resources")


def same_host(link: str, base: str) -> bool:
    """Whether a link keeps to the scheme, host and port of the base: a token must not travel elsewhere."""
    try:
        one, other = urlsplit(link), urlsplit(base)
        ports = [each.port or {"https": 443, "http": 80}.get(each.scheme) for each in (one, other)]
    except ValueError:
        return False
    plain = one.username is None and one.password is None
    return plain and ports[0] == ports[1] and (one.scheme, one.hostname) == (other.scheme, other.hostname)
