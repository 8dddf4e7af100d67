"""The simulator's own side door under `/sim`: clock, faults, truth, calls. It takes no Azure token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from simulators.azure.faults import Fault
from simulators.azure.intervals import duration_seconds, instant, stamp
from simulators.azure.query import AGGREGATIONS
from simulators.azure.replies import Refused, Reply, Request, wrapped
from simulators.azure.truth import value
from simulators.azure.world import World

_FAULTS = TypeAdapter(list[Fault])


def answer(world: World, request: Request) -> Reply:
    """The reply to a request whose path begins with `/sim/`."""
    handler = HANDLERS.get((request.method, request.path.rstrip("/")))
    if handler is None and request.path.startswith("/sim/faults/") and request.method == "DELETE":
        return _lift(world, request)
    if handler is None:
        listed = ", ".join(f"{method} {path}" for method, path in HANDLERS)
        return wrapped(404, "NotFound", f"The simulator serves {listed}.")
    try:
        return handler(world, request)
    except Refused as refused:
        return refused.reply


def _bad(message: str) -> Refused:
    return Refused(wrapped(400, "BadRequest", message))


def _truth(world: World, request: Request) -> Reply:
    query = request.query
    resource = world.inventory.resources.get("/" + query.get("resource", "").strip("/").lower())
    if resource is None:
        raise Refused(
            wrapped(404, "ResourceNotFound", f"There never is a resource '{query.get('resource', '')}'.")
        )
    metric = resource.type.metrics.get(query.get("metric", "").lower())
    if metric is None:
        raise _bad(f"{resource.type.name} has no metric '{query.get('metric', '')}'.")
    aggregation = query.get("aggregation", metric.primary).lower()
    if aggregation not in AGGREGATIONS:
        raise _bad(f"'{aggregation}' is not one of {', '.join(AGGREGATIONS)}.")
    try:
        start = int(_time(query["time"]) // 60)
        minutes = duration_seconds(query.get("interval", "PT1M")) // 60
        count = int(query.get("count", "1"))
    except (KeyError, ValueError) as error:
        raise _bad(
            "`time` (ISO or epoch seconds) is needed, `interval` is a duration of minutes, `count` a number: "
            f"{error}"
        ) from None
    if not 1 <= minutes * count <= 100_000 or count < 1:
        raise _bad("`interval` times `count` must be from 1 to 100,000 minutes.")
    if start < (count - 1) * minutes:
        raise _bad("`time` must be after 1970, and so must all that `count` asks for.")
    of = resource.series(metric)
    parts = _dimensions(query.get("dimensions", ""))
    values = [value(of, aggregation, start - back * minutes, minutes, parts) for back in range(count)]
    settled = (start + minutes + metric.every + of.habit.lag + of.habit.late_minutes) * 60
    return Reply(
        200,
        {
            "resource": resource.id,
            "metric": metric.name,
            "aggregation": aggregation,
            "unit": metric.unit,
            "time": stamp(start * 60),
            "minutes": minutes,
            "value": values[0],
            "values": values,
            "settled": world.clock.now() >= settled,
        },
    )


def _time(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return instant(text)


def _dimensions(text: str) -> dict[str, str]:
    """`ApiName=GetBlob,GeoType=Primary`."""
    pairs = [pair.partition("=") for pair in text.split(",") if pair]
    if any(not equal for _, equal, _ in pairs):
        raise _bad("`dimensions` is written name=value,name=value.")
    return {name.strip(): one.strip() for name, _, one in pairs}


def _resources(world: World, request: Request) -> Reply:
    kind = request.query.get("type", "").lower()
    subscription = request.query.get("subscription", "").lower()
    now = world.clock.now()
    found = [
        {
            "id": one.id,
            "name": one.name,
            "type": one.type.name,
            "location": one.region,
            "resourceGroup": one.resource_group,
            "subscriptionId": one.subscription.id,
            "subscription": one.subscription.name,
            "listed": one.listed,
            "lives": one.lives(now),
        }
        for one in world.inventory.resources.values()
        if kind in ("", one.type.key)
        and subscription in ("", one.subscription.id, one.subscription.name.lower())
    ]
    return Reply(200, {"resources": found})


def _metrics(world: World, request: Request) -> Reply:
    kind = request.query.get("type", "").lower()
    type = next((one.type for one in world.inventory.resources.values() if one.type.key == kind), None)
    if type is None:
        raise Refused(wrapped(404, "NotFound", f"There never is a resource of the type '{kind}'."))
    found = [
        {"name": one.name, "unit": one.unit, "aggregations": one.aggregations, "primary": one.primary}
        for one in type.metrics.values()
    ]
    return Reply(200, {"type": type.name, "metrics": found})


def _delete(world: World, request: Request) -> Reply:
    body = _object(request)
    resource = world.inventory.resources.get("/" + str(body.get("id", "")).strip("/").lower())
    if resource is None:
        raise Refused(wrapped(404, "ResourceNotFound", f"There is no resource '{body.get('id', '')}'."))
    resource.deleted = world.clock.now()
    return Reply(200, {"id": resource.id, "deleted": stamp(resource.deleted)})


def _restore(world: World, request: Request) -> Reply:
    body = _object(request)
    resource = world.inventory.resources.get("/" + str(body.get("id", "")).strip("/").lower())
    if resource is None:
        raise Refused(wrapped(404, "ResourceNotFound", f"There never is a resource '{body.get('id', '')}'."))
    resource.deleted = None
    return Reply(200, {"id": resource.id})


def _clock(world: World, _: Request) -> Reply:
    now = world.clock.now()
    return Reply(200, {"mode": world.clock.mode, "now": stamp(now), "seconds": now})


def _set_clock(world: World, request: Request) -> Reply:
    body = _object(request)
    unknown = set(body) - {"mode", "set", "advance"}
    if unknown:
        raise _bad(f"Unknown keys {sorted(unknown)}; there are mode, set and advance.")
    if "set" in body and "advance" in body:
        raise _bad("Give `set` or `advance`, not both.")
    try:
        target = (
            _time(str(body["set"])) if "set" in body else world.clock.now() + float(body.get("advance", 0))
        )
    except (TypeError, ValueError):
        raise _bad("`set` is an ISO time or epoch seconds, `advance` a number of seconds.") from None
    match body.get("mode", world.clock.mode):
        case "manual":
            world.clock.stand()
        case "running":
            world.clock.run()
        case other:
            raise _bad(f"`mode` is manual or running, not {other!r}.")
    world.clock.jump(target)
    return _clock(world, request)


def _faults(world: World, _: Request) -> Reply:
    return Reply(200, {"faults": [one.document() for one in world.faults.ordered.values()]})


def _order(world: World, request: Request) -> Reply:
    body = request.json()
    try:
        faults = _FAULTS.validate_python(body if isinstance(body, list) else [body])
    except ValidationError as error:
        first = error.errors()[0]
        raise _bad(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None
    world.faults.order(faults, world.clock.now())
    return _faults(world, request)


def _lift(world: World, request: Request) -> Reply:
    return Reply(200, {"lifted": world.faults.lift(request.path.removeprefix("/sim/faults").strip("/"))})


def _revoke(world: World, _: Request) -> Reply:
    world.revoke()
    return Reply(200, {"revoked": world.tokens_issued})


def _calls(world: World, _: Request) -> Reply:
    calls = [
        {"api": api, "subscription": subscription, "status": status, "count": count}
        for (api, subscription, status), count in sorted(world.calls.items())
    ]
    limits = [
        {"limit": limit, "scope": scope, "count": count}
        for (limit, scope), count in sorted(world.throttled.items())
    ]
    return Reply(200, {"calls": calls, "throttled": limits, "tokens": world.tokens_issued})


def _forget_calls(world: World, request: Request) -> Reply:
    world.calls.clear()
    world.throttled.clear()
    return _calls(world, request)


def _object(request: Request) -> Mapping[str, Any]:
    body = request.json()
    if not isinstance(body, Mapping):
        raise _bad("The body must be an object.")
    return body


HANDLERS = {
    ("GET", "/sim/truth"): _truth,
    ("GET", "/sim/metrics"): _metrics,
    ("GET", "/sim/resources"): _resources,
    ("POST", "/sim/resources/delete"): _delete,
    ("POST", "/sim/resources/restore"): _restore,
    ("GET", "/sim/clock"): _clock,
    ("POST", "/sim/clock"): _set_clock,
    ("GET", "/sim/faults"): _faults,
    ("POST", "/sim/faults"): _order,
    ("DELETE", "/sim/faults"): _lift,
    ("POST", "/sim/tokens/revoke"): _revoke,
    ("GET", "/sim/calls"): _calls,
    ("DELETE", "/sim/calls"): _forget_calls,
}
