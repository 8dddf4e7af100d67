"""Signing in to Azure through azure-identity, and tokens that are fetched once and renewed before they
expire.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from time import time
from typing import Any

import structlog
from azure.core.credentials import AccessToken, TokenCredential
from azure.core.exceptions import AzureError as SdkError
from azure.identity import AzureCliCredential, ClientSecretCredential, WorkloadIdentityCredential

from exporters.azure.errors import AzureError
from exporters.secrets import read

# Entra's tokens live for about an hour; the documents advise to renew five minutes before the end.
RENEW_BEFORE_SECONDS = 300.0
# After a failed renewal the old token serves on; another try must not come with every call.
RENEW_PAUSE_SECONDS = 15.0
# What may stand in a header.
_TOKEN = re.compile(r"[!-~]{1,100000}")
_CONNECT_SECONDS = 5
_READ_SECONDS = 10

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SignIn:
    """How one tenant is signed in to. `method` is `workload`, `cli` or a reference to a client secret.

    `authority` is a URL; `ca_file` a PEM bundle that replaces the system's, or empty; `client_id` empty for
    AZURE_CLIENT_ID of the environment.
    """

    tenant: str
    method: str
    authority: str
    ca_file: str = ""
    client_id: str = ""


def credential(sign_in: SignIn) -> TokenCredential:
    """A credential of azure-identity. Raises CollectorError when the environment lacks what it needs."""
    if sign_in.method == "cli":
        return AzureCliCredential(tenant_id=sign_in.tenant, process_timeout=_READ_SECONDS)
    client_id = sign_in.client_id or os.environ.get("AZURE_CLIENT_ID", "")
    if not client_id:
        raise AzureError("AZURE_CLIENT_ID is not set: it says which identity signs in")
    options: dict[str, Any] = {
        "authority": sign_in.authority,
        # A custom authority is not known to the public instance list, and asking for it would call the
        # internet.
        "disable_instance_discovery": True,
        "connection_verify": sign_in.ca_file or True,
        "connection_timeout": _CONNECT_SECONDS,
        "read_timeout": _READ_SECONDS,
        "retry_total": 3,
        "retry_backoff_factor": 0.2,
    }
    if sign_in.method == "workload":
        try:
            return WorkloadIdentityCredential(tenant_id=sign_in.tenant, client_id=client_id, **options)
        except ValueError:
            raise AzureError(
                "workload identity is not set up here: AZURE_FEDERATED_TOKEN_FILE is not set"
            ) from None
    return ClientSecretCredential(sign_in.tenant, client_id, read(sign_in.method), **options)


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
        if self._credential is None:
            self._credential = self._make(self._sign_in)
        try:
            token = self._credential.get_token(scope)
        except SdkError as error:
            # A changed secret or token file is picked up by a new credential.
            self._credential = None
            message = " ".join(str(error.message).split())
            raise AzureError(f"signing in failed: {message[:300]}", api="token") from None
        except (OSError, ValueError) as error:
            # A CA file that is missing, a malformed tenant: requests and msal raise these bare.
            self._credential = None
            raise AzureError(f"signing in failed: {str(error)[:300]}", api="token") from None
        if not _usable(token):
            self._credential = None
            raise AzureError("signing in failed: the reply holds no token that could be sent", api="token")
        return token


def _usable(token: AccessToken) -> bool:
    """The library hands on what the reply says, of whatever type."""
    text: object = token.token
    expires: object = token.expires_on
    return isinstance(text, str) and _TOKEN.fullmatch(text) is not None and isinstance(expires, int | float)
