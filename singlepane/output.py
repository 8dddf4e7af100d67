"""What a person or a program sees: tables and messages, or one JSON document.

Results go to stdout, messages and progress to stderr. Colours are never the only signal, and are left out in
a pipe and under NO_COLOR (rich does both).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from estate.findings import Finding


class Format(StrEnum):
    """How a result is printed."""

    text = "text"
    json = "json"


FormatOption = Annotated[
    Format,
    typer.Option("--output", "-o", help="`text` for people, `json` for programs: one document on stdout."),
]

# A pipe has no width: lines are then left as long as they are.
_ENDLESS = 1_000_000
console = Console(
    width=None if sys.stdout.isatty() else _ENDLESS, highlight=False, soft_wrap=not sys.stdout.isatty()
)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout; plain columns, without a frame, so that it also reads well in a pipe."""
    grid = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        grid.add_column(column, overflow="fold", no_wrap=not sys.stdout.isatty())
    for row in rows:
        grid.add_row(*(escape(str(cell)) for cell in row))
    console.print(grid, soft_wrap=False)


def document(value: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def content(text: str) -> None:
    """The content of a file on stdout, as it is: a terminal's width must not break its lines."""
    sys.stdout.write(text)


def message(line: str) -> None:
    """A line on stderr."""
    errors.print(escape(line))


def findings(rows: Sequence[Finding], *, as_json: bool, on: Console = console) -> None:
    """Findings as `file:line:column: severity: message [code]` with the fix below, or as a document."""
    if as_json:
        document({"findings": [row.document() for row in rows]})
        return
    for row in rows:
        where = f"{row.position}: " if str(row.position) else ""
        style = "red" if row.severity == "error" else "yellow"
        path = f"{row.path}: " if row.path else ""
        said = f"[{style}]{row.severity}[/]: {escape(path + row.message)} [dim]{escape(f'[{row.code}]')}[/]"
        on.print(f"{escape(where)}{said}")
        if row.fix:
            on.print(f"    {escape(row.fix)}")


def failure(text: str, remedy: str = "") -> None:
    """An error on stderr, with what to do about it."""
    errors.print(f"[bold red]error:[/] {escape(text)}")
    if remedy:
        errors.print(f"  {escape(remedy)}")
