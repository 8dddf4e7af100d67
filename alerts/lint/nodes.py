"""YAML as a tree of nodes, each with the place where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from alerts.lint.values import Word
from estate.findings import Finding, Position
from estate.syntax import syntax_finding

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# A rule lies seven levels deep in a list of objects. What makes nodes of events goes down a level for each.
_DEEPEST = 50


def documents(text: str, file: str) -> list[yaml.Node] | Finding:
    """The documents of a text that hold something, or why there are none to be had."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                mark = event.start_mark
                here = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file)
                message = f"this lies deeper than {_DEEPEST} levels"
                return Finding("", "error", here, "", message, "is it a file of rules?")
        found = yaml.compose_all(text, Loader=_LOADER)
        return [node for node in found if node is not None and not _empty(node)]
    except yaml.YAMLError as error:
        return syntax_finding(error, text, file)
    except (ValueError, OverflowError):
        # The pure Python parser lets an escape for a character beyond Unicode through to chr().
        return syntax_finding(yaml.YAMLError(), text, file)


def place(file: str, node: yaml.Node) -> Position:
    """Where a node begins."""
    return Position(file, node.start_mark.line + 1, node.start_mark.column + 1)


def entries(node: yaml.Node | None) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """Keys and values of a mapping; none of what is none."""
    if isinstance(node, yaml.MappingNode):
        yield from ((key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode))


def child(node: yaml.Node | None, key: str) -> yaml.Node | None:
    """What a mapping has under a key."""
    return next((value for name, value in entries(node) if name.value == key), None)


def items(node: yaml.Node | None) -> list[yaml.Node]:
    """What is in a sequence; nothing of what is none."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def scalar(node: yaml.Node | None) -> str:
    """The text of a scalar; nothing of what is none."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def words(node: yaml.Node | None, file: str) -> dict[str, Word]:
    """A mapping of texts, such as labels."""
    return {key.value: Word(scalar(value), place(file, key)) for key, value in entries(node)}


def _empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.value
