"""What is written in files of rules, with the place of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import promql_parser as promql

from estate.findings import Position


@dataclass(frozen=True, slots=True)
class Word:
    """A text and where it stands."""

    text: str
    position: Position


@dataclass(frozen=True, slots=True)
class Excepted:
    """A comment by which `rule` finds nothing in what is written around it. `check` is the one of pint that
    is meant; of other rules it is empty.
    """

    rule: str
    check: str
    reason: str
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A rule. `number` counts from 1 within its group; `tree` is None where the expression cannot be read,
    and `unread` says why.
    """

    kind: Literal["alert", "record"]
    name: str
    group: str
    number: int
    position: Position
    expr: str
    expr_position: Position
    waits: str
    labels: Mapping[str, Word]
    annotations: Mapping[str, Word]
    excepted: tuple[Excepted, ...]
    tree: promql.Expr | None
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A rule file as programs read it: `text`, whose first line is `above` lines below the top of `file`.

    `groups` are their names with the line of each in `file`; `sound` is false where there are keys that no
    program knows.
    """

    file: str
    text: str
    above: int
    groups: tuple[tuple[str, int], ...] = ()
    rules: tuple[Written, ...] = ()
    sound: bool = True

    def at(self, line: int, column: int = 1) -> Position:
        """The place in the file of one in `text`."""
        return Position(self.file, line + self.above, column)
