"""Telegraf's `[[inputs.azure_monitor]]`.

Contract: https://github.com/influxdata/telegraf/blob/master/plugins/inputs/azure_monitor/README.md and
https://github.com/influxdata/telegraf/blob/master/docs/CONFIGURATION.md.
"""

from __future__ import annotations

import tomllib
from typing import Any

from estate.errors import UsageError
from estate.tree import Path
from exporters.imports.placeholders import alone, default, placeholders, quoted, variable
from exporters.imports.reading import (
    AGGREGATIONS,
    REFERENCE,
    Reading,
    Wish,
    every,
    identified,
    series_of,
)
from exporters.imports.toml_places import line, lines

_KEYS = (
    "subscription_id",
    "client_id",
    "client_secret",
    "tenant_id",
    "cloud_option",
    "interval",
    "resource_target",
    "resource_group_target",
    "subscription_target",
    "alias",
    "log_level",
)
_CLOUDS = {"AzurePublic": "public", "AzureChina": "china", "AzureGovernment": "usgov"}
_FILTER = "not carried: what it leaves out is there, leave it out of metrics or by metric_relabel_configs"
_NAMED = "not carried: series are called as Azure's metrics are, rules and panels need those names"
_TAGGED = "not carried: series lack these labels, add them where Prometheus scrapes the exporter"
_TIMED = "not carried: the exporter spreads its calls over the interval by itself"
_LOSSES = {
    **dict.fromkeys(
        ("namepass", "namedrop", "fieldpass", "fielddrop", "fieldinclude", "fieldexclude", "metricpass"),
        _FILTER,
    ),
    **dict.fromkeys(("tagpass", "tagdrop", "taginclude", "tagexclude"), _FILTER),
    **dict.fromkeys(("name_override", "name_prefix", "name_suffix"), _NAMED),
    "tags": _TAGGED,
    **dict.fromkeys(("collection_jitter", "collection_offset", "precision"), _TIMED),
}


def read(text: str, file: str) -> Reading:
    """What a Telegraf configuration asks for. Raises UsageError."""
    # Telegraf takes a byte order mark, and fills in its variables before it reads the file.
    text = quoted(text.removeprefix("\ufeff"))
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file} is no TOML: {error}", "telegraf config check FILE names the line") from None
    places = lines(text)
    reading = Reading(lambda path: f"{file}:{line(places, path)}: {_spoken(path)}")
    inputs = reading.mapping(tree.get("inputs"), ("inputs",))
    blocks = reading.items(inputs.get("azure_monitor"), ("inputs", "azure_monitor"))
    if not blocks:
        raise UsageError(f"{file} has no [[inputs.azure_monitor]]", "name the file that has the block")
    agent = reading.mapping(tree.get("agent"), ("agent",))
    for index, block in enumerate(blocks):
        path: Path = ("inputs", "azure_monitor", index)
        _Block(reading, reading.mapping(block, path), agent, path).read()
    return reading


def _spoken(path: Path) -> str:
    return ".".join(f"[{each}]" if isinstance(each, int) else each for each in path).replace(".[", "[")


