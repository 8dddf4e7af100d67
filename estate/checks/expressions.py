"""JMESPath in rows: it compiles, calls what there is, and compares what has an order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import jmespath
from jmespath.exceptions import EmptyExpressionError, LexerError, ParseError
from jmespath.functions import Functions

from estate.problems import Problem
from estate.spelling import shown
from estate.suggest import offer
from estate.tree import Path

LONGEST = 1_000
_ORDERED = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
# What never gives a text: https://jmespath.org/specification.html
_NOT_TEXT = frozenset(
    {"abs", "avg", "ceil", "contains", "ends_with", "floor", "keys", "length", "map", "merge", "sort"}
    | {"starts_with", "sum", "to_array", "to_number", "values"}
)
_STRUCTURES = frozenset(
    {"comparator", "not_expression", "multi_select_list", "multi_select_dict", "projection", "flatten"}
    | {"filter_projection", "value_projection", "slice"}
)
# Their last part is what they give.
_STEPS = ("pipe", "subexpression")
_DIGITS = re.compile(r"\s*[-+]?[\d.]")


def expression(text: str | None, path: Path) -> Iterator[Problem]:
    """What is wrong with an expression. None is one that is missing."""
    if text is None:
        return
    code, fix = "jmespath-invalid", "see https://jmespath.org/tutorial.html"
    if len(text) > LONGEST:
        yield Problem(code, path, f"a JMESPath has at most {LONGEST:,} characters", "take a shorter one")
        return
    try:
        parsed = jmespath.compile(text).parsed
        nodes = list(_nodes(parsed))
    except RecursionError:
        yield Problem(code, path, f"{shown(text)} is nested too deep", "take a simpler one")
        return
    except ValueError as error:
        yield Problem(code, path, f"{shown(text)} is not a JMESPath: {_reason(error)}", fix)
        return
    for function in dict.fromkeys(node["value"] for node in nodes if node["type"] == "function_expression"):
        if function not in Functions.FUNCTION_TABLE:
            message = f"{shown(text)} calls {function}(), which JMESPath does not have"
            yield Problem(code, path, message, offer(function, sorted(Functions.FUNCTION_TABLE), fix))
    for sign in dict.fromkeys(_ORDERED[node["value"]] for node in nodes if _orders_texts(node)):
        message = (
            f"both sides of {sign} in {shown(text)} may be texts, which are ordered letter by letter: "
            "'10' is below '9'"
        )
        yield Problem(
            "jmespath-text-order", path, message, "put to_number() around both where numbers are meant"
        )


def last_key(text: str) -> str:
    """The key that a path ends in, also inside `to_number()`: `a.loadPercent` -> loadPercent. Empty for any
    other expression, and for what is none.
    """
    if len(text) > LONGEST:
        return ""
    try:
        node: Mapping[str, Any] = jmespath.compile(text).parsed
    except (RecursionError, ValueError):
        return ""
    while node["children"] and (node["type"] in _STEPS or node.get("value") == "to_number"):
        node = node["children"][-1]
    return str(node["value"]) if node["type"] == "field" else ""


def _reason(error: ValueError) -> str:
    if isinstance(error, EmptyExpressionError):
        return "it is empty"
    if isinstance(error, LexerError):
        return f"at character {error.lexer_position + 1}, {error.message[:1].lower()}{error.message[1:80]}"
    if isinstance(error, ParseError) and error.token_value:
        return f"at character {error.lex_position + 1}, {shown(error.token_value)} means nothing"
    return "it ends too early"


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for part in node["children"]:
        if isinstance(part, dict):
            yield from _nodes(part)


def _orders_texts(node: Mapping[str, Any]) -> bool:
    """Whether a node is an ordering whose sides may both be texts that look like numbers."""
    if node["type"] != "comparator" or node["value"] not in _ORDERED:
        return False
    sides = node["children"]
    if not all(map(_may_be_text, sides)):
        return False
    # A day or a name as a literal is meant as text.
    literals = [side["value"] for side in sides if side["type"] == "literal"]
    return all(_DIGITS.match(each) and not _is_day(each) for each in literals)


def _may_be_text(node: Mapping[str, Any]) -> bool:
    match node["type"]:
        case "literal":
            return isinstance(node["value"], str)
        case "function_expression":
            return node["value"] not in _NOT_TEXT
        case "or_expression" | "and_expression":
            return any(map(_may_be_text, node["children"]))
        case type if type in _STEPS:
            return _may_be_text(node["children"][-1])
    return node["type"] not in _STRUCTURES


def _is_day(text: str) -> bool:
    """Dates as ISO 8601 writes them are ordered as texts are."""
    return re.match(r"\d{4}-\d{2}", text) is not None
