"""How the rows and modules of one process reach Azure: who signs in alike has one pace and one memory."""

from __future__ import annotations

from collections.abc import Mapping

from exporters.azure.calls.clients import Clients
from exporters.azure.discovery.catalogue import Scope
from exporters.configuration.config import Config
from exporters.shard import WHOLE, Shard


class Access:
    """The clients of a configuration, by the identity that rows and modules name."""

    def __init__(self, config: Config, shard: Shard = WHOLE) -> None:
        self._config = config
        self._shard = shard
        self._clients: dict[str | None, Clients] = {}

    def clients(self, identity: str | None) -> Clients:
        """Clients for one more user; close them."""
        if identity not in self._clients:
            tenants = {each.id: (label, each) for label, each in self._config.tenants.items()}
            self._clients[identity] = Clients(
                self._config.azure, identity, tenants=tenants, shard=self._shard
            )
        return self._clients[identity].shared()

    def scope(self, subscription: str) -> Scope:
        """A subscription of the configuration, by name."""
        row = self._config.subscriptions[subscription]
        return Scope(subscription, row.id.lower(), self._config.tenants[row.tenant].id)

    def scopes(self, tenants: Mapping[str, str]) -> dict[str, Scope]:
        """Subscriptions by id in lower case, each with the name of its tenant. One without a name in the
        configuration has its id for one.
        """
        named = {each.id: each for each in map(self.scope, self._config.subscriptions)}
        return {
            id: named.get(id) or Scope(id, id, self._config.tenants[tenant].id)
            for id, tenant in tenants.items()
        }
