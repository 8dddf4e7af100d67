"""Signing in to Azure: tokens that are fetched once and renewed before they expire.

azure-identity is loaded with the first token, not with this file.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING

import structlog

from estate.model import (
    CertificateCredential,
    CliCredential,
    Credential,
    SecretCredential,
    Tenant,
    WorkloadCredential,
)
from exporters.azure.calls.errors import AzureError
from exporters.azure.signin.clouds import reached
from exporters.azure.signin.endpoints import Endpoints
from exporters.azure.signin.signing import redacted, remedy
from exporters.collector import CollectorError

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential

# Entra's tokens live for about an hour; the documents advise to renew five minutes before the end.
RENEW_BEFORE_SECONDS = 300.0
# After a failed renewal the old token serves on; another try must not come with every call.
RENEW_PAUSE_SECONDS = 15.0
# What may stand in a header.
_TOKEN = re.compile(r"[!-~]{1,100000}")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SignIn:
    """How one tenant is signed in to. `tenant` is its id, `name` what the configuration calls it.

    `authority` is a URL; `ca_file` a PEM bundle that replaces the system's, or empty; `client_id` empty for
    AZURE_CLIENT_ID of the environment.
    """

    tenant: str
    credential: Credential
    authority: str
    ca_file: str = ""
    client_id: str = ""
    name: str = ""

    def __str__(self) -> str:
        where = f"{self.name} ({self.tenant})" if self.name else self.tenant
        return f"the tenant {where} by {spoken(self.credential)}"


def spoken(credential: Credential) -> str:
    """What a credential is, in words; references are named, what is behind them is not."""
    match credential:
        case WorkloadCredential():
            return "workload identity"
        case SecretCredential():
            return f"the client secret {credential.secret}"
        case CertificateCredential():
            return f"the client certificate {credential.certificate}"
        case CliCredential():
            return "the Azure CLI"
    return f"the managed identity {credential.client_id or 'of the system'}"


def instead(identity: str) -> Credential:
    """The credential that an exporter's `identity` stands for: `workload`, `cli` or a reference."""
    match identity:
        case "workload":
            return WorkloadCredential(kind="workload")
        case "cli":
            return CliCredential(kind="cli")
    return SecretCredential(kind="secret", secret=identity)


def sign_in(id: str, name: str, tenant: Tenant, endpoints: Endpoints, identity: str | None) -> SignIn:
    """How a tenant is signed in to; the exporter's `identity` goes before the tenant's own credential."""
    chosen = tenant.credential if identity is None else instead(identity)
    client_id = None if isinstance(chosen, CliCredential) else chosen.client_id
    here = reached(endpoints, tenant.cloud)
    return SignIn(id, chosen, here.authority, here.ca_file, client_id or endpoints.client_id or "", name)


def credential(of: SignIn) -> TokenCredential:
    """A credential of azure-identity. Raises CollectorError when the environment lacks what it needs."""
    from exporters.azure.signin import credentials  # noqa: PLC0415 - loads azure-identity

    return credentials.credential(of)


class Tokens:
    """Bearer tokens of one tenant, by scope."""

    def __init__(
        self,
        sign_in: SignIn,
        make: Callable[[SignIn], TokenCredential] = credential,
        clock: Callable[[], float] = time,
    ) -> None:
        self._sign_in = sign_in
        self._make = make
        self._clock = clock
        self._credential: TokenCredential | None = None
        self._tokens: dict[str, AccessToken] = {}
        self._tried: dict[str, float] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, scope: str) -> str:
        """A token that is valid now. One request is made at a time per scope; a renewal that fails is not an
        error while the old token lives.

        Raises AzureError.
        """
        async with self._locks.setdefault(scope, asyncio.Lock()):
            now = self._clock()
            held = self._tokens.get(scope)
            if held is not None and now < held.expires_on - RENEW_BEFORE_SECONDS:
                return held.token
            alive = held is not None and now < held.expires_on
            if held is not None and alive and now - self._tried.get(scope, 0.0) < RENEW_PAUSE_SECONDS:
                return held.token
            self._tried[scope] = now
            try:
                # azure-identity's own asynchronous transport would need another HTTP library; a thread does.
                fresh = await asyncio.to_thread(self._fetch, scope)
            except AzureError as error:
                if held is None or not alive:
                    raise
                log.warning("token not renewed, the old one serves on", scope=scope, error=str(error))
                return held.token
            self._tokens[scope] = fresh
            return fresh.token

    def forget(self, scope: str, token: str) -> None:
        """Azure refused this token: fetch another next time, and from Entra, not out of the library's
        cache.
        """
        held = self._tokens.get(scope)
        if held is not None and held.token == token:
            del self._tokens[scope]
            self._tried.pop(scope, None)
            self._credential = None

    def _fetch(self, scope: str) -> AccessToken:
        from azure.core.exceptions import AzureError as SdkError  # noqa: PLC0415 - part of azure-identity

        try:
            if self._credential is None:
                self._credential = self._make(self._sign_in)
            token = self._credential.get_token(scope)
        except SdkError as error:
            raise self._failure(str(error.message)) from None
        except (OSError, ValueError, TypeError) as error:
            # A CA file that is missing, a malformed tenant, a wrong password: requests, msal and
            # cryptography raise these bare.
            raise self._failure(str(error)) from None
        except CollectorError as error:
            raise self._failure(str(error)) from None
        if not _usable(token):
            raise self._failure("the reply holds no token that could be sent")
        return token

    def _failure(self, message: str) -> AzureError:
        # A changed secret or token file is picked up by a new credential.
        self._credential = None
        text = redacted(" ".join(message.split()), self._sign_in.credential)
        act = remedy(text, self._sign_in.credential)
        return AzureError(
            f"signing in to {self._sign_in} failed: {text[:300]}" + (f"; {act}" if act else ""), api="token"
        )


def _usable(token: AccessToken) -> bool:
    """The library hands on what the reply says, of whatever type."""
    text: object = token.token
    expires: object = token.expires_on
    return isinstance(text, str) and _TOKEN.fullmatch(text) is not None and isinstance(expires, int | float)
