"""Client certificates and managed identities: what the simulated Entra accepts, and each of its refusals."""

from __future__ import annotations

import base64
import time
from functools import cache
from typing import Any

import msgspec
import pytest
import yaml
from cryptography.hazmat.primitives import hashes

from simulators.azure.entra import ASSERTION_TYPE
from simulators.azure.fleetfile import FleetError, parse
from tests.simulators.keys import Pair, pair, signed
from tests.simulators.talk import CLIENT, FLEET, TENANT, Talk, document
from tests.simulators.test_entra import GOOD, LOGIN, ask

OTHER = "00000000-0000-4000-8000-0000000000c2"


@cache
def keys(name: str) -> Pair:
    """A pair by name; making one takes time."""
    return pair(-1) if name == "ended" else pair()


def fleet(**principal: Any) -> str:
    """The usual fleet with these keys of its application."""
    row = {"client_id": CLIENT, "tenants": ["main"], **principal}
    return FLEET + yaml.safe_dump({"principals": [row]})


def claims(**changes: Any) -> dict[str, Any]:
    """What MSAL claims, with changes."""
    now = int(time.time())
    return {
        "aud": f"{LOGIN}/{TENANT}/oauth2/v2.0/token",
        "iss": CLIENT,
        "sub": CLIENT,
        "exp": now + 600,
        "nbf": now,
        "jti": "1",
        **changes,
    }


def prove(talk: Talk, assertion: str) -> tuple[int, Any]:
    """Ask for a token with an assertion."""
    form = {**GOOD, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    del form["client_secret"]
    return ask(talk, form)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_a_registered_certificate_signs_in(algorithm: str) -> None:
    """By its SHA-1 or its SHA-256 thumbprint, under both kinds of signature."""
    talk = Talk(fleet(certificates=[keys("other").public, keys("own").public]))
    longer = base64.urlsafe_b64encode(keys("own").certificate.fingerprint(hashes.SHA256())).rstrip(b"=")
    header = {"alg": algorithm} if algorithm == "RS256" else {"alg": "PS256", "x5t#S256": longer.decode()}
    status, body = prove(talk, signed(keys("own"), claims(), header))
    assert (status, body["token_type"]) == (200, "Bearer")
    assert prove(talk, signed(keys("own"), claims(aud=f"{LOGIN}/{TENANT}/v2.0")))[0] == 200


@pytest.mark.parametrize(
    ("by", "changes", "header", "number"),
    [
        ("stranger", {}, {}, 700027),
        ("ended", {}, {}, 700027),
        ("own", {"aud": "https://elsewhere.example"}, {}, 700023),
        ("own", {"aud": f"{LOGIN}/common/oauth2/v2.0/token"}, {}, 700023),
        ("own", {"iss": OTHER}, {}, 700021),
        ("own", {"sub": OTHER}, {}, 700021),
        ("own", {"exp": 1_000_000_000}, {}, 700024),
        ("own", {"nbf": 4_000_000_000}, {}, 700024),
        ("own", {"nbf": "now"}, {}, 700024),
        ("own", {}, {"alg": "none"}, 700027),
        ("own", {}, {"alg": ["RS256"]}, 700027),
        ("own", {}, {"x5t": "!"}, 700027),
        ("own", {}, {"x5t": 5}, 700027),
    ],
)
def test_assertions_refused(by: str, changes: dict[str, Any], header: dict[str, Any], number: int) -> None:
    """Each fault has its number."""
    talk = Talk(fleet(certificates=[keys("own").public, keys("ended").public]))
    status, body = prove(talk, signed(keys(by), claims(**changes), header))
    assert (status, body["error"], body["error_codes"]) == (401, "invalid_client", [number])


def test_a_signature_of_another_key_is_refused() -> None:
    """The thumbprint of a registered certificate is not enough."""
    talk = Talk(fleet(certificates=[keys("own").public]))
    own = base64.urlsafe_b64encode(keys("own").certificate.fingerprint(hashes.SHA1())).rstrip(b"=")  # noqa: S303
    status, body = prove(talk, signed(keys("stranger"), claims(), {"x5t": own.decode()}))
    assert (status, body["error_codes"]) == (401, [700027])
    assert "did not match" in body["error_description"]


def test_a_fleet_with_a_certificate_that_is_none() -> None:
    """It is said when the fleet is read, not when somebody signs in."""
    with pytest.raises(FleetError, match="not PEM"):
        parse(fleet(certificates=["MIIC"]), "fleet")


IMDS = "https://127.0.0.1:8443/entra/metadata/identity/oauth2/token"
MANAGED = FLEET + yaml.safe_dump(
    {
        "principals": [
            {"client_id": CLIENT, "managed": "user"},
            {"client_id": OTHER, "tenants": ["main"], "managed": "system"},
        ]
    }
)


def machine(query: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """Ask the machine's endpoint."""
    url = f"{IMDS}?{query}"
    sent = {"metadata": "true"} if headers is None else headers
    reply = Talk(MANAGED).ask("GET", url, token=None, headers=sent)
    return reply.status, document(reply)


RESOURCE = "api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com"


@pytest.mark.parametrize(("query", "client"), [("", OTHER), (f"&client_id={CLIENT}", CLIENT)])
def test_a_managed_identity_has_a_token(query: str, client: str) -> None:
    """The machine's own, or the one that is asked for; numbers are text."""
    status, body = machine(RESOURCE + query)
    assert status == 200
    assert (body["client_id"], body["expires_in"], body["token_type"]) == (client, "3599", "Bearer")
    assert body["resource"] == "https://management.azure.com"
    assert int(body["expires_on"]) - int(body["not_before"]) == 3599 + 300
    payload = body["access_token"].split(".")[0]
    assert (
        msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["appid"] == client
    )


@pytest.mark.parametrize(
    ("query", "headers", "error"),
    [
        (RESOURCE, {}, "bad_request_102"),
        (RESOURCE, {"metadata": "false"}, "bad_request_102"),
        (RESOURCE.replace("2018", "2010"), None, "bad_request"),
        ("api-version=2018-02-01", None, "invalid_resource"),
        ("api-version=2018-02-01&resource=https%3A%2F%2Fx.example", None, "invalid_resource"),
        (RESOURCE + f"&client_id={TENANT}", None, "invalid_request"),
    ],
)
def test_the_machine_refuses(query: str, headers: dict[str, str] | None, error: str) -> None:
    """Each fault in the form of this endpoint."""
    status, body = machine(query, headers)
    assert (status, body["error"]) == (400, error)
    assert body["error_description"]


def test_a_machine_without_identity() -> None:
    """An application is none."""
    reply = Talk().ask("GET", f"{IMDS}?{RESOURCE}", token=None, headers={"metadata": "true"})
    assert (reply.status, document(reply)["error_description"]) == (400, "Identity not found")
