"""Signing in to Azure: tokens that are fetched once and renewed before they expire.

azure-identity is loaded with the first token, not with this file.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from time import time
from typing import TYPE_CHECKING

import structlog

from estate.model import CertificateCredential
from exporters.azure.errors import AzureError
from exporters.azure.signin.sign_in import SignIn
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


def credential(of: SignIn) -> TokenCredential:
    """A credential of azure-identity. Raises CollectorError when the environment lacks what it needs."""
    from exporters.azure.signin import credentials  # noqa: PLC0415 - loads azure-identity

    return credentials.credential(of)


def _ends(of: SignIn) -> float | None:
    if not isinstance(of.credential, CertificateCredential):
        return None
    from exporters.azure.signin import credentials  # noqa: PLC0415 - loads azure-identity

    return credentials.certificate_ends(of)


class Tokens:
    """Bearer tokens of one tenant, by scope. `certificate_ends` is when the client certificate that it signs
    in by expires (Unix seconds); None before the first token, and where there is none.
    """

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
        self.certificate_ends: float | None = None
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
                self.certificate_ends = _ends(self._sign_in)
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
