"""Objects as text: YAML that is always the same for the same object, and that a person can read and compare.

Keys stay in their order. Text is quoted where any reader of YAML, old or new, could take it for something
else; text of several lines is a block. Written here because a general writer takes a minute for 40,000
objects.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

# Plain text that no reader takes for a number, a date, a truth value or a sign of YAML.
_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*( [A-Za-z0-9_./(),-]+)*|[0-9]+[smhdwKMGT][A-Za-z]*")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
# What JSON leaves as it is and YAML does not take as it is.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
# What a block may hold: several lines without control characters, the first one not indented, ended once.
_CONTROL = r"\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
_BLOCK = re.compile(rf"[^\s{_CONTROL}][^{_CONTROL}]*[^\s{_CONTROL}]\n?")


class Shared(dict[str, Any]):
    """A mapping that objects of many clusters hold, and that nobody changes: its text is made once."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        super().__init__(content)
        self._texts: dict[str, str] = {}

    def text(self, indent: str) -> str:
        """Its lines at this indent."""
        if indent not in self._texts:
            lines: list[str] = []
            _mapping(self, indent, lines)
            self._texts[indent] = "\n".join(lines)
        return self._texts[indent]


def documents(objects: Iterable[Mapping[str, Any]]) -> str:
    """Objects as a stream of documents."""
    return "".join([f"---\n{document(each)}" for each in objects])


def document(value: Mapping[str, Any] | list[Any]) -> str:
    """One object, or a list as the content of a file."""
    lines: list[str] = []
    if isinstance(value, list):
        _sequence(value, "", lines)
    else:
        _mapping(value, "", lines)
    return "\n".join(lines) + "\n" if lines else ("[]\n" if isinstance(value, list) else "{}\n")


def _mapping(value: Mapping[str, Any], indent: str, lines: list[str]) -> None:
    for key, inner in value.items():
        head = f"{indent}{_text(key)}:"
        kind = type(inner)
        # The most frequent kinds, without a further call.
        if kind is str and "\n" not in inner:
            lines.append(f"{head} {_text(inner)}")
        elif kind is dict and inner:
            lines.append(head)
            _mapping(inner, f"{indent}  ", lines)
        elif kind is list and inner:
            lines.append(head)
            _sequence(inner, indent, lines)
        elif kind is int:
            lines.append(f"{head} {inner}")
        else:
            _entry(head, inner, indent, lines)


def _entry(head: str, value: Any, indent: str, lines: list[str]) -> None:
    if isinstance(value, Mapping):
        if value:
            lines.append(head)
            if isinstance(value, Shared):
                lines.append(value.text(f"{indent}  "))
            else:
                _mapping(value, f"{indent}  ", lines)
        else:
            lines.append(f"{head} {{}}")
    elif isinstance(value, list | tuple):
        if value:
            lines.append(head)
            _sequence(value, indent, lines)
        else:
            lines.append(f"{head} []")
    elif isinstance(value, str) and "\n" in value and _BLOCK.fullmatch(value):
        _block(head, value, f"{indent}  ", lines)
    else:
        lines.append(f"{head} {_scalar(value)}")


def _sequence(value: Iterable[Any], indent: str, lines: list[str]) -> None:
    for each in value:
        kind = type(each)
        if kind is str and "\n" not in each:
            lines.append(f"{indent}- {_text(each)}")
        elif (kind is dict or isinstance(each, Mapping)) and each:
            start = len(lines)
            _mapping(each, f"{indent}  ", lines)
            lines[start] = f"{indent}- {lines[start][len(indent) + 2 :]}"
        elif isinstance(each, list | tuple) and each:
            lines.append(f"{indent}-")
            _sequence(each, f"{indent}  ", lines)
        else:
            _entry(f"{indent}-", each, indent, lines)


def _block(head: str, value: str, indent: str, lines: list[str]) -> None:
    lines.append(f"{head} {'|' if value.endswith(chr(10)) else '|-'}")
    body = value.removesuffix("\n")
    if "\n\n" in body:
        lines.extend([f"{indent}{line}" if line else "" for line in body.split("\n")])
    else:
        lines.append(indent + body.replace("\n", f"\n{indent}"))


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # 1e+16 is text to YAML 1.1.
        return re.sub(r"^(-?\d+)e", r"\1.0e", repr(value))
    return "null" if value is None else str(value)


@lru_cache(maxsize=65_536)
def _text(value: str) -> str:
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return _UNPRINTABLE.sub(_escaped, json.dumps(value, ensure_ascii=False))


def _escaped(match: re.Match[str]) -> str:
    return f"\\U{ord(match[0]):08X}"
