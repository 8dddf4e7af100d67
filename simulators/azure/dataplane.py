"""The metrics data plane (`{region}.metrics.monitor.azure.com`): its own audience, limits and refusals."""

from __future__ import annotations

import re

from simulators.azure import batch
from simulators.azure.replies import Refused, Reply, Request, api_version, wrapped
from simulators.azure.tokens import METRICS, caller, may
from simulators.azure.world import World

_BATCH = re.compile(r"/subscriptions/([^/]+)/metrics:getBatch", re.IGNORECASE)


def answer(world: World, request: Request) -> tuple[str, Reply]:
    """The name of the API and its reply."""
    match = _BATCH.fullmatch(request.path)
    if match is None:
        return "unknown", wrapped(
            404, "NotFound", f"The path '{request.path}' is not one the simulator serves."
        )
    try:
        return "metrics-batch", _batch(world, request, match[1].lower())
    except Refused as refused:
        # ARM's mark does not belong on the data plane's errors.
        headers = {name: text for name, text in refused.reply.headers.items() if name != "x-ms-failure-cause"}
        return "metrics-batch", Reply(refused.reply.status, refused.reply.body, headers)


def _batch(world: World, request: Request, subscription: str) -> Reply:
    claims, principal = caller(world, request, METRICS)
    if request.method != "POST":
        raise Refused(
            wrapped(405, "MethodNotAllowed", f"The HTTP method '{request.method}' is not supported.")
        )
    version = api_version(request, batch.VERSIONS, "'metrics:getBatch'")
    known = world.inventory.subscriptions.get(subscription)
    # Unlike ARM it answers 401, not 403, to a caller without a role on the whole subscription.
    if (
        known is None
        or known.tenant_id != claims.tid
        or not may(world, principal, subscription, "Microsoft.Insights/metrics/read")
    ):
        message = (
            f"The caller '{claims.appid}' is not authorized to read metrics of subscription '{subscription}'."
        )
        raise Refused(wrapped(401, "Unauthorized", message))
    verdict = world.bucket(world.fleet.limits.batch, "batch", subscription)
    if not verdict.passes:
        world.throttled["batch", subscription] += 1
        message = (
            f"Too many requests for subscription '{subscription}'. "
            f"Please try again after '{verdict.retry_after}' seconds."
        )
        raise Refused(
            wrapped(429, "TooManyRequests", message).also({"retry-after": str(verdict.retry_after)})
        )
    return batch.answer(world, request, subscription, version)