class _Block:
    """One `[[inputs.azure_monitor]]`."""

    def __init__(self, reading: Reading, block: dict[str, Any], agent: dict[str, Any], path: Path) -> None:
        self.reading = reading
        self.block = block
        self.path = path
        reading.leave_rest(block, path, _KEYS, _LOSSES)
        tenant = (*path, "tenant_id")
        self.common: dict[str, Any] = {
            "subscription": reading.id(block.get("subscription_id"), (*path, "subscription_id")),
            "tenant": reading.id(block["tenant_id"], tenant) if block.get("tenant_id") else "",
            "identity": self._identity(),
            "poll": self._poll(agent),
            "cloud": self._cloud(),
            "at": reading.where(path),
        }
        self._client()

    def read(self) -> None:
        """Add the wishes of its targets. Raises UsageError."""
        reading, path = self.reading, self.path
        for number, target in enumerate(self._targets(self.block, "resource_target", path)):
            self._resource(target, (*path, "resource_target", number))
        for number, target in enumerate(self._targets(self.block, "resource_group_target", path)):
            at: Path = (*path, "resource_group_target", number)
            group = reading.text(target.get("resource_group"), (*at, "resource_group"))
            reading.leave_rest(target, at, ("resource_group", "resource"), _LOSSES)
            for place, one in enumerate(self._targets(target, "resource", at)):
                self._of_type(one, (*at, "resource", place), groups=(group,))
        for number, target in enumerate(self._targets(self.block, "subscription_target", path)):
            self._of_type(target, (*path, "subscription_target", number))

    def _targets(self, found: dict[str, Any], key: str, path: Path) -> list[dict[str, Any]]:
        listed = self.reading.items(found.get(key), (*path, key))
        return [self.reading.mapping(each, (*path, key, number)) for number, each in enumerate(listed)]

    def _identity(self) -> str:
        found = self.block.get("client_secret")
        if not found:
            return "workload"
        name = variable(str(found))
        reference = f"env:{name}" if name else REFERENCE
        what = "the exporter reads this variable, too" if name else "a secret is not copied"
        self.reading.leave(
            (*self.path, "client_secret"),
            f"{what}: signing in fails until {reference.removeprefix('env:')} is set where it runs",
        )
        return reference

    def _client(self) -> None:
        found, at = self.block.get("client_id"), (*self.path, "client_id")
        if not found:
            return
        if word := placeholders(str(found)):
            self.reading.leave(
                at,
                f"{word} is not filled in here: set AZURE_CLIENT_ID where the exporter runs",
            )
            return
        client = self.reading.id(found, at)
        if self.reading.azure.setdefault("client_id", client) != client:
            self.reading.leave(
                at,
                "another client id is not carried: one process signs in as one application, or each tenant "
                "by a credential of its own",
            )

    def _cloud(self) -> str:
        found, at = self.block.get("cloud_option"), (*self.path, "cloud_option")
        if isinstance(found, str) and (word := placeholders(found)):
            found = default(found)
            self.reading.leave(at, f"{word} is not filled in here: {found or 'the public cloud'} is asked")
        return self.reading.cloud(found, at, _CLOUDS)

    def _poll(self, agent: dict[str, Any]) -> int:
        """Telegraf's default is 10 s, for everything."""
        if "interval" in self.block:
            return every(self.reading, self.block["interval"], (*self.path, "interval"))
        if "interval" in agent:
            return every(self.reading, agent["interval"], ("agent", "interval"))
        return every(self.reading, "10s", self.path)

    def _resource(self, target: dict[str, Any], at: Path) -> None:
        found = target.get("resource_id")
        if isinstance(found, str) and alone(found):
            self._unknown((*at, "resource_id"), found)
            return
        id = self.reading.text(found, (*at, "resource_id"))
        _, group, type, name = identified(self.reading, id, (*at, "resource_id"))
        self.reading.leave_rest(target, at, ("resource_id", "metrics", "aggregations"), _LOSSES)
        self._wish(target, at, type=type, groups=(group,), names=(name,))

    def _of_type(self, target: dict[str, Any], at: Path, **place: Any) -> None:
        found = target.get("resource_type")
        if isinstance(found, str) and placeholders(found):
            self._unknown((*at, "resource_type"), found)
            return
        type = self.reading.type(found, (*at, "resource_type"))
        self.reading.leave_rest(target, at, ("resource_type", "metrics", "aggregations"), _LOSSES)
        self._wish(target, at, type=type, **place)

    def _unknown(self, at: Path, found: str) -> None:
        word = placeholders(found)
        self.reading.leave(
            at, f"{word} is not filled in here: what it reads is left out, write its value and import"
        )

    def _wish(self, target: dict[str, Any], at: Path, **place: Any) -> None:
        reading = self.reading
        metrics = reading.items(target.get("metrics"), (*at, "metrics"))
        if not metrics:
            reading.leave(
                (*at, "metrics"), "all metrics of a type cannot be asked for, so nothing is read: name them"
            )
        asked = reading.items(target.get("aggregations"), (*at, "aggregations"))
        aggregations = []
        for number, each in enumerate(asked):
            if isinstance(each, str) and placeholders(each):
                self._unknown((*at, "aggregations"), each)
            else:
                aggregations.append(reading.aggregation(each, (*at, "aggregations", number)))
        for number, metric in enumerate(metrics):
            if isinstance(metric, str) and placeholders(metric):
                self._unknown((*at, "metrics"), metric)
                continue
            name = reading.text(metric, (*at, "metrics", number))
            wish = Wish(metric=name, aggregations=tuple(aggregations) or AGGREGATIONS, **place, **self.common)
            reading.wishes.append(wish)
        if metrics:
            measurement = f"azure_monitor_{place['type'].lower().replace('.', '_').replace('/', '_')}"
            reading.leave(at, series_of(f"{measurement}_…", [place["type"]]))
