"""Documents of rendered files: templates at the leaves become strings, then YAML or JSON by the ending."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from estate.components import Document, Template, Text


def _yaml(plain: Any) -> str:
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=1000)


def dump(
    document: Document,
    suffix: str,
    text: Callable[[Template], str],
    as_yaml: Callable[[Any], str] = _yaml,
) -> str:
    """The document as the file with that ending holds it, keys in their order. `as_yaml` writes YAML.

    Raises ValueError for an ending other than `.yaml`, `.yml` or `.json`.
    """
    plain = _plain(document, text)
    if suffix == ".json":
        return json.dumps(plain, indent=2, ensure_ascii=False) + "\n"
    if suffix in {".yaml", ".yml"}:
        return as_yaml(plain)
    raise ValueError(f"a document cannot be written as {suffix or 'a file without an ending'}")


def _plain(value: Any, text: Callable[[Template], str]) -> Any:
    if type(value) is str:
        return value
    match value:
        case Text():
            return text(value)
        case Mapping():
            return {_plain(key, text): _plain(inner, text) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner, text) for inner in value]
        case str() | int() | float() | bool() | None:
            return value
        case _:
            # A bare reference: Text of that one part.
            return text(Text((value,)))
