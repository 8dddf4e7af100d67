"""Access tokens: opaque to clients, signed, with audience, tenant, application and expiry."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import msgspec

from simulators.azure.fleet import Principal
from simulators.azure.replies import Refused, Reply, Request, gateway
from simulators.azure.world import World

ARM = (
    "https://management.azure.com",
    "https://management.core.windows.net",
    "https://management.chinacloudapi.cn",
    "https://management.usgovcloudapi.net",
)
METRICS = (
    "https://metrics.monitor.azure.com",
    "https://metrics.monitor.azure.cn",
    "https://metrics.monitor.azure.us",
)
# Resources that Entra knows besides. The simulator has no API for them, but gives out tokens.
OTHERS = ("https://vault.azure.net", "https://graph.microsoft.com", "https://api.loganalytics.io")


class Claims(msgspec.Struct, frozen=True):
    """What a token says."""

    aud: str
    tid: str
    appid: str
    exp: int
    iat: float


def issue(world: World, audience: str, tenant: str, client: str) -> str:
    """A signed token."""
    world.tokens_issued += 1
    expiry = int(world.token_now()) + world.fleet.tokens.lifetime
    claims = Claims(aud=audience, tid=tenant, appid=client, exp=expiry, iat=world.real_now())
    payload = base64.urlsafe_b64encode(msgspec.json.encode(claims)).rstrip(b"=")
    return (payload + b"." + _signature(world, payload)).decode()


def read(world: World, token: str) -> Claims | None:
    """What a token says, or None when it was not issued here."""
    payload, dot, signature = token.encode().partition(b".")
    if not dot or not hmac.compare_digest(signature, _signature(world, payload)):
        return None
    return msgspec.json.decode(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)), type=Claims)


def _signature(world: World, payload: bytes) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(world.key, payload, hashlib.sha256)).rstrip(b"=")


def caller(world: World, request: Request, audiences: tuple[str, ...]) -> tuple[Claims, Principal]:
    """Who calls. Raises `Refused` 401 with ARM's document for a missing, foreign, expired or misdirected
    token.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refused(
            _unauthorised(
                "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."
            )
        )
    claims = read(world, token.strip())
    if claims is None:
        raise Refused(_unauthorised("InvalidAuthenticationToken", "The access token is invalid."))
    now = world.token_now()
    if claims.exp <= now or world.revoked(claims.tid, claims.iat):
        raise Refused(expired(min(claims.exp, now - 1), now))
    if claims.aud.rstrip("/") not in audiences:
        allowed = ",".join(f"'{one}/','{one}'" for one in audiences)
        raise Refused(
            _unauthorised(
                "InvalidAuthenticationTokenAudience",
                f"The access token has been obtained for wrong audience or resource '{claims.aud}'. "
                f"It should exactly match with one of the allowed audiences {allowed}.",
            )
        )
    principal = world.principals.get(claims.appid)
    if principal is None:
        raise Refused(_unauthorised("InvalidAuthenticationToken", "The access token is invalid."))
    return claims, principal


def revoke(world: World, request: Request) -> None:
    """Make the token of a request worthless, with all others of its tenant."""
    claims = read(world, request.headers.get("authorization", "").partition(" ")[2].strip())
    if claims is not None:
        world.revoke(claims.tid)


def expired(expiry: float, now: float) -> Reply:
    """The 401 of a token past its time."""
    return _unauthorised(
        "ExpiredAuthenticationToken",
        f"The access token expiry UTC time '{_american(expiry)}' is earlier than "
        f"current UTC time '{_american(now)}'.",
    )


def _unauthorised(code: str, message: str) -> Reply:
    challenge = 'Bearer authorization_uri="https://login.microsoftonline.com", error="invalid_token"'
    return gateway(401, code, message).also({"www-authenticate": challenge})


def _american(seconds: float) -> str:
    moment = datetime.fromtimestamp(int(seconds), UTC)
    half = "AM" if moment.hour < 12 else "PM"
    return f"{moment.month}/{moment.day}/{moment.year} {moment.hour % 12 or 12}:{moment:%M:%S} {half}"


def may(world: World, principal: Principal, subscription: str, action: str) -> bool:
    """Whether a principal may do `action` (`Microsoft.Insights/metrics/read`) in the subscription with this
    id.
    """
    if any(action.lower() == denied.lower() for denied in principal.denied):
        return False
    return sees(world, principal, subscription)


def sees(world: World, principal: Principal, subscription: str) -> bool:
    """Whether a principal has a role in the subscription with this id at all."""
    known = world.inventory.subscriptions.get(subscription)
    if known is None:
        return False
    tenants = {world.fleet.tenants[name].lower() for name in principal.tenants} or world.tenants
    return known.tenant_id in tenants and (
        principal.subscriptions is None or known.name in principal.subscriptions
    )


def forbidden(claims: Claims, action: str, scope: str) -> Reply:
    """The 403 of a missing role."""
    return gateway(
        403,
        "AuthorizationFailed",
        f"The client '{claims.appid}' with object id '{claims.appid}' does not have authorization to perform "
        f"action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, "
        "please refresh your credentials.",
    )
