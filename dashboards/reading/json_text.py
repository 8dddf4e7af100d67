"""JSON with places: its values, and the line of each.

Values come from `json`, at the speed of C. The line of a value is looked for only when a finding needs it:
down from the top, over the neighbours in between, which C reads again and nothing keeps.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

# Keys and indexes from the top of a document.
Pointer = tuple[str | int, ...]

# Half of a surrogate pair: JSON can hold one alone, UTF-8 and the libraries behind cannot.
_HALF = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_BLANK = re.compile(r"[ \t\n\r]*")


class Unreadable(Exception):
    """A text is no JSON; `line` and `column` count from 1, 0 where the place is not known."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


def _no_constant(word: str) -> NoReturn:
    raise Unreadable(f"{word} is no JSON number")


def values(text: str) -> Any:
    """What a text holds. Raises Unreadable."""
    try:
        found = json.loads(text, parse_constant=_no_constant)
        return _whole(found) if _HALF.search(text) else found
    except json.JSONDecodeError as error:
        raise Unreadable(error.msg, error.lineno, error.colno) from None
    except RecursionError:
        raise Unreadable("it is nested too deep") from None
    except ValueError as error:
        # Numbers with more digits than Python reads.
        raise Unreadable(str(error)) from None


def _whole(value: Any) -> Any:
    """The same with a question mark for each half of a surrogate pair that stands alone."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, dict):
        return {_whole(key): _whole(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return value


class Places:
    """Lines and columns of the values of a text that is JSON."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._scan = json.JSONDecoder().raw_decode
        self._begins: dict[Pointer, int] = {(): self._blank(0)}
        self._opened: set[Pointer] = set()

    def of(self, pointer: Pointer) -> tuple[int, int]:
        """Line and column of a value; of the closest thing around it, where it is not there."""
        for length in range(len(pointer)):
            if pointer[:length] in self._begins:
                self._open(pointer[:length])
        while pointer not in self._begins:
            pointer = pointer[:-1]
        at = self._begins[pointer]
        line = self._text.count("\n", 0, at) + 1
        return line, at - self._text.rfind("\n", 0, at)

    def _blank(self, at: int) -> int:
        found = _BLANK.match(self._text, at)
        return found.end() if found else at

    def _open(self, pointer: Pointer) -> None:
        """Find where each value inside begins."""
        if pointer in self._opened:
            return
        self._opened.add(pointer)
        at = self._begins[pointer]
        sign = self._text[at]
        if sign not in "{[":
            return
        at = self._blank(at + 1)
        index = 0
        while self._text[at] not in "}]":
            step: str | int = index
            if sign == "{":
                step, at = self._scan(self._text, at)
                at = self._blank(self._blank(at) + 1)
            self._begins[(*pointer, step)] = at
            _, at = self._scan(self._text, at)
            at = self._blank(at)
            if self._text[at] == ",":
                at = self._blank(at + 1)
            index += 1
