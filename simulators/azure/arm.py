"""ARM (`management.azure.com`): who may ask what, at which pace, and which document answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from simulators.azure import definitions, graph, listings, metrics
from simulators.azure.admission import resource, subscription, subscription_read, tenant_read, throttled
from simulators.azure.catalogue import ResourceType
from simulators.azure.fleet import Principal
from simulators.azure.replies import Refused, Reply, Request, api_version, bare, gateway, wrapped
from simulators.azure.tokens import ARM, Claims, caller, forbidden, may, sees
from simulators.azure.world import World

Handler = Callable[[World, Request, "re.Match[str]", Claims, Principal], Reply]


def answer(world: World, request: Request) -> tuple[str, Reply]:
    """The name of the API that a request meant, and its reply."""
    for name, methods, pattern, handler in ROUTES:
        match = pattern.fullmatch(request.path)
        if match is None:
            continue
        try:
            claims, principal = caller(world, request, ARM)
            if request.method not in methods:
                raise Refused(
                    gateway(405, "MethodNotAllowed", f"The HTTP method '{request.method}' is not supported.")
                )
            return name, handler(world, request, match, claims, principal)
        except Refused as refused:
            return name, refused.reply
    return "unknown", gateway(
        404, "InvalidResourceType", f"The path '{request.path}' is not one the simulator serves."
    )


def _subscriptions(
    world: World, request: Request, _: re.Match[str], claims: Claims, principal: Principal
) -> Reply:
    api_version(request, listings.SUBSCRIPTION_VERSIONS, "'/subscriptions'")
    headers = tenant_read(world, claims)
    seen = [
        one
        for one in world.inventory.subscriptions.values()
        if one.tenant_id == claims.tid and sees(world, principal, one.id)
    ]
    body = {
        "value": [listings.subscription(one) for one in seen],
        "count": {"type": "Total", "value": len(seen)},
    }
    return Reply(200, body, headers)


def _subscription(
    world: World, request: Request, match: re.Match[str], claims: Claims, principal: Principal
) -> Reply:
    api_version(request, listings.SUBSCRIPTION_VERSIONS, "'/subscriptions'")
    one = subscription(world, match["subscription"], claims)
    headers = subscription_read(world, one, claims, "GET/SUBSCRIPTIONS")
    if not sees(world, principal, one.id):
        raise Refused(forbidden(claims, "Microsoft.Resources/subscriptions/read", f"/subscriptions/{one.id}"))
    return Reply(200, listings.subscription(one), headers)


def _resources(
    world: World, request: Request, match: re.Match[str], claims: Claims, principal: Principal
) -> Reply:
    api_version(request, listings.RESOURCE_VERSIONS, "'/subscriptions/resources'")
    one = subscription(world, match["subscription"], claims)
    headers = subscription_read(world, one, claims, "GET/SUBSCRIPTIONS/RESOURCES")
    action = "Microsoft.Resources/subscriptions/resources/read"
    if not may(world, principal, one.id, action):
        raise Refused(forbidden(claims, action, f"/subscriptions/{one.id}"))
    found = list(world.inventory.within(one.id, world.clock.now()))
    group = match["group"]
    if group is not None:
        found = [resource for resource in found if resource.resource_group.lower() == group.lower()]
        if not found:
            raise Refused(
                gateway(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")
            )
    return listings.resources(world, request, found).also(headers)


def _graph(world: World, request: Request, _: re.Match[str], claims: Claims, principal: Principal) -> Reply:
    version = api_version(request, graph.VERSIONS, "'Microsoft.ResourceGraph/resources'")
    verdict = world.window(world.fleet.limits.graph, "graph", claims.tid, claims.appid)
    left = max(0, round(verdict.resets_after))
    quota = {
        "x-ms-user-quota-remaining": str(verdict.remaining),
        "x-ms-user-quota-resets-after": f"00:00:{left:02}",
        "x-ms-ratelimit-remaining-tenant-resource-requests": str(verdict.remaining),
    }
    if not verdict.passes:
        world.throttled["graph", claims.tid] += 1
        message = (
            "Client application has been throttled and should not attempt to repeat the request until an "
            "amount of time has elapsed. Please see https://aka.ms/resourcegraph-throttling for help."
        )
        raise Refused(
            wrapped(429, "RateLimiting", message).also({**quota, "retry-after": str(verdict.retry_after)})
        )
    return graph.answer(world, request, claims, principal, version).also(quota)


def _definitions(
    world: World, request: Request, match: re.Match[str], claims: Claims, principal: Principal
) -> Reply:
    version = api_version(request, definitions.VERSIONS, "'Microsoft.Insights/metricDefinitions'")
    one = subscription(world, match["subscription"], claims)
    headers = subscription_read(world, one, claims, "GET/SUBSCRIPTIONS/RESOURCEGROUPS/PROVIDERS")
    action = "Microsoft.Insights/metricDefinitions/read"
    scope = match["scope"]
    if not may(world, principal, one.id, action):
        raise Refused(forbidden(claims, action, scope))
    window = world.fleet.limits.definitions
    verdict = world.window(window, "definitions", claims.appid)
    if not verdict.passes:
        hours, rest = divmod(int(window.seconds), 3600)
        span = f"{hours:02}:{rest // 60:02}:{rest % 60:02}"
        what = (
            f"Number of requests for action '{action}' exceeded the limit of '{window.calls}' "
            f"for time interval '{span}'."
        )
        raise throttled(world, ("definitions", one.id), "ResourceRequestsThrottled", what, verdict)
    asked = request.query.get("metricnamespace", "")
    if match["resource"] is None:
        kind = _region_type(world, request, asked)
        return Reply(
            200, definitions.of(kind, f"/subscriptions/{one.id}", version), headers, "application/json"
        )
    found = resource(world, scope)
    if asked and asked.lower() != found.type.key:
        return Reply(200, {"value": []}, headers)
    return Reply(200, definitions.of(found.type, found.id, version, found.lacks), headers)


def _metrics(
    world: World, request: Request, match: re.Match[str], claims: Claims, principal: Principal
) -> Reply:
    version = api_version(request, metrics.VERSIONS, "'Microsoft.Insights/metrics'")
    one = subscription(world, match["subscription"], claims)
    headers = subscription_read(world, one, claims, "GET/SUBSCRIPTIONS/RESOURCEGROUPS/PROVIDERS")
    if not may(world, principal, one.id, "Microsoft.Insights/metrics/read"):
        raise Refused(forbidden(claims, "Microsoft.Insights/metrics/read", match["scope"]))
    found = resource(world, match["scope"])
    refusal = world.fleet.refuses.says("resource", found.type.key)
    if refusal:
        raise Refused(bare(400, "BadRequest", refusal))
    return metrics.of_resource(world, found, request.query, version).also(headers)


def _subscription_metrics(
    world: World, request: Request, match: re.Match[str], claims: Claims, principal: Principal
) -> Reply:
    api_version(request, metrics.SUBSCRIPTION_VERSIONS, "'Microsoft.Insights/metrics' at subscription scope")
    one = subscription(world, match["subscription"], claims)
    headers = subscription_read(world, one, claims, "GET/SUBSCRIPTIONS/PROVIDERS")
    if not may(world, principal, one.id, "Microsoft.Insights/metrics/read"):
        raise Refused(forbidden(claims, "Microsoft.Insights/metrics/read", match["scope"]))
    query = _with_body(request)
    if not query.get("region"):
        raise Refused(wrapped(400, "BadRequest", "Missing required region params"))
    kind = _region_type(world, request, query.get("metricnamespace", ""))
    refusal = world.fleet.refuses.says("subscription", kind.key)
    if refusal:
        raise Refused(wrapped(400, "BadRequest", refusal))
    now = world.clock.now()
    found = [
        each
        for each in world.inventory.resources.values()
        if each.type is kind
        and each.subscription.id == one.id
        and each.region == query["region"].lower()
        and each.lives(now)
    ]
    return metrics.of_subscription(world, found, kind, query, f"/subscriptions/{one.id}").also(headers)


# Keys of the POST body by their name in the query of a GET.
_BODY = {
    "timespan": "timespan",
    "interval": "interval",
    "metricNames": "metricnames",
    "aggregation": "aggregation",
    "filter": "$filter",
    "top": "top",
    "orderBy": "orderby",
    "rollUpBy": "rollupby",
    "resultType": "resulttype",
    "metricNamespace": "metricnamespace",
    "autoAdjustTimegrain": "autoadjusttimegrain",
    "validateDimensions": "validatedimensions",
}


def _with_body(request: Request) -> Mapping[str, str]:
    """The parameters of a GET, or of a POST's query and body together; none may be in both places."""
    if request.method == "GET":
        return request.query
    body = request.json()
    if not isinstance(body, Mapping):
        raise Refused(wrapped(400, "BadRequest", "The request body must be an object."))
    given: dict[str, str] = dict(request.query)
    for key, value in body.items():
        name = _BODY.get(key)
        if name is None:
            raise Refused(wrapped(400, "BadRequest", f"Could not find member '{key}' on the request body."))
        if name in given:
            raise Refused(
                wrapped(400, "BadRequest", f"Parameter '{key}' is given in both the query and the body.")
            )
        given[name] = _text(value)
    return given


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _region_type(world: World, request: Request, namespace: str) -> ResourceType:
    if not request.query.get("region"):
        raise Refused(wrapped(400, "BadRequest", "Missing required region params"))
    kind = world.inventory.types.get(namespace.lower())
    if kind is None:
        message = (
            f"Metric namespace '{namespace}' is not supported."
            if namespace
            else "Missing required parameter: metricnamespace."
        )
        raise Refused(wrapped(400, "BadRequest", message))
    return kind


