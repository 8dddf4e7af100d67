"""The token endpoint of a machine in Azure, for its managed identities.

Contract: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token.
Clients reach it where AZURE_POD_IDENTITY_AUTHORITY_HOST says, for the real address is link-local.
"""

from __future__ import annotations

from simulators.azure.fleet import Principal
from simulators.azure.replies import Refused, Reply, Request
from simulators.azure.tokens import ARM, METRICS, OTHERS, issue
from simulators.azure.world import World

PATH = "/metadata/identity/oauth2/token"
VERSIONS = ("2018-02-01",)


def answer(world: World, request: Request) -> Reply:
    """A token whose numbers are text. Raises `Refused` in the form of this endpoint."""
    if request.method != "GET":
        raise Refused(Reply(405, {"error": "method_not_allowed"}))
    if request.headers.get("metadata", "").lower() != "true":
        raise _refused("bad_request_102", "Required metadata header not specified")
    if request.query.get("api-version") not in VERSIONS:
        raise _refused("bad_request", "The api-version is not supported")
    resource = request.query.get("resource", "")
    audience = resource.rstrip("/").lower()
    if audience not in (*ARM, *METRICS, *OTHERS):
        message = f"AADSTS500011: The resource principal named {resource} was not found in the tenant."
        raise _refused("invalid_resource", message)
    principal = _identity(world, request.query.get("client_id", "").lower())
    tenant = world.fleet.tenants[principal.tenants[0]] if principal.tenants else min(world.tenants)
    now = int(world.token_now())
    lifetime = world.fleet.tokens.lifetime
    return Reply(
        200,
        {
            "access_token": issue(world, audience, tenant.lower(), principal.client_id.lower()),
            "client_id": principal.client_id,
            "refresh_token": "",
            "expires_in": str(lifetime),
            "expires_on": str(now + lifetime),
            "not_before": str(now - 300),
            "resource": resource,
            "token_type": "Bearer",
        },
    )


def _identity(world: World, client: str) -> Principal:
    managed = [one for one in world.principals.values() if one.managed]
    for principal in managed:
        if (principal.client_id.lower() == client) if client else principal.managed == "system":
            return principal
    raise _refused("invalid_request", "Identity not found")


def _refused(error: str, description: str) -> Refused:
    return Refused(Reply(400, {"error": error, "error_description": description}))
