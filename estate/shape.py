"""Is every key and value what the model takes? pydantic decides; this file finds words and the place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from estate.findings import Finding
from estate.keys import Key
from estate.locate import Spot, locate
from estate.model import RESERVED, Cluster, Estate
from estate.problems import finding
from estate.spelling import shown
from estate.suggest import offer
from estate.tree import Mapping, Node, Scalar, called, plain


def validate(tree: Mapping) -> tuple[Estate | None, list[Finding]]:
    """The typed estate, or None and everything that is wrong with its shape.

    A node with a wrong value is marked as broken, so that nothing more is said about it.
    """
    found = _defaults(tree)
    estate, errors = _errors(Estate, plain(tree))
    for error in errors:
        found += _findings(error, tree, error["loc"])
    return (estate if isinstance(estate, Estate) and not found else None), found


def _errors(model: type[BaseModel], data: Any) -> tuple[BaseModel | None, list[ErrorDetails]]:
    try:
        return model.model_validate(data, by_alias=True, by_name=False), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _defaults(tree: Mapping) -> list[Finding]:
    """What is wrong with the rows of `defaults`: they are rows like others, but need not be whole."""
    node = locate(tree, ("defaults", "cluster"))
    if node.missing or not isinstance(node.node, Mapping):
        return []
    _, errors = _errors(Cluster, plain(node.node))
    found = []
    for error in errors:
        if error["type"] != "missing":
            found += _findings(error, tree, ("defaults", "cluster", *error["loc"]))
    return found


def _findings(error: ErrorDetails, tree: Mapping, steps: tuple[str | int, ...]) -> list[Finding]:
    kind = error["type"]
    spot = locate(tree, steps)
    if kind in ("missing", "union_tag_not_found"):
        return [_missing(spot)]
    if kind == "extra_forbidden":
        return [_unknown(spot, str(steps[-1]))]
    if kind == "union_tag_invalid":
        spot = locate(tree, (*steps, "kind"))
    if spot.node.broken and steps[-1] != "[key]":
        return []
    if "-" in kind:
        context = error.get("ctx", {})
        code, message, fix = kind, str(context.get("message", "")), str(context.get("fix", ""))
    else:
        code, message, fix = _VALUES.get(kind, _other)(spot, error)
    if steps[-1] == "[key]":
        return [finding(code, spot.key_position, message, fix, spot.path)]
    spot.node.broken = True
    return [finding(code, spot.node.position, message, fix, spot.path)]


def _missing(spot: Spot) -> Finding:
    name = spot.missing or "kind"
    key = spot.key.children.get(name) if spot.key else None
    path = (*spot.path, name)
    if path == ("apiVersion",):
        message, fix = "the key apiVersion is missing", "add apiVersion: singlepane/v1 as the first line"
        return finding("api-version-missing", spot.key_position, message, fix, path)
    words = _first_sentence(key.docs) if key else ""
    return finding(
        "missing-key", spot.key_position, f"the key {name} is missing", f"add {name}: {words}", path
    )


def _first_sentence(docs: str) -> str:
    return docs.split("\n", 1)[0].split(". ", 1)[0].rstrip(".")


def _unknown(spot: Spot, name: str) -> Finding:
    if spot.path == (name,) and name in RESERVED:
        message = f"the key {name} is kept for a module that is not there yet"
        return finding("reserved", spot.key_position, message, "remove it for now", spot.path)
    legal = spot.parent.children if spot.parent else {}
    fix = offer(name, legal, "remove it")
    return finding("unknown-key", spot.key_position, f"{shown(name)} is no key here", fix, spot.path)


def _belongs(key: Key | None) -> str:
    """What a key takes, as the end of a sentence."""
    if key is None:
        return "another value"
    if key.shape == "row":
        return f"its keys below it: {', '.join(key.children)}"
    rule = f" ({key.rule})" if key.rule else ""
    return f"{key.kind}{rule}" if not key.allowed else f"{key.kind}: {' or '.join(key.allowed)}"


def _stands(node: Node) -> str:
    return "no value stands here" if called(node) == "nothing" else f"{called(node)} stands here"


def _wrong_type(spot: Spot, error: ErrorDetails) -> tuple[str, str, str]:
    return "wrong-type", _stands(spot.node), f"write {_belongs(spot.key)}"


def _text(spot: Spot, error: ErrorDetails) -> tuple[str, str, str]:
    node = spot.node
    if isinstance(node, Scalar) and node.value is not None:
        return (
            "unquoted",
            f"{shown(node.text)[1:-1]} without quotes is {called(node)}, not text",
            f'write "{shown(node.text)[1:-1]}" with quotes',
        )
    return _wrong_type(spot, error)


def _number(spot: Spot, error: ErrorDetails) -> tuple[str, str, str]:
    node = spot.node
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.text.isdigit():
        return "wrong-type", f"{shown(node.text)} is text, not a number", f"write {node.text} without quotes"
    if isinstance(node, Scalar) and node.value is not None:
        return "wrong-type", f"{shown(node.value)} is no whole number", f"write {_belongs(spot.key)}"
    return _wrong_type(spot, error)


def _choice(spot: Spot, error: ErrorDetails) -> tuple[str, str, str]:
    node, legal = spot.node, spot.key.allowed if spot.key else ()
    if not isinstance(node, Scalar) or node.value is None:
        return _wrong_type(spot, error)
    code = "api-version-unknown" if spot.path == ("apiVersion",) else "not-allowed"
    return code, f"{shown(node.value)} is not allowed here", offer(node.text, legal)


def _range(spot: Spot, error: ErrorDetails) -> tuple[str, str, str]:
    return "out-of-range", f"{shown(error['input'])} is out of range", f"write {_belongs(spot.key)}"


def _empty(spot: Spot, error: ErrorDetails) -> tuple[str, str, str]:
    kind = {"too_short": called(spot.node)}.get(error["type"], "text")
    return "empty", f"{kind} without anything in it stands here", f"write {_belongs(spot.key)}"


def _other(spot: Spot, error: ErrorDetails) -> tuple[str, str, str]:
    return _wrong_type(spot, error)


# By pydantic's names of errors: https://docs.pydantic.dev/latest/errors/validation_errors/
_VALUES: dict[str, Callable[[Spot, ErrorDetails], tuple[str, str, str]]] = {
    "string_type": _text,
    "int_type": _number,
    "int_from_float": _number,
    "literal_error": _choice,
    "union_tag_invalid": _choice,
    "greater_than_equal": _range,
    "less_than_equal": _range,
    "too_short": _empty,
    "string_too_short": _empty,
}
