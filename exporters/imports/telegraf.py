"""Telegraf's `[[inputs.azure_monitor]]`.

Contract: https://github.com/influxdata/telegraf/blob/master/plugins/inputs/azure_monitor/README.md.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from estate.errors import UsageError
from estate.tree import Path
from exporters.imports.reading import AGGREGATIONS, REFERENCE, Reading, Wish, identified

_KEYS = [
    "subscription_id",
    "client_id",
    "client_secret",
    "tenant_id",
    "cloud_option",
    "interval",
    "resource_target",
    "resource_group_target",
    "subscription_target",
]
_CLOUDS = {"AzurePublic": "public", "AzureChina": "china", "AzureGovernment": "usgov"}


def read(text: str, file: str) -> Reading:
    """What a Telegraf configuration asks for. Raises UsageError."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file} is no TOML: {error}", "telegraf config check FILE names the line") from None
    reading = Reading(lambda path: f"{file}: {_spoken(path)}")
    inputs = reading.mapping(tree.get("inputs"), ("inputs",))
    blocks = reading.items(inputs.get("azure_monitor"), ("inputs", "azure_monitor"))
    if not blocks:
        raise UsageError(f"{file} has no [[inputs.azure_monitor]]", "name the file that has the block")
    agent = reading.mapping(tree.get("agent"), ("agent",))
    for index, block in enumerate(blocks):
        _block(reading, reading.mapping(block, ("inputs", "azure_monitor", index)), agent, index)
    return reading


def _spoken(path: Path) -> str:
    return ".".join(f"[{each}]" if isinstance(each, int) else each for each in path).replace(".[", "[")


def _block(reading: Reading, block: dict[str, Any], agent: dict[str, Any], index: int) -> None:
    path: Path = ("inputs", "azure_monitor", index)
    subscription = reading.id(block.get("subscription_id"), (*path, "subscription_id"))
    tenant = reading.id(block["tenant_id"], (*path, "tenant_id")) if block.get("tenant_id") else ""
    identity = "workload"
    if block.get("client_secret"):
        identity = REFERENCE
        reading.leave((*path, "client_secret"), "a secret is not copied: set AZURE_CLIENT_SECRET to it")
    if block.get("client_id"):
        client = reading.id(block["client_id"], (*path, "client_id"))
        if reading.azure.setdefault("client_id", client) != client:
            reading.leave((*path, "client_id"), "another client id: one process signs in as one identity")
    cloud = reading.cloud(block.get("cloud_option"), (*path, "cloud_option"), _CLOUDS)
    poll = _poll(reading, block.get("interval", agent.get("interval", "1m")), (*path, "interval"))
    reading.leave_rest(block, path, _KEYS)
    common = {
        "subscription": subscription,
        "tenant": tenant,
        "identity": identity,
        "poll": poll,
        "cloud": cloud,
    }
    for number, target in enumerate(_targets(reading, block, "resource_target", path)):
        at: Path = (*path, "resource_target", number)
        id = reading.text(target.get("resource_id"), (*at, "resource_id"))
        _, group, type, name = identified(reading, id, (*at, "resource_id"))
        reading.leave_rest(target, at, ("resource_id", "metrics", "aggregations"))
        _wish(reading, target, at, type=type, groups=(group,), names=(name,), **common)
    for number, target in enumerate(_targets(reading, block, "resource_group_target", path)):
        at = (*path, "resource_group_target", number)
        group = reading.text(target.get("resource_group"), (*at, "resource_group"))
        reading.leave_rest(target, at, ("resource_group", "resource"))
        for place, one in enumerate(_targets(reading, target, "resource", at)):
            _of_type(reading, one, (*at, "resource", place), groups=(group,), **common)
    for number, target in enumerate(_targets(reading, block, "subscription_target", path)):
        _of_type(reading, target, (*path, "subscription_target", number), **common)


def _targets(reading: Reading, block: dict[str, Any], key: str, path: Path) -> list[dict[str, Any]]:
    found = reading.items(block.get(key), (*path, key))
    return [reading.mapping(each, (*path, key, number)) for number, each in enumerate(found)]


def _of_type(reading: Reading, target: dict[str, Any], path: Path, **common: Any) -> None:
    type = reading.type(target.get("resource_type"), (*path, "resource_type"))
    reading.leave_rest(target, path, ("resource_type", "metrics", "aggregations"))
    _wish(reading, target, path, type=type, **common)


def _wish(reading: Reading, target: dict[str, Any], path: Path, **common: Any) -> None:
    metrics = reading.items(target.get("metrics"), (*path, "metrics"))
    if not metrics:
        reading.leave((*path, "metrics"), "all metrics of a type cannot be asked for: name them")
    asked = reading.items(target.get("aggregations"), (*path, "aggregations"))
    aggregations = tuple(
        reading.aggregation(each, (*path, "aggregations", place)) for place, each in enumerate(asked)
    )
    for place, metric in enumerate(metrics):
        name = reading.text(metric, (*path, "metrics", place))
        reading.wishes.append(Wish(metric=name, aggregations=aggregations or AGGREGATIONS, **common))


def _poll(reading: Reading, found: Any, path: Path) -> str:
    """Telegraf's default of 10 s makes no sense for Azure, whose shortest interval is a minute."""
    match = re.fullmatch(r"(\d+)([smh])", str(found))
    if match is None or (match[2] == "s" and int(match[1]) < 60):
        reading.leave(path, f"{found} is not carried: fetched every minute")
        return "1m"
    return str(found)
