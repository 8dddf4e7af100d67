"""Signing in, by every kind of credential, with the real azure-identity against the simulator."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from estate.model import Credential, Tenant
from exporters.azure.calls.clients import Clients
from exporters.azure.calls.http import Call, address
from exporters.azure.errors import AzureError
from exporters.azure.signin.identity import RENEW_BEFORE_SECONDS, Tokens
from exporters.azure.signin.sign_in import SignIn, instead, spoken
from simulators.azure.tokens import read as claims_of
from tests.exporters.simulated import CLIENT, STORAGE, SUBSCRIPTIONS, TENANT, Azure, azure, fleet_text
from tests.simulators.keys import Pair, encoded, pair

OTHER_TENANT = "6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0002"
SYSTEM = "00000000-0000-4000-8000-0000000000c2"
ISSUER, SUBJECT = "https://oidc.example", "system:serviceaccount:monitoring:exporter"
SCOPE = "https://management.azure.com/.default"
SECRET_TEXT = "hunter2-is-the-secret"


@cache
def keys(name: str) -> Pair:
    """A pair by name; making one takes time."""
    return pair()


def fleet() -> str:
    """Two tenants, an application with every kind of proof, and an identity of the machine."""
    document = yaml.safe_load(fleet_text({"shop-a": [{"type": STORAGE, "name": "st"}], "shop-b": []}))
    document["tenants"]["other"] = OTHER_TENANT
    document["subscriptions"]["shop-b"]["tenant"] = "other"
    document["principals"] = [
        {
            "client_id": CLIENT,
            "secret": SECRET_TEXT,
            "certificates": [keys("own").public],
            "federated": [{"issuer": ISSUER, "subject": SUBJECT}],
            "managed": "user",
        },
        {"client_id": SYSTEM, "tenants": ["main"], "managed": "system"},
    ]
    return yaml.safe_dump(document)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azure]:
    """One simulator for all: it keeps nothing of a sign-in but its number."""
    with azure(tmp_path_factory.mktemp("azure"), fleet()) as found:
        yield found


@pytest.fixture
def simulator(running: Azure, monkeypatch: pytest.MonkeyPatch) -> Azure:
    """The simulator, and an environment that knows of it alone."""
    for name in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE", "IDENTITY_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", running.endpoints.authority)
    monkeypatch.setenv("GOOD", SECRET_TEXT)
    return running


def tokens(simulator: Azure, credential: dict[str, Any], tenant: str = TENANT, client_id: str = "") -> Tokens:
    """Tokens of a tenant whose row has this credential."""
    row: Credential = TypeAdapter(Credential).validate_python(credential)
    endpoints = simulator.endpoints
    named = client_id or getattr(row, "client_id", None) or ""
    return Tokens(SignIn(tenant, row, endpoints.authority, endpoints.ca_file, named, "main"))


async def who(simulator: Azure, credential: dict[str, Any]) -> tuple[str, str, str]:
    """Application, tenant and audience of the token that a credential brings."""
    token = await tokens(simulator, credential).get(SCOPE)
    claims = claims_of(simulator.world, token)
    assert claims is not None
    return claims.appid, claims.tid, claims.aud


async def refused(simulator: Azure, credential: dict[str, Any], tenant: str = TENANT) -> str:
    """The sentence of a sign-in that fails; it holds no secret."""
    with pytest.raises(AzureError) as caught:
        await tokens(simulator, credential, tenant).get(SCOPE)
    assert caught.value.api == "token"
    assert SECRET_TEXT not in str(caught.value) and "Trace ID" not in str(caught.value)
    return str(caught.value)


def secret(reference: str = "env:GOOD", **more: str) -> dict[str, Any]:
    """A client secret's row."""
    return {"kind": "secret", "client_id": CLIENT, "secret": reference, **more}


def certificate(reference: str, **more: str) -> dict[str, Any]:
    """A client certificate's row."""
    return {"kind": "certificate", "client_id": CLIENT, "certificate": reference, **more}


async def test_client_secret(simulator: Azure, tmp_path: Path) -> None:
    """Out of a variable or a file."""
    (tmp_path / "secret").write_text(SECRET_TEXT + "\n")
    for reference in ("env:GOOD", f"file:{tmp_path}/secret"):
        assert await who(simulator, secret(reference)) == (CLIENT, TENANT, "https://management.azure.com")


