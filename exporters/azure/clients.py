"""One client per tenant, made when first needed and made anew when the CA file changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
from azure.core.credentials import TokenCredential

from exporters.azure.clock import REAL, Clock
from exporters.azure.endpoints import Endpoints
from exporters.azure.errors import AzureError
from exporters.azure.http import Client, Traffic
from exporters.azure.identity import SignIn, Tokens, credential


class Clients:
    """Clients by tenant id. `method` is how all tenants are signed in to (see `identity.SignIn`).

    `clock` is that of waits, deadlines and tokens; `transport` replaces the network.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        method: str,
        make: Callable[[SignIn], TokenCredential] = credential,
        clock: Clock = REAL,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.endpoints = endpoints
        self.clock = clock
        self.traffic = Traffic()
        self._method = method
        self._make = make
        self._transport = transport
        self._clients: dict[str, Client] = {}
        self._ca: tuple[int, int] = (0, 0)

    async def renew(self) -> None:
        """Drop all clients when the CA file is another one than when they were made. Raises AzureError."""
        ca = self._ca_state()
        if ca != self._ca:
            await self.close()
            self._ca = ca

    def of(self, tenant: str) -> Client:
        """The client of a tenant. Raises AzureError when the CA file cannot be read."""
        if tenant not in self._clients:
            endpoints = self.endpoints
            sign_in = SignIn(
                tenant, self._method, endpoints.authority, endpoints.ca_file, endpoints.client_id
            )
            tokens = Tokens(sign_in, self._make, self.clock.wall)
            self._clients[tenant] = Client(
                tokens, self.traffic, endpoints.ca_file, self._transport, self.clock
            )
        return self._clients[tenant]

    def levels(self) -> Mapping[tuple[str, str], float]:
        """Share left in each bucket, by (api, subscription); the fullest of no tenant hides another's."""
        out: dict[tuple[str, str], float] = {}
        for client in self._clients.values():
            for key, level in client.levels().items():
                out[key] = min(level, out.get(key, 1.0))
        return out

    async def close(self) -> None:
        """Close all clients."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.close()

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
