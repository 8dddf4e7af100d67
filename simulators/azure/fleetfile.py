"""Reading a fleet file: every problem with its line and column, all at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import ValidationError

from simulators.azure.fleet import Fleet
from simulators.azure.fleet_types import types_of
from simulators.azure.inventory import Inventory


class FleetError(Exception):
    """A fleet file cannot be used. `problems` are sentences that begin with `file:line:column`."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(path: Path) -> Fleet:
    """The fleet of a file. Raises FleetError with every problem found."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise FleetError((f"{path}: cannot be read: {reason}",)) from None
    return parse(text, str(path))


def parse(text: str, name: str) -> Fleet:
    """The fleet of a YAML text; `name` is what messages call it. Raises FleetError."""
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise FleetError((f"{where}: not YAML: {error.problem}",)) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise FleetError((f"{name}: not YAML: {str(error).splitlines()[0]}",)) from None
    twice = tuple(_duplicates(tree, name, set()))
    if twice:
        raise FleetError(twice)
    if not isinstance(data, dict):
        raise FleetError(
            (f"{name}:1:1: a fleet file is a mapping with apiVersion, tenants and subscriptions",)
        )
    try:
        fleet = Fleet.model_validate(data)
    except ValidationError as error:
        problems = (
            f"{_place(tree, name, one['loc'])}: {_path(one['loc'])}{one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        )
        raise FleetError(tuple(dict.fromkeys(problems))) from None
    unknown = _unknown_types(fleet, tree, name)
    if unknown:
        raise FleetError(unknown)
    several = dict.fromkeys(Inventory(fleet, 0.0).twice)
    if several:
        raise FleetError(tuple(f"{name}: several rows make the resource {one}" for one in several))
    return fleet


def _unknown_types(fleet: Fleet, tree: yaml.Node | None, name: str) -> tuple[str, ...]:
    known = types_of(fleet)
    problems = []
    for subscription, row in fleet.subscriptions.items():
        for index, group in enumerate(row.resources):
            if group.type.lower() not in known:
                loc = ("subscriptions", subscription, "resources", index, "type")
                problems.append(
                    f"{_place(tree, name, loc)}: {_path(loc)}no metrics are known for type {group.type!r}; "
                    "describe it under `types`, or use one of "
                    + ", ".join(sorted(t.name for t in known.values()))
                )
    return tuple(problems)


def _duplicates(node: yaml.Node | None, name: str, seen: set[int]) -> Iterator[str]:
    """Keys that a mapping has twice: YAML would keep the last of them and say nothing."""
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        keys = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in keys:
                mark = key.start_mark
                yield f"{name}:{mark.line + 1}:{mark.column + 1}: the key {key.value!r} is given twice"
            if isinstance(key, yaml.ScalarNode):
                keys.add(key.value)
            yield from _duplicates(value, name, seen)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _duplicates(value, name, seen)


def _path(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc) + ": " if loc else ""


def _place(tree: yaml.Node | None, name: str, loc: tuple[int | str, ...]) -> str:
    """`file:line:column` of the deepest node on the way to `loc` that the file has."""
    node = tree
    mark = tree.start_mark if tree else None
    for part in loc:
        step = _child(node, part)
        if step is None:
            break
        key, node = step
        mark = key.start_mark
    return f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name


def _child(node: yaml.Node | None, part: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if str(key.value) == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None
