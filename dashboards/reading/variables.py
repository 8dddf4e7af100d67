"""Variables in texts: where they stand, and what a query looks like once each has a value.

Contract of the syntax: grafana/grafana public/app/features/variables/utils.ts (`$name`, `${name}`,
`${name:format}`, `${name.field}`, `[[name]]`).
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from dashboards.reading.values import Dashboard, Variable

USE = re.compile(
    r"\$(?P<plain>\w+)|\$\{(?P<braced>\w+)(?:\.[^:}]+)?(?::[^}]+)?\}|\[\[(?P<old>\w+?)(?::\w+)?\]\]"
)
_PIECE = re.compile(
    rf'(?P<use>{USE.pattern})|(?P<text>"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`)|(?P<bracket>[\[\]])'
)
_DURATION = re.compile(r"(?:\d+(?:ms|[smhdwy]))+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")

# Windows that no author writes, so that what was put in can be told from what was written.
RATE_INTERVAL, INTERVAL, RANGE, CHOSEN = (
    datetime.timedelta(milliseconds=each) for each in (61_007, 59_009, 3_600_013, 57_003)
)
_MS = {
    "__rate_interval": RATE_INTERVAL,
    "__interval": INTERVAL,
    "__range": RANGE,
}
_STANDS_FOR = "singlepane_variable_"


def used(text: str) -> tuple[str, ...]:
    """Names of the variables in a text, in order, each once."""
    found = (match["plain"] or match["braced"] or match["old"] for match in USE.finditer(text))
    return tuple(dict.fromkeys(found))


def stands_for(name: str) -> str:
    """What is put in a text in the place of a variable's value."""
    return f"{_STANDS_FOR}{name}"


def has_variable(text: str) -> bool:
    """Whether a text has a value that a reader chooses."""
    return _STANDS_FOR in text


@dataclass(frozen=True, slots=True)
class Sent:
    """A query as it could be sent; `undeclared` are variables that the dashboard does not have."""

    text: str
    undeclared: tuple[str, ...]


def sent(written: str, dashboard: Dashboard) -> Sent:
    """A query with a value for each variable, by where it stands: in quotes a word, in brackets a duration,
    elsewhere what is chosen now, or a name.
    """
    undeclared: dict[str, None] = {}
    depth = 0

    def value(name: str, *, quoted: bool) -> str:
        if name.isdigit():
            # `$1` of label_replace.
            return f"${name}"
        if name.startswith("__"):
            return _builtin(name, duration=depth > 0)
        variable = dashboard.variable(name)
        if variable is None:
            undeclared[name] = None
        if quoted:
            return stands_for(name)
        return f"{_ms(CHOSEN)}ms" if depth else _bare(name, variable)

    def piece(match: re.Match[str]) -> str:
        nonlocal depth
        if match["text"]:
            return USE.sub(
                lambda inner: value(inner["plain"] or inner["braced"] or inner["old"], quoted=True), match[0]
            )
        if match["bracket"]:
            depth = depth + 1 if match[0] == "[" else max(0, depth - 1)
            return match[0]
        return value(match["plain"] or match["braced"] or match["old"], quoted=False)

    text = _PIECE.sub(piece, written)
    return Sent(text, tuple(undeclared))


def _ms(length: datetime.timedelta) -> int:
    return round(length.total_seconds() * 1_000)


def _builtin(name: str, *, duration: bool) -> str:
    for begins, length in _MS.items():
        if name == begins:
            return f"{_ms(length)}ms"
        if name == f"{begins}_ms":
            return str(_ms(length))
        if name == f"{begins}_s":
            return str(_ms(length) // 1_000)
    return f"{_ms(CHOSEN)}ms" if duration else "1"


def _bare(name: str, variable: Variable | None) -> str:
    """The value of a variable outside of quotes: what is chosen, where it can be told, or a name."""
    if variable is not None and variable.type != "query":
        chosen = variable.current if isinstance(variable.current, str) else ""
        for each in (chosen, *variable.options, variable.query):
            if _DURATION.fullmatch(each) or _NUMBER.fullmatch(each):
                return each
        if variable.type == "interval":
            return f"{_ms(CHOSEN)}ms"
        if re.fullmatch(r"[A-Za-z_:][\w:]*", chosen):
            return chosen
    return stands_for(name)
