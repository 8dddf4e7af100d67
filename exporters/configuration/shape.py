"""From what pydantic says of a document to findings with their place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from estate.findings import Finding, Position
from estate.model import Row
from estate.parse import parse
from estate.problems import Problem, finding
from estate.source import Unreadable, read
from estate.spelling import SHOWN, shown
from estate.suggest import offer
from estate.tree import Mapping, Node, Path, Scalar, called, child, plain

Model = TypeVar("Model", bound=Row)


def opened(path: FilePath) -> tuple[Mapping | None, list[Finding]]:
    """The document of a file, None where there is none to go on with, and what was found on the way."""
    file = str(path)
    try:
        text, found = read(path, file)
    except Unreadable as unreadable:
        return None, [unreadable.found]
    tree, syntax = parse(text, file)
    found += syntax
    if isinstance(tree, Mapping):
        return tree, found
    if tree is not None:
        found.append(finding("not-a-mapping", tree.position, "the file is no group of keys"))
    return None, found


def validated(model: type[Model], tree: Mapping) -> tuple[Model | None, list[Finding]]:
    """The typed document, or None and everything that is wrong with its shape."""
    try:
        return model.model_validate(plain(tree), by_alias=True, by_name=False), []
    except ValidationError as error:
        return None, [_finding(each, tree, model) for each in error.errors(include_url=False)]


def placed(problem: Problem, tree: Mapping) -> Finding:
    """A problem with its place: of the key where it asks for that, else of the value."""
    node, key, path = _locate(tree, problem.path, tags=False)
    position = key if problem.at_key else node.position
    return finding(problem.code, position, problem.message, problem.fix, path)


def _finding(error: ErrorDetails, tree: Mapping, model: type[Row]) -> Finding:
    kind, steps = error["type"], error["loc"]
    if kind == "union_tag_invalid":
        steps = (*steps, "kind")
    node, key, path = _locate(tree, steps)
    context = error.get("ctx", {})
    if kind in ("missing", "union_tag_not_found"):
        name = str(steps[-1]) if kind == "missing" else "kind"
        return finding("missing-key", key, f"the key {name} is missing", f"add {name}", (*path, name))
    if kind == "extra_forbidden":
        name = str(steps[-1])
        legal = sorted(
            {
                field.alias or each
                for row in _rows_at(model, steps[:-1])
                for each, field in row.model_fields.items()
            }
        )
        fix = offer(name, legal, "remove it")
        return finding("unknown-key", key, f"{shown(name)} is no key here", fix, path)
    code, message, fix = _words(kind, context, node)
    position = key if steps[-1:] == ("[key]",) else node.position
    return finding(code, position, message, fix, path)


def _words(kind: str, context: dict[str, Any], node: Node) -> tuple[str, str, str]:
    """Code, sentence and fix of a wrong value."""
    if "-" in kind:
        # A rule of the estate's vocabulary: its type is the finding's code.
        return kind, str(context.get("message", "")), str(context.get("fix", ""))
    if kind in ("literal_error", "union_tag_invalid"):
        legal = _QUOTED.findall(str(context.get("expected") or context.get("expected_tags")))
        if not isinstance(node, Scalar) or node.value is None:
            return "wrong-type", f"{called(node)} stands here", f"write {' or '.join(legal)}"
        return "not-allowed", f"{shown(node.text)} is not allowed here", offer(node.text, legal)
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "finite_number"):
        bound = _bound(context)
        return "out-of-range", f"{shown(plain(node))} is out of range", f"write {bound}"
    if kind == "too_short":
        return "empty", f"{called(node)} without anything in it stands here", "write at least one entry"
    if kind == "string_too_short":
        return "empty", "a text without anything in it stands here", "write some, or remove it"
    if kind == "int_type" and isinstance(node, Scalar) and isinstance(node.value, str):
        fix = f"write {node.text} without quotes" if _DIGITS.fullmatch(node.text) else "write a whole number"
        return "wrong-type", f"{shown(node.text)} is text, not a whole number", fix
    if kind == "float_type" and isinstance(node, Scalar) and isinstance(node.value, str):
        fix = f"write {node.text} without quotes" if _DECIMAL.fullmatch(node.text) else "write a number"
        return "wrong-type", f"{shown(node.text)} is text, not a number", fix
    if kind == "string_type" and isinstance(node, Scalar) and node.value is not None:
        # A number may have very many digits.
        text = node.text if len(node.text) <= SHOWN else f"{node.text[:SHOWN]}…"
        return "unquoted", f"{text} without quotes is {called(node)}, not text", f'write "{text}" with quotes'
    return "wrong-type", f"{called(node)} stands here", f"write {_MEANS.get(kind, 'another value')}"


def _bound(context: dict[str, Any]) -> str:
    if "ge" in context:
        return f"{context['ge']} or more"
    return f"{context['le']} or less" if "le" in context else "a finite number above 0"


_QUOTED = re.compile(r"'([^']*)'")
_DIGITS = re.compile(r"[0-9]{1,9}")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


# By pydantic's names of errors: https://docs.pydantic.dev/latest/errors/validation_errors/
_MEANS = {
    "string_type": "text",
    "dict_type": "a group of keys",
    "model_type": "a group of keys",
    "model_attributes_type": "a group of keys",
    "list_type": "a list",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a smaller number",
    "float_type": "a number",
}


def _locate(tree: Node, steps: Path, tags: bool = True) -> tuple[Node, Position, Path]:
    """The deepest node of a path that is there, where its key stands, and its own path.

    Steps that only pydantic knows are left out, such as the kind of a row, which stands in paths with `tags`.
    """
    node, key = tree, Position(tree.position.file, 1, 1)
    tagged: Node | None = None
    for step in steps:
        if tags and isinstance(node, Mapping) and node is not tagged and _tag(node) == step:
            # A key of the row may have the same name: it comes after.
            tagged = node
            continue
        below = child(node, step)
        if below is not None:
            key = node.entries[str(step)].position if isinstance(node, Mapping) else below.position
            node = below
    return node, key, node.path


def _tag(node: Mapping) -> str:
    """The kind that a row is said to be of."""
    kind = child(node, "kind")
    return kind.text if isinstance(kind, Scalar) else ""


def _rows_at(model: type[Row], steps: Path) -> list[type[Row]]:
    """The models that may stand at a path; names of entries and list indexes are no fields and change
    nothing.
    """
    rows = [model]
    for step in steps:
        fields = [
            field for row in rows for name, field in row.model_fields.items() if (field.alias or name) == step
        ]
        # Of several kinds the step names one; a key of the same name comes after.
        variants = [row for row in rows if len(rows) > 1 and _kind(row) == step]
        if variants:
            rows = variants
        elif fields:
            rows = [row for field in fields for row in _rows_in(field.annotation)]
    return rows


def _rows_in(annotation: Any) -> Iterator[type[Row]]:
    if isinstance(annotation, type) and issubclass(annotation, Row):
        yield annotation
    for part in get_args(annotation):
        yield from _rows_in(part)


def _kind(row: type[Row]) -> str:
    field = row.model_fields.get("kind")
    words = get_args(field.annotation) if field else ()
    return str(words[0]) if words else ""
