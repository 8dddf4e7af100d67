"""When the client certificates end by which tenants are signed in to: seen before Azure refuses them."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from azure.core.credentials import AccessToken, TokenCredential

from estate.model import CertificateCredential, Credential, SecretCredential, Tenant
from exporters.azure.calls.clients import Clients
from exporters.azure.calls.clock import REAL
from exporters.azure.signin.credentials import certificate_ends
from exporters.azure.signin.identity import Tokens
from exporters.azure.signin.sign_in import SignIn
from exporters.configuration.endpoints import Endpoints
from tests.simulators.keys import Pair, pair

TENANT = "6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001"
OTHER = "6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0002"
SCOPE = "https://management.azure.com/.default"


@pytest.fixture(scope="module")
def keys() -> Pair:
    """A certificate that ends in 30 days."""
    return pair(30)


def by(reference: str, password: str | None = None) -> CertificateCredential:
    """The row of a certificate."""
    return CertificateCredential(kind="certificate", certificate=reference, password=password)


def signed_in(row: Credential) -> SignIn:
    """A tenant by this credential."""
    return SignIn(TENANT, row, "https://login.example", name="main")


@pytest.mark.parametrize("form", ["pem", "pem-locked", "pfx", "pfx-locked", "pfx-in-a-variable"])
def test_the_end_is_read_in_every_form(
    form: str, keys: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PEM and PFX, with and without a password, from a file or as a Key Vault hands it out."""
    password = "pass" if form.endswith("locked") else ""
    content = keys.pem(password) if form.startswith("pem") else keys.pfx(password)
    (tmp_path / "client").write_bytes(content)
    monkeypatch.setenv("CLIENT", base64.b64encode(content).decode())
    monkeypatch.setenv("LOCK", "pass")
    reference = "env:CLIENT" if form.endswith("variable") else f"file:{tmp_path}/client"
    found = certificate_ends(signed_in(by(reference, "env:LOCK" if password else None)))
    assert found == keys.certificate.not_valid_after_utc.timestamp()


def test_what_cannot_be_read_has_no_end(keys: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing in says what is wrong; a metric that means nothing says nothing."""
    monkeypatch.setenv("WRONG", "wrong")
    monkeypatch.setenv("GARBAGE", base64.b64encode(b"garbage").decode())
    (tmp_path / "locked.pfx").write_bytes(keys.pfx("pass"))
    (tmp_path / "key.pem").write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    for row in (
        by("file:/nowhere/client.pem"),
        by("env:GARBAGE"),
        by("env:NOT_SET_AT_ALL"),
        by(f"file:{tmp_path}/locked.pfx", "env:WRONG"),
        by(f"file:{tmp_path}/key.pem"),
    ):
        assert certificate_ends(signed_in(row)) is None
    assert certificate_ends(signed_in(SecretCredential(kind="secret", secret="env:WRONG"))) is None


class Given:
    """A credential that gives a token."""

    def get_token(self, *scopes: str) -> AccessToken:
        """One for an hour."""
        return AccessToken("token", int(REAL.wall()) + 3600)


def made(_: SignIn) -> TokenCredential:
    """What stands for azure-identity's."""
    return Given()  # type: ignore[return-value]  # all that is used of one


async def test_it_is_known_by_tenant_once_it_was_used(
    keys: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the name that the configuration gives it; tenants with other credentials have none, and one whose
    row changed is another one.
    """
    file = tmp_path / "client.pem"
    file.write_bytes(keys.pem())
    held = Tokens(signed_in(by(f"file:{file}")), made)
    assert held.certificate_ends is None
    await held.get(SCOPE)
    ends = keys.certificate.not_valid_after_utc.timestamp()
    assert held.certificate_ends == ends

    monkeypatch.setenv("SECRET_OF_OTHER", "x")
    credentials: dict[str, Credential] = {
        TENANT: by(f"file:{file}"),
        OTHER: SecretCredential(kind="secret", secret="env:SECRET_OF_OTHER"),
    }
    tenants = {
        id: (name, Tenant(id=id, credential=credentials[id]))
        for id, name in ((TENANT, "main"), (OTHER, "other"))
    }
    clients = Clients(Endpoints(), make=made, tenants=tenants)
    assert clients.certificates() == {}
    for tenant in tenants:
        await clients.of(tenant)._tokens.get(SCOPE)
    assert clients.certificates() == {"main": ends}
    assert clients.knowing({OTHER: tenants[OTHER]}).certificates() == {}
    await clients.close()
