"""Lists of Azure Resource Manager: `value` and `nextLink`, followed within bounds.

Contracts: https://learn.microsoft.com/rest/api/resources/resources/list and
https://learn.microsoft.com/rest/api/resources/subscriptions/list.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec

from exporters.azure.calls.decode import decoded
from exporters.azure.calls.http import Call, Client, address
from exporters.azure.errors import BadReply
from exporters.configuration.endpoints import Endpoints

# No listing is longer; a server that pages for ever must not hold a cycle.
MOST_PAGES = 500


class _Page(msgspec.Struct):
    value: list[dict[str, Any]]
    next_link: str | None = msgspec.field(name="nextLink", default=None)


async def listed(
    client: Client,
    endpoints: Endpoints,
    api: str,
    path: str,
    deadline: float,
    subscription: str = "",
    **query: str,
) -> list[dict[str, Any]]:
    """All rows of a list. Raises AzureError."""
    url = address(endpoints.arm, path, **query)
    rows: list[dict[str, Any]] = []
    seen = {url}
    for _ in range(MOST_PAGES):
        call = Call(api, "GET", url, endpoints.arm_scope, deadline, subscription)
        page = decoded(await client.send(call), _Page, api)
        rows.extend(page.value)
        if not page.next_link:
            return rows
        if not same_host(page.next_link, endpoints.arm):
            raise BadReply(f"{api}: nextLink leads to another host", api=api)
        url = page.next_link
        if url in seen:
            raise BadReply(f"{api}: nextLink leads in a circle", api=api)
        seen.add(url)
    raise BadReply(f"{api}: more than {MOST_PAGES} pages", api=api)


def same_host(link: str, base: str) -> bool:
    """Whether a link keeps to the scheme, host and port of the base: a token must not travel elsewhere."""
    try:
        one, other = urlsplit(link), urlsplit(base)
        ports = [each.port or {"https": 443, "http": 80}.get(each.scheme) for each in (one, other)]
    except ValueError:
        return False
    plain = one.username is None and one.password is None
    return plain and ports[0] == ports[1] and (one.scheme, one.hostname) == (other.scheme, other.hostname)


async def subscription_names(client: Client, endpoints: Endpoints, deadline: float) -> dict[str, str]:
    """Display names by subscription id (lower case), of all that the caller may see. Raises AzureError."""
    rows = await listed(
        client,
        endpoints,
        "subscriptions",
        "/subscriptions",
        deadline,
        **{"api-version": endpoints.api_versions.subscriptions},
    )
    names: dict[str, str] = {}
    for row in rows:
        id, name = row.get("subscriptionId"), row.get("displayName")
        if isinstance(id, str) and isinstance(name, str) and name:
            names[id.lower()] = name
    return names
