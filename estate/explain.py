"""The docs of one key of the estate: what `singlepane estate explain` prints and docs/estate.md lists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from estate.errors import UsageError
from estate.keys import EACH, Key, root
from estate.model import RESERVED
from estate.suggest import offer


@dataclass(frozen=True, slots=True)
class Explanation:
    """What may stand under one key.

    `where` is the kind of row it belongs to, empty for all kinds. `default` is as YAML, empty where there is
    none. `keys` are those below it: name, type, default or `required`, and first sentence of the docs.
    """

    path: str
    where: str
    type: str
    rule: str
    required: bool
    default: str
    docs: str
    keys: tuple[tuple[str, str, str, str], ...]

    def document(self) -> dict[str, Any]:
        """As the JSON object of `-o json`."""
        names = ("key", "type", "default", "docs")
        return {
            "path": self.path,
            "where": self.where,
            "type": self.type,
            "rule": self.rule,
            "required": self.required,
            "default": self.default,
            "docs": self.docs,
            "keys": [dict(zip(names, row, strict=True)) for row in self.keys],
        }


def explain(path: str) -> tuple[Explanation, ...]:
    """The key at a path, `*` or any name for the rows of a map or list; several where it depends on `kind`.

    Raises UsageError, with the closest legal path, for one that does not exist.
    """
    found = [("", root())]
    walked: list[str] = []
    for step in path.replace("[", ".").replace("]", "").split(".") if path else []:
        below = [match for where, key in found for match in _below(where, key, step)]
        if not below:
            raise _unknown(walked, step, found)
        walked.append(EACH if EACH in found[0][1].children else step)
        found = _merged(below)
    shown = ".".join(walked)
    return tuple(
        row for where, key in found for row in (_explanation(shown, where, key), *_variants(shown, key))
    )


def _below(where: str, key: Key, step: str) -> Iterator[tuple[str, Key]]:
    if step in key.children:
        yield where, key.children[step]
    elif EACH in key.children:
        yield where, key.children[EACH]
    else:
        for kind, variant in key.variants.items():
            if step in variant.children:
                yield f"kind: {kind}", variant.children[step]


def _merged(found: list[tuple[str, Key]]) -> list[tuple[str, Key]]:
    """Equal keys of several kinds become one."""
    by_key: list[tuple[str, Key]] = []
    for where, key in found:
        if not any(key == other for _, other in by_key):
            by_key.append((where, key))
    return by_key


def _unknown(walked: list[str], step: str, found: list[tuple[str, Key]]) -> UsageError:
    legal = list(dict.fromkeys(name for _, key in found for name in names(key)))
    at = f" under {'.'.join(walked)}" if walked else ""
    if not walked and step in RESERVED:
        return UsageError(f"{step} is kept for a module that is not there yet")
    if not legal:
        return UsageError(f"there is no key {step!r}{at}: nothing stands below it")
    near = offer(step, legal)
    return UsageError(f"there is no key {step!r}{at}", near if near else f"there are {', '.join(legal)}")


def names(key: Key) -> tuple[str, ...]:
    """The keys that may stand below one, of all kinds."""
    every = [*key.children, *(name for variant in key.variants.values() for name in variant.children)]
    return tuple(dict.fromkeys(every))


def _variants(path: str, key: Key) -> Iterator[Explanation]:
    for kind, variant in key.variants.items():
        yield _explanation(path, f"kind: {kind}", variant)


def _explanation(path: str, where: str, key: Key) -> Explanation:
    return Explanation(
        path=path,
        where=where,
        type=key.kind,
        rule=rule(key),
        required=key.required,
        default=default(key),
        docs=key.docs,
        keys=tuple(_keys(key)),
    )


def _keys(key: Key) -> Iterator[tuple[str, str, str, str]]:
    each = key.children.get(EACH)
    deep = each is not None and each.shape == "row"
    prefix = f"{EACH}." if deep else ""
    group = each if deep and each is not None else key
    for name, child in group.children.items():
        yield f"{prefix}{name}", type_of(child), needed(child), summary(child)
    if not deep:
        return
    for kind, variant in group.variants.items():
        for name, child in variant.children.items():
            if name not in group.children:
                yield f"{prefix}{name}", type_of(child), needed(child), f"{kind}: {summary(child)}"


def type_of(key: Key) -> str:
    """The type in words; words that are listed are the type."""
    return " or ".join(key.allowed) if key.allowed and key.kind == "word" else key.kind


def rule(key: Key) -> str:
    """What is legal beyond the type."""
    parts = []
    if key.allowed and key.kind == "word":
        parts.append(f"one of {', '.join(key.allowed)}" if len(key.allowed) > 1 else key.allowed[0])
    if key.rule:
        parts.append(key.rule)
    if key.names:
        parts.append(f"names: {key.names}")
    return "; ".join(parts)


def default(key: Key) -> str:
    """The default as one would write it; empty for none, and for a group, whose keys have their own."""
    value = key.default
    if key.required or value is None or isinstance(value, BaseModel) or value == "":
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def needed(key: Key) -> str:
    """`required`, or the default."""
    return "required" if key.required else default(key)


def summary(key: Key) -> str:
    """The first sentence of the docs."""
    line = key.docs.split("\n", 1)[0]
    return line.split(". ", 1)[0].rstrip(".")
