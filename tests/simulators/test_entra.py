"""Entra: the token endpoint's answers and its refusals, in its own error form."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from simulators.azure.entra import ASSERTION_TYPE
from tests.simulators.talk import CLIENT, FLEET, OTHER_TENANT, TENANT, Talk, document

LOGIN = "https://login.microsoftonline.com"
GOOD = {
    "grant_type": "client_credentials",
    "scope": "https://management.azure.com/.default",
    "client_id": CLIENT,
    "client_secret": "simulator",
}
FEDERATED = (
    FLEET
    + f"""
principals:
  - client_id: {CLIENT}
    tenants: [main]
    secret: simulator
    federated: [{{issuer: "https://oidc.example", subject: "system:serviceaccount:monitoring:exporter"}}]
"""
)


def ask(talk: Talk, form: dict[str, str], tenant: str = TENANT, base: str = LOGIN) -> tuple[int, Any]:
    """Status and document of a token request."""
    reply = talk.ask("POST", f"{base}/{tenant}/oauth2/v2.0/token", urlencode(form).encode(), token=None)
    return reply.status, document(reply)


def assertion(**claims: Any) -> str:
    """A JWT with these claims over good ones; its signature is not looked at."""
    whole = {
        "iss": "https://oidc.example",
        "sub": "system:serviceaccount:monitoring:exporter",
        "aud": ["api://AzureADTokenExchange"],
        "exp": 4_000_000_000,
        **claims,
    }
    pieces = [
        base64.urlsafe_b64encode(msgspec.json.encode(one)).rstrip(b"=") for one in ({"alg": "RS256"}, whole)
    ]
    return b".".join((*pieces, b"sig")).decode()


def test_client_secret(talk: Talk) -> None:
    """A token comes with its kind and lifetime, and opens ARM."""
    status, body = ask(talk, GOOD)
    assert status == 200
    assert {key: body[key] for key in ("token_type", "expires_in", "ext_expires_in")} == {
        "token_type": "Bearer",
        "expires_in": 3599,
        "ext_expires_in": 3599,
    }
    url = "https://management.azure.com/subscriptions?api-version=2022-12-01"
    assert talk.get(url, token=body["access_token"])["count"]["value"] == 2


def test_federated_assertion() -> None:
    """A projected service-account token of the right issuer, subject and audience is accepted."""
    form = {**GOOD, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion()}
    del form["client_secret"]
    assert ask(Talk(FEDERATED), form)[0] == 200


@pytest.mark.parametrize(
    ("claims", "status", "number"),
    [
        ({"aud": "api://somebody"}, 400, 700212),
        ({"exp": 1_000_000_000}, 401, 700024),
        ({"exp": "soon"}, 401, 700024),
        ({"sub": "system:serviceaccount:default:default"}, 400, 700213),
        ({"iss": "https://elsewhere.example"}, 400, 700213),
    ],
)
def test_assertions_refused(claims: dict[str, Any], status: int, number: int) -> None:
    """An assertion that no federated credential matches is refused, each fault by its own number."""
    form = {**GOOD, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion(**claims)}
    found, body = ask(Talk(FEDERATED), form)
    assert (found, body["error"], body["error_codes"]) == (status, "invalid_client", [number])


@pytest.mark.parametrize("text", ["abc", "a.b", "a.!!!.c", "a.bnVsbA.c"])
def test_assertion_that_is_no_jwt(text: str) -> None:
    """What is not a JWT is malformed."""
    form = {**GOOD, "client_assertion_type": ASSERTION_TYPE, "client_assertion": text}
    assert ask(Talk(FEDERATED), form)[1]["error_codes"] == [50027]


@pytest.mark.parametrize(
    ("change", "status", "error", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": None}, 401, "invalid_client", 7000218),
        ({"client_id": None}, 400, "invalid_request", 900144),
        ({"client_id": TENANT}, 400, "unauthorized_client", 700016),
        ({"scope": None}, 400, "invalid_request", 900144),
        ({"scope": "https://foo.microsoft.com/.default"}, 400, "invalid_scope", 70011),
        ({"scope": "openid offline_access profile"}, 400, "invalid_scope", 70011),
        ({"scope": "https://management.azure.com/"}, 400, "invalid_scope", 70011),
        (
            {"scope": "https://management.azure.com/.default https://vault.azure.net/.default"},
            400,
            "invalid_scope",
            70011,
        ),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"grant_type": None}, 400, "invalid_request", 900144),
        ({"client_assertion_type": "other", "client_assertion": "x"}, 400, "invalid_request", 900144),
    ],
)
def test_refusals(talk: Talk, change: dict[str, str | None], status: int, error: str, number: int) -> None:
    """Every refusal has Entra's document: error, AADSTS number, trace."""
    form = {key: text for key, text in {**GOOD, **change}.items() if text is not None}
    found, body = ask(talk, form)
    assert (found, body["error"], body["error_codes"]) == (status, error, [number])
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    assert set(body) == {
        "error",
        "error_description",
        "error_codes",
        "timestamp",
        "trace_id",
        "correlation_id",
        "error_uri",
    }


def test_unknown_tenant(talk: Talk) -> None:
    """A tenant that does not exist has neither tokens nor a discovery document."""
    unknown = TENANT.replace("a", "f")
    assert ask(talk, GOOD, tenant=unknown)[1]["error_codes"] == [90002]
    reply = talk.ask("GET", f"{LOGIN}/{unknown}/v2.0/.well-known/openid-configuration", token=None)
    assert document(reply)["error_codes"] == [90002]


def test_application_of_one_tenant() -> None:
    """An application is unknown in a tenant it is not registered in."""
    assert ask(Talk(FEDERATED), GOOD, tenant=OTHER_TENANT)[1]["error_codes"] == [700016]


@pytest.mark.parametrize("base", [LOGIN, "https://127.0.0.1:8443/entra", "https://127.0.0.1:8443"])
def test_discovery_keeps_the_way_the_client_came(talk: Talk, base: str) -> None:
    """The discovery document leads back to where it was asked for: host, port and prefix."""
    reply = talk.ask("GET", f"{base}/{TENANT}/v2.0/.well-known/openid-configuration", token=None)
    body = document(reply)
    assert body["token_endpoint"] == f"{base}/{TENANT}/oauth2/v2.0/token"
    assert body["issuer"] == f"{base}/{TENANT}/v2.0"
    assert ask(talk, GOOD, base=base)[0] == 200


def test_tokens_survive_a_restart() -> None:
    """A simulator started again with the same seed accepts the tokens it gave out before."""
    token = Talk().token()
    assert (
        Talk()
        .ask("GET", "https://management.azure.com/subscriptions?api-version=2022-12-01", token=token)
        .status
        == 200
    )


def test_lifetime() -> None:
    """The fleet says how long tokens live."""
    assert ask(Talk(FLEET + "tokens: {lifetime: 86399}\n"), GOOD)[1]["expires_in"] == 86399
