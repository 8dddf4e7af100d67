"""The token that a Grafana is asked with: by reference, or one of Entra for who is signed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from estate.errors import SurroundingsError, UsageError
from estate.names import SECRET
from estate.vaults import named, of
from exporters.collector import CollectorError
from exporters.configuration.secrets import as_bearer, bearer

if TYPE_CHECKING:
    import httpx
    from azure.core.credentials import TokenCredential

ENTRA = "entra"
# https://learn.microsoft.com/azure/managed-grafana/how-to-authenticate-data-plane-api
GRAFANA_SCOPE = "https://dashboard.azure.com/.default"
# https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret
VAULT_SCOPE = "https://vault.azure.net/.default"
VAULT_VERSION = "7.4"
_SECONDS = 15.0
_NUMBER = re.compile(r"AADSTS\d+")


def token(
    reference: str,
    sign_in: Callable[[], TokenCredential] | None = None,
    transport: httpx.BaseTransport | None = None,
) -> str:
    """The token behind `env:NAME`, `file:PATH`, `keyvault:VAULT/NAME`, or `entra`.

    Raises UsageError for what is no reference, which is not shown, and SurroundingsError where it cannot be
    read; no message holds the token.
    """
    signed = sign_in or _signed_in
    if reference == ENTRA:
        return _of_entra(signed, GRAFANA_SCOPE)
    if not SECRET.fits(reference):
        raise UsageError(
            "--token is no reference to a secret; it is not shown, as it may be one",
            f"Write env:NAME, file:PATH or keyvault:VAULT/NAME, or {ENTRA} to sign in to Azure.",
        )
    try:
        if of(reference):
            return as_bearer(reference, _of_vault(reference, _of_entra(signed, VAULT_SCOPE), transport))
        return bearer(reference)
    except CollectorError as error:
        raise SurroundingsError(str(error), "Set the variable or the file that --token names.") from None


def _signed_in() -> TokenCredential:
    # Takes a second to load, and is of Azure alone.
    from azure.identity import DefaultAzureCredential  # noqa: PLC0415

    return DefaultAzureCredential(
        exclude_interactive_browser_credential=True,
        exclude_shared_token_cache_credential=True,
        exclude_visual_studio_code_credential=True,
        exclude_broker_credential=True,
        process_timeout=int(_SECONDS),
    )


def _of_entra(sign_in: Callable[[], TokenCredential], scope: str) -> str:
    from azure.core.exceptions import AzureError  # noqa: PLC0415 - as above

    from exporters.azure.signin.libraries import kept_to_errors  # noqa: PLC0415 - as above

    try:
        with kept_to_errors():
            return sign_in().get_token(scope).token
    except (AzureError, ValueError, OSError) as error:
        # The library's text names every way that it tried; Entra's number is what helps.
        number = _NUMBER.search(str(error))
        raise SurroundingsError(
            f"nobody is signed in to Azure here{f' ({number[0]})' if number else ''}",
            "Sign in with `az login`, or run where a workload identity, a managed identity, or "
            "AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET are.",
        ) from None


def _of_vault(reference: str, entra: str, transport: httpx.BaseTransport | None) -> str:
    import httpx  # noqa: PLC0415 - takes half a second to load

    vault, secret = named(reference)
    url = f"https://{vault}.vault.azure.net/secrets/{secret}"
    headers = {"Authorization": f"Bearer {entra}", "Accept": "application/json"}
    try:
        with httpx.Client(timeout=_SECONDS, transport=transport) as client:
            reply = client.get(url, params={"api-version": VAULT_VERSION}, headers=headers)
        if reply.status_code == 200 and isinstance(value := reply.json().get("value"), str):
            return value
    except httpx.HTTPError as error:
        raise SurroundingsError(
            f"{reference} cannot be read: the vault is not reached: {error}", "See its name and the network."
        ) from None
    except (ValueError, AttributeError):
        raise SurroundingsError(f"{reference} cannot be read: the vault answers with no secret") from None
    remedy = {
        401: "Sign in to the tenant of the vault.",
        403: "Give who is signed in the role Key Vault Secrets User on it, and let this network in.",
        404: "Write the name of a secret that is there: keyvault:VAULT/NAME.",
    }
    raise SurroundingsError(
        f"{reference} cannot be read: the vault answers {reply.status_code}",
        remedy.get(reply.status_code, ""),
    )