def _route(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_SUBSCRIPTION = r"/subscriptions/(?P<subscription>[^/]+)"
_RESOURCE = (
    rf"(?P<scope>{_SUBSCRIPTION}(?P<resource>/resourceGroups/[^/]+/providers/[^/]+(?:/[^/]+/[^/]+)+?))"
)
_INSIGHTS = "/providers/microsoft.insights"

ROUTES: tuple[tuple[str, tuple[str, ...], re.Pattern[str], Handler], ...] = (
    ("graph", ("POST",), _route("/providers/microsoft.resourcegraph/resources"), _graph),
    ("metrics", ("GET",), _route(rf"{_RESOURCE}{_INSIGHTS}/metrics"), _metrics),
    ("definitions", ("GET",), _route(rf"{_RESOURCE}{_INSIGHTS}/metricdefinitions"), _definitions),
    (
        "metrics-subscription",
        ("GET", "POST"),
        _route(rf"(?P<scope>{_SUBSCRIPTION}){_INSIGHTS}/metrics"),
        _subscription_metrics,
    ),
    (
        "definitions",
        ("GET",),
        _route(rf"(?P<scope>{_SUBSCRIPTION})(?P<resource>(?!)x)?{_INSIGHTS}/metricdefinitions"),
        _definitions,
    ),
    (
        "resources",
        ("GET",),
        _route(rf"{_SUBSCRIPTION}(?:/resourceGroups/(?P<group>[^/]+))?/resources"),
        _resources,
    ),
    ("subscriptions", ("GET",), _route(r"/subscriptions/?"), _subscriptions),
    ("subscriptions", ("GET",), _route(rf"{_SUBSCRIPTION}/?"), _subscription),
)