@pytest.mark.parametrize("form", ["pem", "pem-locked", "pfx", "pfx-locked"])
async def test_client_certificate_from_a_file(simulator: Azure, tmp_path: Path, form: str) -> None:
    """PEM and PFX, with and without a password; Entra checks the assertion that it signed."""
    password = "pass" if form.endswith("locked") else ""
    content = keys("own").pem(password) if form.startswith("pem") else keys("own").pfx(password)
    (tmp_path / "client").write_bytes(content)
    (tmp_path / "password").write_text("pass\n")
    more = {"password": f"file:{tmp_path}/password"} if password else {}
    found = await who(simulator, certificate(f"file:{tmp_path}/client", **more))
    assert found == (CLIENT, TENANT, "https://management.azure.com")


@pytest.mark.parametrize("form", ["pem", "pfx"])
async def test_client_certificate_from_a_variable(
    simulator: Azure, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """A Key Vault hands a PFX out as Base64."""
    text = keys("own").pem().decode() if form == "pem" else base64.b64encode(keys("own").pfx()).decode()
    monkeypatch.setenv("CERTIFICATE", text)
    assert (await who(simulator, certificate("env:CERTIFICATE")))[0] == CLIENT


async def test_a_renewed_certificate_is_taken_up(simulator: Azure, tmp_path: Path) -> None:
    """After a refusal the file is read again."""
    file = tmp_path / "client.pem"
    file.write_bytes(keys("stranger").pem())
    held = tokens(simulator, certificate(f"file:{file}"))
    with pytest.raises(AzureError, match="AADSTS700027"):
        await held.get(SCOPE)
    file.write_bytes(keys("own").pem())
    assert claims_of(simulator.world, await held.get(SCOPE)) is not None


def service_account(folder: Path, subject: str = SUBJECT) -> Path:
    """A projected token of Kubernetes."""
    claims = {
        "iss": ISSUER,
        "sub": subject,
        "aud": ["api://AzureADTokenExchange"],
        "exp": int(time.time()) + 3600,
    }
    file = folder / "azure-identity-token"
    file.write_bytes(b".".join((encoded({"alg": "RS256", "kid": "1"}), encoded(claims), b"c2ln")))
    return file


async def test_workload_identity(simulator: Azure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token file of the pod; who it is comes from the row, or from the environment."""
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(service_account(tmp_path)))
    row = {"kind": "workload", "client_id": CLIENT}
    assert await who(simulator, row) == (CLIENT, TENANT, "https://management.azure.com")
    monkeypatch.setenv("AZURE_CLIENT_ID", CLIENT)
    assert (await who(simulator, {"kind": "workload"}))[0] == CLIENT


async def test_managed_identity(simulator: Azure) -> None:
    """The machine's own, or one that is assigned to it."""
    assert await who(simulator, {"kind": "managed"}) == (SYSTEM, TENANT, "https://management.azure.com")
    assert (await who(simulator, {"kind": "managed", "client_id": CLIENT}))[0] == CLIENT


async def test_cli(simulator: Azure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is signed in with `az`, in the tenant of the row."""
    folder = tmp_path / "bin"
    folder.mkdir()
    reply = {"accessToken": "token-of-az", "expires_on": int(time.time()) + 3600, "tenant": TENANT}
    (folder / "az").write_text(f"#!/bin/sh\necho \"$@\" > {folder}/asked\necho '{json.dumps(reply)}'\n")
    (folder / "az").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    assert await tokens(simulator, {"kind": "cli"}).get(SCOPE) == "token-of-az"
    asked = (folder / "asked").read_text()
    assert f"--tenant {TENANT}" in asked and "https://management.azure.com" in asked


WHO = f"signing in to the tenant main ({TENANT}) by "


@pytest.mark.parametrize(
    ("credential", "before", "inside", "after"),
    [
        (
            secret("env:WRONG"),
            "the client secret env:WRONG",
            "AADSTS7000215",
            "the secret's value, not its id",
        ),
        (secret("env:NONE"), "the client secret env:NONE", "env:NONE is empty or not set", ""),
        (secret("file:/nowhere/secret"), "the client secret file:", "cannot be read: No such file", ""),
        (
            secret(client_id=SYSTEM.replace("c2", "99")),
            "the client secret",
            "AADSTS700016",
            "correct client_id",
        ),
        ({"kind": "secret", "secret": "env:GOOD"}, "the client secret", "no client_id says which", ""),
        (
            certificate("env:STRANGER"),
            "the client certificate env:STRANGER",
            "AADSTS700027",
            "add this certificate",
        ),
        (certificate("file:/nowhere/x.pem"), "the client certificate", "cannot be read: No such file", ""),
        (certificate("env:GOOD"), "the client certificate env:GOOD", "neither PEM nor Base64 of a PFX", ""),
        (
            certificate("env:GARBAGE"),
            "the client certificate",
            "deserialize",
            "PEM or PFX with a private key",
        ),
        (certificate("env:LOCKED"), "the client certificate", "assword", "and its password"),
        (certificate("env:LOCKED", password="env:WRONG"), "the client certificate", "", "and its password"),
        ({"kind": "workload", "client_id": CLIENT}, "workload identity", "AZURE_FEDERATED_TOKEN_FILE", ""),
        (
            {"kind": "managed", "client_id": TENANT},
            f"the managed identity {TENANT}",
            "Identity not found",
            "assign the identity to this machine",
        ),
        ({"kind": "cli"}, "the Azure CLI", "not found on path", "sign in with `az login`"),
    ],
)
async def test_failures_say_what_to_do(
    simulator: Azure,
    monkeypatch: pytest.MonkeyPatch,
    credential: dict[str, Any],
    before: str,
    inside: str,
    after: str,
) -> None:
    """Which tenant, which credential, what Azure said, what to do; and never a secret."""
    monkeypatch.setenv("WRONG", "another-secret")
    monkeypatch.setenv("STRANGER", keys("stranger").pem().decode())
    monkeypatch.setenv("GARBAGE", base64.b64encode(b"no certificate at all").decode())
    monkeypatch.setenv("LOCKED", keys("own").pem("pass").decode())
    monkeypatch.setenv("PATH", "/nowhere")
    said = await refused(simulator, credential)
    assert said.startswith(WHO + before), said
    assert inside in said and after in said, said
    assert "another-secret" not in said and "BEGIN" not in said


async def test_a_wrong_subject(simulator: Azure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The federated credential is what is missing; the token of the pod is not shown."""
    file = service_account(tmp_path, "system:serviceaccount:default:default")
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(file))
    said = await refused(simulator, {"kind": "workload", "client_id": CLIENT})
    assert "AADSTS700213" in said and "federated credential with this subject" in said
    assert file.read_text()[:30] not in said


async def test_a_wrong_tenant(simulator: Azure) -> None:
    """The id or the cloud is wrong."""
    said = await refused(simulator, secret(), TENANT.replace("6f0f", "6f0e"))
    assert said.endswith("; correct the tenant's id, or its cloud")


@pytest.mark.parametrize(
    ("change", "inside", "after"),
    [
        ({"authority": "https://127.0.0.1:1"}, "onnection", "see network, DNS, proxy, and azure.authority"),
        ({"ca_file": ""}, "CERTIFICATE_VERIFY_FAILED", "in azure.ca_file"),
        ({"ca_file": "/nowhere/ca.pem"}, "/nowhere/ca.pem", ""),
    ],
)
async def test_an_authority_that_is_not_reached(
    simulator: Azure, change: dict[str, str], inside: str, after: str
) -> None:
    """The network, the proxy or the CA is what to look at."""
    given = {"authority": simulator.endpoints.authority, "ca_file": simulator.endpoints.ca_file, **change}
    held = Tokens(SignIn(TENANT, instead("env:GOOD"), client_id=CLIENT, **given))
    with pytest.raises(AzureError) as caught:
        await held.get(SCOPE)
    assert inside in str(caught.value) and str(caught.value).endswith(after), str(caught.value)


async def test_a_secret_that_azure_repeats_is_not_shown() -> None:
    """Whatever a server puts into its error."""

    class Repeating:
        def get_token(self, *scopes: str) -> Any:
            raise ValueError("no: hunter2 and eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl")

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPEATED", "hunter2")
        row = instead("env:REPEATED")
        held = Tokens(SignIn("t", row, "https://x"), lambda sign_in: Repeating())  # type: ignore[arg-type, return-value]  # as it is used
        with pytest.raises(AzureError) as caught:
            await held.get(SCOPE)
    assert (
        str(caught.value)
        == "signing in to the tenant t by the client secret env:REPEATED failed: no: … and …"
    )


async def test_tokens_are_renewed_ahead_of_their_end(simulator: Azure) -> None:
    """Five minutes before: calls never meet a token that has just ended."""
    moment = [time.time()]
    held = Tokens(
        SignIn(
            TENANT,
            instead("env:GOOD"),
            simulator.endpoints.authority,
            simulator.endpoints.ca_file,
            CLIENT,
        ),
        clock=lambda: moment[0],
    )
    before = simulator.world.tokens_issued
    await held.get(SCOPE)
    moment[0] += 3599 - RENEW_BEFORE_SECONDS - 10
    await held.get(SCOPE)
    assert simulator.world.tokens_issued == before + 1
    held._credential = None  # the library holds tokens by the machine's own clock
    moment[0] += 20
    await held.get(SCOPE)
    assert simulator.world.tokens_issued == before + 2


async def test_two_tenants_in_one_process(simulator: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each by its own credential: one by a certificate, one by a secret."""
    monkeypatch.setenv("CERTIFICATE", keys("own").pem().decode())
    rows = {
        TENANT: ("main", Tenant.model_validate({"id": TENANT, "credential": certificate("env:CERTIFICATE")})),
        OTHER_TENANT: ("other", Tenant.model_validate({"id": OTHER_TENANT, "credential": secret()})),
    }
    clients = Clients(simulator.endpoints, tenants=rows)
    assert [spoken(clients.sign_in(id).credential) for id in rows] == [
        "the client certificate env:CERTIFICATE",
        "the client secret env:GOOD",
    ]
    for id, name in ((TENANT, "shop-a"), (OTHER_TENANT, "shop-b")):
        url = address(clients.reach(id).arm, "/subscriptions", **{"api-version": "2022-12-01"})
        call = Call("subscriptions", "GET", url, SCOPE, time.monotonic() + 30)
        found = json.loads(await clients.of(id).send(call))
        assert [each["subscriptionId"] for each in found["value"]] == [SUBSCRIPTIONS[name]]
    await clients.close()


async def test_the_exporters_identity_goes_before(simulator: Azure) -> None:
    """A row's `identity` stands in place of the tenants' credentials; without one theirs are used."""
    rows = {TENANT: ("main", Tenant.model_validate({"id": TENANT, "credential": secret()}))}
    assert (
        spoken(Clients(simulator.endpoints, "cli", tenants=rows).sign_in(TENANT).credential)
        == "the Azure CLI"
    )
    assert spoken(Clients(simulator.endpoints, tenants=rows).sign_in(TENANT).credential).endswith("env:GOOD")
    assert Clients(simulator.endpoints, "env:X", tenants=rows).sign_in(TENANT).client_id == CLIENT
    assert spoken(Clients(simulator.endpoints).sign_in(TENANT).credential) == "workload identity"


def test_azure_identity_is_loaded_late() -> None:
    """Neither the service, nor its configuration, nor the clients load it: only a token does."""
    program = (
        "import sys, exporters.serving.serve, exporters.azure.calls.clients\n"
        "import exporters.collectors.azure_metrics\n"
        "print([name for name in sys.modules if name in ('azure.identity', 'azure.core', 'msal')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_failed_sign_in_is_logged_by_us_alone() -> None:
    """The libraries' own words go past what hides secrets, and are no JSON."""
    program = (
        "import logging, structlog\n"
        "from exporters.serving.log import log_to_stderr\n"
        "log_to_stderr()\n"
        "logging.getLogger('azure.identity._internal').warning('get_token failed: hunter2')\n"
        "logging.getLogger('msal.application').warning('hunter2')\n"
        "structlog.get_logger().warning('token not renewed')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert [json.loads(line)["event"] for line in done.stderr.splitlines()] == ["token not renewed"]
