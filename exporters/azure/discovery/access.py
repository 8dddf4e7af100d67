"""How the rows and modules of one process reach Azure: who signs in alike has one pace and one memory."""

from __future__ import annotations

from collections.abc import Mapping

from estate.model import Tenant
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
            self._clients[identity] = Clients(
                self._config.azure, identity, tenants=self._tenants(), shard=self._shard
            )
        return self._clients[identity].shared()

    def succeeded(self, config: Config) -> Access:
        """The way to Azure of a configuration that takes the place of this one. What is reached as before
        keeps its connections, tokens, pace and memory.
        """
        other = Access(config, self._shard)
        if config.azure == self._config.azure:
            tenants = other._tenants()
            other._clients = {identity: each.knowing(tenants) for identity, each in self._clients.items()}
        return other

    def _tenants(self) -> dict[str, tuple[str, Tenant]]:
        return {each.id: (label, each) for label, each in self._config.tenants.items()}

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
