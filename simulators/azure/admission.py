"""What stands before every ARM answer: the subscription and resource must exist, the pace must be kept."""

from __future__ import annotations

from simulators.azure.inventory import Resource, Subscription
from simulators.azure.pace import Verdict
from simulators.azure.replies import Refused, gateway
from simulators.azure.tokens import Claims
from simulators.azure.world import World


def subscription(world: World, subscription_id: str, claims: Claims) -> Subscription:
    """The subscription, or `Refused`: 404 for none, 401 when the token is of another tenant."""
    found = world.inventory.subscriptions.get(subscription_id.lower())
    if found is None:
        message = f"The subscription '{subscription_id}' could not be found."
        raise Refused(gateway(404, "SubscriptionNotFound", message))
    if found.tenant_id != claims.tid:
        message = (
            f"The access token is from the wrong issuer 'https://sts.windows.net/{claims.tid}/'. "
            f"It must match the tenant 'https://sts.windows.net/{found.tenant_id}/' associated with this "
            "subscription."
        )
        raise Refused(gateway(401, "InvalidAuthenticationTokenTenant", message))
    return found


def resource(world: World, resource_id: str) -> Resource:
    """The living resource with this id, or `Refused` 404 in ARM's words."""
    found = world.inventory.find(resource_id, world.clock.now())
    if found is not None:
        return found
    pieces = resource_id.strip("/").split("/")
    group = pieces[3] if len(pieces) > 3 else ""
    path = "/".join(pieces[5:])
    message = f"The Resource '{path}' under resource group '{group}' was not found."
    raise Refused(gateway(404, "ResourceNotFound", message))


def subscription_read(world: World, one: Subscription, claims: Claims, operation: str) -> dict[str, str]:
    """Count a read in a subscription; its remaining headers, or `Refused` 429."""
    limits = world.fleet.limits
    mine = world.bucket(limits.arm_reads, "reads", one.id, claims.appid)
    everyone = world.bucket(limits.arm_global, "global", one.id)
    for verdict in (mine, everyone):
        if not verdict.passes:
            what = (
                f"Number of requests for subscription '{one.id}' and operation '{operation}' "
                "exceeded the backend storage limit."
            )
            raise throttled(world, ("arm", one.id), "SubscriptionRequestsThrottled", what, verdict)
    return {
        "x-ms-ratelimit-remaining-subscription-reads": str(mine.remaining),
        "x-ms-ratelimit-remaining-subscription-global-reads": str(everyone.remaining),
    }


def tenant_read(world: World, claims: Claims) -> dict[str, str]:
    """Count a read outside any subscription; its remaining header, or `Refused` 429."""
    verdict = world.bucket(world.fleet.limits.arm_reads, "tenant", claims.tid, claims.appid)
    if not verdict.passes:
        what = f"Number of requests for tenant '{claims.tid}' exceeded the limit."
        raise throttled(world, ("arm", claims.tid), "TenantRequestsThrottled", what, verdict)
    return {"x-ms-ratelimit-remaining-tenant-reads": str(verdict.remaining)}


def throttled(world: World, limit: tuple[str, str], code: str, what: str, verdict: Verdict) -> Refused:
    """A 429 of Azure's own limits, counted by limit and scope: a client that paces itself never meets one."""
    world.throttled[limit] += 1
    message = f"{what} Please try again after '{verdict.retry_after}' seconds."
    return Refused(gateway(429, code, message).also({"retry-after": str(verdict.retry_after)}))
