"""One client per tenant, made when first needed and made anew when the CA file changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import httpx

from estate.model import Tenant
from exporters.azure.calls.clock import REAL, Clock
from exporters.azure.calls.http import Client, Traffic
from exporters.azure.errors import AzureError
from exporters.azure.signin.identity import Tokens, credential
from exporters.azure.signin.sign_in import SignIn, sign_in
from exporters.configuration.clouds import reached
from exporters.configuration.endpoints import Endpoints
from exporters.shard import WHOLE, Shard

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

Memory = TypeVar("Memory")


@dataclass(slots=True)
class _Pool:
    """What all that sign in alike have in common. `clients` are by tenant and how it is signed in to;
    `retired` are those that calls may still go through.
    """

    clients: dict[tuple[str, str], Client] = field(default_factory=dict)
    retired: list[Client] = field(default_factory=list)
    users: dict[int, Clients] = field(default_factory=dict)
    ca: tuple[int, int] = (0, 0)


class Clients:
    """Clients by tenant id, and what is learnt through them.

    `tenants` gives the name and row of each, by id; one that is not there is in the public cloud.
    `identity` is the exporter's, which goes before the tenants' own credentials, or None. Of several shards
    each takes its share of Azure's limits. `clock` is that of waits, deadlines and tokens; `transport`
    replaces the network.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        identity: str | None = None,
        make: Callable[[SignIn], TokenCredential] = credential,
        tenants: Mapping[str, tuple[str, Tenant]] | None = None,
        shard: Shard = WHOLE,
        clock: Clock = REAL,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.endpoints = endpoints
        self.clock = clock
        self.traffic = Traffic()
        self._identity = identity
        self._make = make
        self._tenants: dict[str, tuple[str, Tenant]] = {}
        self._ways: dict[str, str] = {}
        self._know(tenants or {})
        self._shard = shard
        self._transport = transport
        self._memories: dict[Callable[[], Any], Any] = {}
        self._pool = _Pool()

    def memory(self, kind: Callable[[], Memory]) -> Memory:
        """What all users of these clients have learnt of one kind: the one instance here of that class."""
        return cast(Memory, self._memories.setdefault(kind, kind()))

    def shared(self, traffic: Traffic | None = None) -> Clients:
        """The same for another user, who counts what it calls in `traffic`, or for itself. Connections are
        closed with the last user.
        """
        other = copy(self)
        other.traffic = Traffic() if traffic is None else traffic
        self._pool.users[id(other)] = other
        return other

    def knowing(self, tenants: Mapping[str, tuple[str, Tenant]]) -> Clients:
        """The same with these tenants: one that is as before keeps its connections, tokens and pace."""
        other = copy(self)
        other._know(tenants)
        return other

    async def renew(self) -> None:
        """Drop all clients when the CA file is another one than when they were made. Raises AzureError."""
        ca, pool = self._ca_state(), self._pool
        if ca == pool.ca:
            return
        pool.ca = ca
        retired, pool.retired = pool.retired, [*pool.clients.values()]
        pool.clients = {}
        for client in retired:
            await client.close()

    def of(self, tenant: str) -> Client:
        """The client of a tenant. Raises AzureError when the CA file cannot be read."""
        clients, key = self._pool.clients, (tenant, self._ways.get(tenant, ""))
        if key not in clients:
            tokens = Tokens(self.sign_in(tenant), self._make, self.clock.wall)
            clients[key] = Client(
                tokens,
                self.traffic,
                self.endpoints.ca_file,
                self._transport,
                self.clock,
                shards=self._shard.shards,
            )
        return clients[key].counted(self.traffic)

    def reach(self, tenant: str) -> Endpoints:
        """The endpoints of a tenant's cloud."""
        return reached(self.endpoints, self._row(tenant)[1].cloud)

    def sign_in(self, tenant: str) -> SignIn:
        """How a tenant is signed in to."""
        name, row = self._row(tenant)
        return sign_in(tenant, name, row, self.endpoints, self._identity)

    def levels(self) -> Mapping[tuple[str, str], float]:
        """Share left in each bucket, by (api, subscription); the fullest of no tenant hides another's."""
        out: dict[tuple[str, str], float] = {}
        for client in self._pool.clients.values():
            for key, level in client.levels().items():
                out[key] = min(level, out.get(key, 1.0))
        return out

    def certificates(self) -> Mapping[str, float]:
        """When the client certificates expire by which tenants are signed in to, by the tenant's name (Unix
        seconds).
        """
        return {
            self._row(tenant)[0] or tenant: client.certificate_ends
            for (tenant, way), client in self._pool.clients.items()
            if way == self._ways.get(tenant, "") and client.certificate_ends is not None
        }

    async def close(self) -> None:
        """Close all clients that nobody uses any more."""
        pool = self._pool
        pool.users.pop(id(self), None)
        used = {key for user in pool.users.values() for key in user._ways.items()}
        gone = [key for key in pool.clients if not pool.users or (key[1] and key not in used)]
        clients = [pool.clients.pop(key) for key in gone]
        if not pool.users:
            retired, pool.retired = pool.retired, []
            clients += retired
        for client in clients:
            await client.close()

    def _know(self, tenants: Mapping[str, tuple[str, Tenant]]) -> None:
        self._tenants = dict(tenants)
        self._ways = {id: f"{name} {row.model_dump_json()}" for id, (name, row) in tenants.items()}

    def _row(self, tenant: str) -> tuple[str, Tenant]:
        return self._tenants.get(tenant) or ("", Tenant(id=tenant))

    def _ca_state(self) -> tuple[int, int]:
        if not self.endpoints.ca_file:
            return (0, 0)
        try:
            status = Path(self.endpoints.ca_file).stat()
        except OSError as error:
            raise AzureError(
                f"the CA file {self.endpoints.ca_file} cannot be read: {error.strerror}"
            ) from None
        return (status.st_mtime_ns, status.st_size)
