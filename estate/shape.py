"""Is every key and value what the model takes? pydantic decides; this file finds words and the place."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from estate.findings import Finding
from estate.include import UNKNOWN_VERSION
from estate.keys import EACH, Key, with_article
from estate.locate import Spot, locate
from estate.model import API_VERSION, RESERVED, Cluster, Estate
from estate.problems import finding
from estate.spelling import SHOWN, shown
from estate.suggest import closest, offer
from estate.tree import Items, Mapping, Node, Path, Scalar, called, plain


def validate(tree: Mapping) -> tuple[Estate | None, list[Finding]]:
    """The typed estate, or None and everything that is wrong with its shape.

    A node with a wrong value is marked as broken, so that nothing more is said about it.
    """
    estate, errors = _errors(Estate, plain(tree), ())
    defaults = locate(tree, ("defaults", "cluster"))
    if not defaults.missing and isinstance(defaults.node, Mapping):
        # Rows like others, but they need not be whole.
        _, more = _errors(Cluster, plain(defaults.node), ("defaults", "cluster"))
        errors += [error for error in more if error["type"] != "missing"]
    misspelt = {_meant(error, tree) for error in errors if error["type"] == "extra_forbidden"}
    found = []
    for error in errors:
        if error["type"] != "missing" or _wanted(error, tree) not in misspelt:
            found += _findings(error, tree)
    return (estate if isinstance(estate, Estate) and not errors else None), found


def _errors(
    model: type[BaseModel], data: Any, at: tuple[str | int, ...]
) -> tuple[BaseModel | None, list[ErrorDetails]]:
    try:
        return model.model_validate(data, by_alias=True, by_name=False), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
        for row in errors:
            row["loc"] = (*at, *row["loc"])
        return None, errors


def _meant(error: ErrorDetails, tree: Mapping) -> Path:
    """The path that a misspelt key was likely meant to have."""
    spot = locate(tree, error["loc"])
    return (*spot.path[:-1], closest(str(spot.path[-1]), spot.parent.children if spot.parent else ()))


def _wanted(error: ErrorDetails, tree: Mapping) -> Path:
    spot = locate(tree, error["loc"])
    return (*spot.path, spot.missing)


def _findings(error: ErrorDetails, tree: Mapping) -> list[Finding]:
    kind, steps = error["type"], error["loc"]
    spot = locate(tree, steps)
    if kind in ("missing", "union_tag_not_found"):
        return [] if spot.node.broken else [_missing(spot)]
    if kind == "extra_forbidden":
        return [_unknown(spot, str(steps[-1]))]
    if kind == "union_tag_invalid":
        spot = locate(tree, (*steps, "kind"))
    at_key = steps[-1] == "[key]"
    if spot.node.broken and not at_key:
        return []
    if "-" in kind:
        context = error.get("ctx", {})
        code, message, fix = kind, str(context.get("message", "")), str(context.get("fix", ""))
    else:
        code, message, fix = _VALUES.get(kind, _wrong_type)(spot, error)
    if at_key:
        # A key that holds a secret is not shown as a path either.
        path = spot.path[:-1] if code == "literal-secret" else spot.path
        return [finding(code, spot.key_position, message, fix, path)]
    spot.node.broken = True
    return [finding(code, spot.node.position, message, fix, spot.path)]


def _missing(spot: Spot) -> Finding:
    name = spot.missing or "kind"
    key = spot.key.children.get(name) if spot.key else None
    path = (*spot.path, name)
    if path == ("apiVersion",):
        message, fix = "the key apiVersion is missing", "add apiVersion: singlepane/v1 as the first line"
        return finding("api-version-missing", spot.key_position, message, fix, path)
    message, fix = f"the key {name} is missing", f"add it: {_words(key)}"
    return finding("missing-key", spot.key_position, message, fix, path)


def _words(key: Key | None) -> str:
    """What a key is for, or its legal values where they are few."""
    if key is None:
        return "see `singlepane estate explain`"
    if key.allowed:
        return " or ".join(key.allowed)
    return key.docs.split("\n", 1)[0].split(". ", 1)[0].rstrip(".")


def _unknown(spot: Spot, name: str) -> Finding:
    if spot.path == (name,) and name in RESERVED:
        message = f"the key {name} is kept for a module that is not there yet"
        return finding("reserved", spot.key_position, message, "remove it for now", spot.path)
    legal = spot.parent.children if spot.parent else {}
    fix = offer(name, legal, "remove it")
    return finding(
        "unknown-key", spot.key_position, f"{shown(name)} is not a key that may stand here", fix, spot.path
    )


def _belongs(key: Key | None) -> str:
    """What a key takes, as the end of a sentence."""
    if key is None:
        return "another value"
    if key.shape == "row":
        return f"its keys below it: {', '.join(key.children)}"
    if key.shape == "map":
        return f"names as keys, and {with_article(key.children[EACH].kind)} under each"
    if key.shape == "list":
        return f"{key.allowed[0]}, or a list, such as [a, b]" if key.allowed else "a list, such as [a, b]"
    if key.allowed and not key.rule:
        return " or ".join(key.allowed)
    return f"{with_article(key.kind)} ({key.rule})" if key.rule else with_article(key.kind)


def _wrong_type(spot: Spot, error: ErrorDetails) -> tuple[str, str, str]:
    node = spot.node
    message = "the value is missing" if called(node) == "nothing" else f"this is {called(node)}"
    return "wrong-type", message, f"write {_belongs(spot.key)}"


def _text(spot: Spot, error: ErrorDetails) -> tuple[str, str, str]:
    node = spot.node
    if not isinstance(node, Scalar) or node.value is None:
        return _wrong_type(spot, error)
    text = node.text[:SHOWN]
    reading = called(node) if isinstance(node.value, bool) else f"the number {node.value!r:.{SHOWN}}"
    return "unquoted", f"{text} without quotes is {reading}, not text", f'write "{text}" with quotes'


def _number(spot: Spot, error: ErrorDetails) -> tuple[str, str, str]:
    node = spot.node
    if not isinstance(node, Scalar) or node.value is None:
        return _wrong_type(spot, error)
    kind = spot.key.kind if spot.key else "whole number"
    digits = r"[0-9]{1,9}" if kind == "whole number" else r"[0-9]{1,9}(\.[0-9]{1,9})?"
    if isinstance(node.value, str) and re.fullmatch(digits, node.text):
        return "wrong-type", f"{shown(node.text)} is text, not a number", f"write {node.text} without quotes"
    return "wrong-type", f"{shown(node.text)} is not {with_article(kind)}", f"write {_belongs(spot.key)}"


def _choice(spot: Spot, error: ErrorDetails) -> tuple[str, str, str]:
    node, legal = spot.node, spot.key.allowed if spot.key else ()
    if spot.path == ("apiVersion",):
        return _version(node)
    if not isinstance(node, Scalar) or node.value is None:
        return _wrong_type(spot, error)
    if spot.key and spot.key.shape == "list":
        return "not-allowed", f"{shown(node.text)} is not allowed here", f"write {_belongs(spot.key)}"
    return "not-allowed", f"{shown(node.text)} is not allowed here", offer(node.text, legal)


def _version(node: Node) -> tuple[str, str, str]:
    if called(node) == "nothing":
        return "api-version-missing", "the value is missing", f"write {API_VERSION}"
    written = shown(node.text) if isinstance(node, Scalar) else f"this is {called(node)}, which"
    return "api-version-unknown", f"{written} {UNKNOWN_VERSION}", f"write {API_VERSION}"


def _range(spot: Spot, error: ErrorDetails) -> tuple[str, str, str]:
    return "out-of-range", f"{shown(error['input'])} is out of range", f"write {_belongs(spot.key)}"


def _empty(spot: Spot, error: ErrorDetails) -> tuple[str, str, str]:
    what = {Mapping: "group of keys", Items: "list"}.get(type(spot.node), "text")
    fix = "write some" if what == "text" else "add an entry"
    return "empty", f"this {what} is empty", fix if spot.key and spot.key.required else f"{fix}, or remove it"


# By pydantic's names of errors: https://docs.pydantic.dev/latest/errors/validation_errors/
_VALUES: dict[str, Callable[[Spot, ErrorDetails], tuple[str, str, str]]] = {
    "string_type": _text,
    "int_type": _number,
    "int_from_float": _number,
    "float_type": _number,
    "finite_number": _range,
    "literal_error": _choice,
    "union_tag_invalid": _choice,
    "greater_than": _range,
    "greater_than_equal": _range,
    "less_than_equal": _range,
    "too_short": _empty,
    "string_too_short": _empty,
}
