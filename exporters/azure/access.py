"""How the rows and modules of one process reach Azure: who signs in alike has one pace and one memory."""

from __future__ import annotations

from collections.abc import Iterable

from exporters.azure.catalogue import Scope
from exporters.azure.clients import Clients
from exporters.azure.shard import WHOLE, Shard
from exporters.config import Config


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

    def scopes(self, tenant: str | None, more: Iterable[str]) -> dict[str, Scope]:
        """The subscriptions of the configuration by id in lower case, and more ids, which are of a tenant of
        that name.
        """
        named = map(self.scope, self._config.subscriptions)
        found = {each.id: each for each in named}
        if tenant is not None:
            owner = self._config.tenants[tenant].id
            found = {**{each: Scope(each, each, owner) for each in more}, **found}
        return found
