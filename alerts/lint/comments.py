"""Findings that somebody has looked at and that stay: a comment at the rule, with a reason.

`# lint: A-06 because its silence is the message`; of pint's checks each by itself:
`# lint: A-02 promql/fragile because …`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from alerts.lint.values import Excepted
from estate.findings import Position

FORM = "write `# lint: A-06 because …`, or `# lint: A-02 promql/regexp because …`"
_COMMENT = re.compile(r"\s*#\s*lint:(?P<said>.*)")
_SAID = re.compile(r"\s*(?P<rule>A-\d\d)(?:\s+(?P<check>[a-z]+/[a-z_]+))?\s+because\s+(?P<reason>\S.*)")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment to this linter: what it excepts, or None where it names no rule or no reason."""

    position: Position
    excepted: Excepted | None


def comments(text: str, file: str) -> tuple[Comment, ...]:
    """All of a file. pint's checks are excepted one by one, other rules as a whole."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if match := _COMMENT.fullmatch(line):
            position = Position(file, number, len(line) - len(line.lstrip()) + 1)
            found.append(Comment(position, _excepted(match["said"], position)))
    return tuple(found)


def _excepted(said: str, position: Position) -> Excepted | None:
    match = _SAID.fullmatch(said)
    if match is None or (match["rule"] == "A-02") != bool(match["check"]):
        return None
    return Excepted(match["rule"], match["check"] or "", match["reason"].strip(), position)
