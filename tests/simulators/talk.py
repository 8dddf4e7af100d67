"""Talking to a simulated Azure without a network: URLs as a client writes them in, documents out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from simulators.azure.app import answer, api_name
from simulators.azure.clock import Clock
from simulators.azure.fleetfile import parse
from simulators.azure.replies import Reply
from simulators.azure.routing import Target, route
from simulators.azure.tokens import issue
from simulators.azure.world import World

TENANT = "00000000-0000-4000-8000-00000000000a"
OTHER_TENANT = "00000000-0000-4000-8000-00000000000b"
SHOP = "00000000-0000-4000-8000-000000000001"
BACK = "00000000-0000-4000-8000-000000000002"
FOREIGN = "00000000-0000-4000-8000-000000000003"
CLIENT = "00000000-0000-4000-8000-0000000000c1"
ARM = "https://management.azure.com"
OWN = "a token for the host asked"
NOON = "2026-03-02T12:00:00Z"

FLEET = f"""
apiVersion: singlepane/azure-fleet/v1
seed: 7
clock: {{mode: manual, now: "{NOON}"}}
tenants: {{main: {TENANT}, other: {OTHER_TENANT}}}
subscriptions:
  shop:
    id: {SHOP}
    tenant: main
    resources:
      - {{type: Microsoft.Storage/storageAccounts, name: "data{{n:02}}", count: 3, tags: {{team: shop}}}}
      - {{type: Microsoft.Storage/storageAccounts, name: quiet, silent: true}}
      - {{type: Microsoft.KeyVault/vaults, name: vault, region: northeurope}}
      - {{type: Microsoft.ContainerService/managedClusters, name: aks1, resource_group: Mixed-Case}}
  back:
    id: {BACK}
    tenant: main
    resources:
      - {{type: Microsoft.Compute/virtualMachines, name: "vm-{{n}}", count: 2}}
  foreign:
    id: {FOREIGN}
    tenant: other
    resources:
      - {{type: Microsoft.KeyVault/vaults, name: theirs}}
management_groups:
  all: [shop, back]
"""


class Talk:
    """A client with one identity."""

    def __init__(self, fleet: str = FLEET, clock: Clock | None = None) -> None:
        self.world = World(parse(fleet, "fleet.yaml"), clock)

    def token(
        self, audience: str = "https://management.azure.com", tenant: str = TENANT, client: str = CLIENT
    ) -> str:
        """A token as Entra would have issued it."""
        return issue(self.world, audience, tenant, client)

    def target(
        self,
        method: str,
        url: str,
        body: bytes = b"",
        token: str | None = OWN,
        more: Mapping[str, str] | None = None,
    ) -> Target:
        """A request after routing, with a token for its host by default; None sends none."""
        # As every HTTP client does: what may not stand in a URL is escaped, what is escaped stays.
        pieces = urlsplit(url)
        headers = dict(more or {})
        if token == OWN:
            metrics = "metrics.monitor" in pieces.netloc or pieces.path.startswith("/metrics/")
            audience = "https://metrics.monitor.azure.com" if metrics else "https://management.azure.com"
            token = self.token(audience)
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        query = quote(pieces.query, safe="=&%+:/,'*$;-._~")
        return route(method, pieces.netloc, quote(pieces.path, safe="/%:"), query, headers, body)

    def ask(
        self,
        method: str,
        url: str,
        body: Any = None,
        token: str | None = OWN,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """The reply, faults included."""
        content = b"" if body is None else body if isinstance(body, bytes) else msgspec.json.encode(body)
        target = self.target(method, url, content, token, headers)
        faults = self.world.faults.striking(api_name(target), target.request, self.world.clock.now())
        return answer(self.world, target, faults)

    def get(self, url: str, token: str | None = OWN) -> Any:
        """The document of a GET that must succeed."""
        reply = self.ask("GET", url, token=token)
        assert reply.status == 200, document(reply)
        return document(reply)

    def post(self, url: str, body: Any) -> Any:
        """The document of a POST that must succeed."""
        reply = self.ask("POST", url, body)
        assert reply.status == 200, document(reply)
        return document(reply)

    def batch(
        self, query: str, ids: list[str], region: str = "westeurope", subscription: str = SHOP
    ) -> Reply:
        """A metrics:getBatch of storage accounts unless the query says another namespace."""
        if "metricnamespace=" not in query:
            query += "&metricnamespace=microsoft.storage/storageaccounts"
        url = f"https://{region}.metrics.monitor.azure.com/subscriptions/{subscription}/metrics:getBatch"
        return self.ask("POST", f"{url}?api-version=2024-02-01&{query}", {"resourceids": ids})


def document(reply: Reply) -> Any:
    """The body of a reply as JSON."""
    return msgspec.json.decode(reply.content())


def error(reply: Reply) -> tuple[int, str, str]:
    """Status, code and message of an error in the wrapped form; anything else in it fails."""
    body = document(reply)
    assert set(body) == {"error"}, body
    return reply.status, body["error"]["code"], body["error"]["message"]


def storage(number: int = 1) -> str:
    """The id of a storage account of the fleet above."""
    group = f"/subscriptions/{SHOP}/resourceGroups/shop-westeurope"
    return f"{group}/providers/Microsoft.Storage/storageAccounts/data{number:02}"
