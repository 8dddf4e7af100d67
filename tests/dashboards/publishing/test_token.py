"""Where the token comes from: a reference, a vault, or who is signed in to Azure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.core.credentials import AccessToken
from azure.identity import CredentialUnavailableError

from estate.errors import SurroundingsError, UsageError
from singlepane.grafana_token import GRAFANA_SCOPE, VAULT_SCOPE, token

SECRET = "glsa_made_up"
Transport = Callable[[httpx.Request], httpx.Response]


class SignedIn:
    """A credential that gives out tokens, and keeps for what."""

    def __init__(self) -> None:
        self.scopes: list[str] = []

    def get_token(self, *scopes: str, **more: Any) -> AccessToken:
        """One that names its scope."""
        self.scopes += scopes
        return AccessToken(f"entra-for-{len(self.scopes)}", 2_000_000_000)


def nobody() -> Any:
    """As where no way of signing in works. Its text is long, and names every way."""

    class Nobody:
        def get_token(self, *scopes: str, **more: Any) -> AccessToken:
            raise CredentialUnavailableError("DefaultAzureCredential failed\nAADSTS700016: made-up-tenant")

    return Nobody()


def vault(answer: Transport) -> httpx.MockTransport:
    """A vault that answers so."""
    return httpx.MockTransport(answer)


def test_a_variable_and_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The end of the line is no part of it."""
    monkeypatch.setenv("MADE_UP_TOKEN", SECRET)
    (tmp_path / "token").write_text(f"{SECRET}\n")
    assert token("env:MADE_UP_TOKEN") == SECRET
    assert token(f"file:{tmp_path / 'token'}") == SECRET


def test_entra_gives_a_token_for_azure_managed_grafana() -> None:
    """Of the audience that its documentation names."""
    signed = SignedIn()
    assert token("entra", lambda: signed) == "entra-for-1"
    assert signed.scopes == [GRAFANA_SCOPE] == ["https://dashboard.azure.com/.default"]


def test_nobody_is_signed_in() -> None:
    """Entra's number helps; the rest of the library's text does not."""
    with pytest.raises(SurroundingsError) as raised:
        token("entra", nobody)
    assert raised.value.message == "nobody is signed in to Azure here (AADSTS700016)"
    assert "az login" in raised.value.remedy


def test_a_vault_is_asked_as_who_is_signed_in() -> None:
    """Its name has no case; the token of the vault goes to the vault alone."""
    signed, asked = SignedIn(), []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((str(request.url), request.headers["Authorization"]))
        return httpx.Response(200, json={"value": f"{SECRET}\n", "id": "made-up"})

    assert token("keyvault:Shop-Vault/grafana", lambda: signed, vault(answer)) == SECRET
    assert signed.scopes == [VAULT_SCOPE]
    url = "https://shop-vault.vault.azure.net/secrets/grafana?api-version=7.4"
    assert asked == [(url, "Bearer entra-for-1")]


@pytest.mark.parametrize(
    ("status", "body", "message", "remedy"),
    [
        (401, "{}", "the vault answers 401", "Sign in to the tenant of the vault."),
        (403, "{}", "the vault answers 403", "Key Vault Secrets User"),
        (404, "{}", "the vault answers 404", "a secret that is there"),
        (302, "", "the vault answers 302", ""),
        (200, "<html>", "the vault answers with no secret", ""),
        (200, "[]", "the vault answers with no secret", ""),
        (200, '{"value": 3}', "the vault answers 200", ""),
    ],
)
def test_a_vault_that_gives_none(status: int, body: str, message: str, remedy: str) -> None:
    """With the reference, which is no secret."""
    transport = vault(lambda request: httpx.Response(status, text=body))
    with pytest.raises(SurroundingsError) as raised:
        token("keyvault:shop-vault/grafana", SignedIn, transport)
    assert raised.value.message == f"keyvault:shop-vault/grafana cannot be read: {message}"
    assert remedy in raised.value.remedy


def test_a_vault_that_is_not_reached() -> None:
    """Its name may be wrong."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Name or service not known")

    with pytest.raises(SurroundingsError, match="the vault is not reached: Name or service not known"):
        token("keyvault:shop-vault/grafana", SignedIn, vault(answer))


@pytest.mark.parametrize("reference", [SECRET, "ENTRA", "keyvault:shop-vault", "env:1-made-up", ""])
def test_what_is_no_reference_is_not_shown(reference: str) -> None:
    """It may be the token."""
    with pytest.raises(UsageError) as raised:
        token(reference, nobody)
    assert not reference or reference not in raised.value.message + raised.value.remedy
