"""Entra ID: the documents and the token endpoint that azure-identity and MSAL ask for (client credentials
only), and beside them the endpoint of managed identities.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from simulators.azure import imds
from simulators.azure.assertions import fault
from simulators.azure.fleet import Principal
from simulators.azure.replies import Refused, Reply, Request
from simulators.azure.tokens import ARM, METRICS, OTHERS, issue
from simulators.azure.world import World

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_DISCOVERY = re.compile(r"/([^/]+)(/v2\.0)?/\.well-known/openid-configuration", re.IGNORECASE)
_TOKEN = re.compile(r"/([^/]+)/oauth2/v2\.0/token", re.IGNORECASE)


def handles(path: str) -> bool:
    """Whether a path is one of Entra's."""
    listed = path in ("/common/discovery/instance", imds.PATH)
    return listed or bool(_DISCOVERY.fullmatch(path) or _TOKEN.fullmatch(path))


def answer(world: World, request: Request) -> Reply:
    """The reply to a request whose path `handles`, or Entra's 404."""
    if request.path == imds.PATH:
        return imds.answer(world, request)
    if request.path == "/common/discovery/instance":
        return _instance(request)
    if match := _DISCOVERY.fullmatch(request.path):
        return _openid(world, request, match[1])
    match = _TOKEN.fullmatch(request.path)
    if match is None or request.method != "POST":
        return Reply(404, None, content_type="text/html")
    return _token(world, request, match[1])


def _instance(request: Request) -> Reply:
    asked = request.query.get("authorization_endpoint", "")
    tenant = re.sub(r"/oauth2/.*$", "", asked)
    return Reply(
        200, {"tenant_discovery_endpoint": f"{tenant}/v2.0/.well-known/openid-configuration", "metadata": []}
    )


def _openid(world: World, request: Request, tenant: str) -> Reply:
    if tenant.lower() not in world.tenants:
        raise Refused(_error(400, "invalid_tenant", 90002, f"Tenant '{tenant}' not found."))
    base = f"{request.base}/{tenant}"
    return Reply(
        200,
        {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_types_supported": ["code", "id_token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "tenant_region_scope": "EU",
        },
    )


def _token(world: World, request: Request, tenant: str) -> Reply:
    form = {
        name.lower(): text
        for name, text in parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True)
    }
    if tenant.lower() not in world.tenants:
        raise Refused(_error(400, "invalid_tenant", 90002, f"Tenant '{tenant}' not found."))
    grant = _need(form, "grant_type")
    if grant != "client_credentials":
        message = f"The app requested an unsupported grant type '{grant}'."
        raise Refused(_error(400, "unsupported_grant_type", 70003, message))
    audience = _audience(_need(form, "scope"))
    client = _need(form, "client_id").lower()
    principal = world.principals.get(client)
    tenants = {world.fleet.tenants[name].lower() for name in principal.tenants} if principal else set()
    if principal is None or (tenants and tenant.lower() not in tenants):
        message = (
            f"Application with identifier '{form['client_id']}' was not found in the directory '{tenant}'."
        )
        raise Refused(_error(400, "unauthorized_client", 700016, message))
    _prove(world, principal, form, f"{request.base}/{tenant}")
    return Reply(
        200,
        {
            "token_type": "Bearer",
            "expires_in": world.fleet.tokens.lifetime,
            "ext_expires_in": world.fleet.tokens.lifetime,
            "access_token": issue(world, audience, tenant.lower(), client),
        },
    )


def _need(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        message = f"The request body must contain the following parameter: '{name}'."
        raise Refused(_error(400, "invalid_request", 900144, message))
    return form[name]


_OPENID = ("openid", "offline_access", "profile")


def _audience(scope: str) -> str:
    """`https://management.azure.com/.default` -> `https://management.azure.com`; two slashes are allowed, and
    the scopes of OpenID beside it, which MSAL for Go asks for with every grant.
    """
    asked = [each for each in scope.split() if each not in _OPENID]
    whole = asked[0] if len(asked) == 1 else ""
    resource = whole.removesuffix("/.default").rstrip("/")
    if not whole.endswith("/.default") or resource.lower() not in (*ARM, *METRICS, *OTHERS):
        message = (
            "The provided value for the input parameter 'scope' is not valid. "
            f"The scope {scope} is not valid."
        )
        raise Refused(_error(400, "invalid_scope", 70011, message))
    return resource.lower()


def _prove(world: World, principal: Principal, form: Mapping[str, str], base: str) -> None:
    if form.get("client_assertion_type"):
        if form["client_assertion_type"] != ASSERTION_TYPE or not form.get("client_assertion"):
            message = "The request body must contain the following parameter: 'client_assertion'."
            raise Refused(_error(400, "invalid_request", 900144, message))
        audiences = (f"{base}/oauth2/v2.0/token", f"{base}/v2.0")
        found = fault(principal, form["client_assertion"], audiences, world.token_now())
        if found is not None:
            raise Refused(_error(found.status, "invalid_client", found.number, found.message))
    elif "client_secret" not in form:
        message = (
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
        )
        raise Refused(_error(401, "invalid_client", 7000218, message))
    elif not principal.secret or form["client_secret"] != principal.secret:
        message = (
            "Invalid client secret provided. Ensure the secret being sent in the request is the client "
            f"secret value, not the client secret ID, for a secret added to app '{principal.client_id}'."
        )
        raise Refused(_error(401, "invalid_client", 7000215, message))


def _error(status: int, error: str, number: int, message: str) -> Reply:
    trace, correlation = uuid.uuid4(), uuid.uuid4()
    timestamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    description = "\r\n".join(
        (
            f"AADSTS{number}: {message}",
            f"Trace ID: {trace}",
            f"Correlation ID: {correlation}",
            f"Timestamp: {timestamp}",
        )
    )
    return Reply(
        status,
        {
            "error": error,
            "error_description": description,
            "error_codes": [number],
            "timestamp": timestamp,
            "trace_id": str(trace),
            "correlation_id": str(correlation),
            "error_uri": f"https://login.microsoftonline.com/error?code={number}",
        },
    )
