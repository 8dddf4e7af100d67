"""Texts with their variables filled in: `$name`, `${name}`, `${name:form}`, `[[name]]`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from dashboards.interpolation.durations import exact, short
from dashboards.interpolation.formats import Value, as_text, for_promql, formed
from dashboards.interpolation.steps import Step

_REFERENCE = re.compile(
    r"\$(?P<plain>\w+)"
    r"|\[\[(?P<old>\w+?)(?::(?P<old_form>\w+))?\]\]"
    r"|\$\{(?P<braced>\w+)(?:\.(?P<field>[^:}]+))?(?::(?P<form>[^}]+))?\}"
)


def references(text: str) -> frozenset[str]:
    """Names of the variables that a text asks for."""
    return frozenset(_name(found) for found in _REFERENCE.finditer(text))


def filled(
    text: str, values: Mapping[str, Value], default: Callable[[Value], str], fixed: Mapping[str, str]
) -> str:
    """A text with `values` and `fixed` texts in the place of variables. Others stay as they are."""

    def one(found: re.Match[str]) -> str:
        name = _name(found)
        if name in fixed:
            return fixed[name]
        value = values.get(name)
        if value is None:
            return found[0]
        form = found["form"] or found["old_form"] or ""
        return formed(name, value, form) if form else default(value)

    return _REFERENCE.sub(one, text)


def query(expr: str, values: Mapping[str, Value], step: Step, begin: int, end: int) -> str:
    """An expression as the data source sends it. `begin` and `end` in milliseconds."""
    return filled(expr, values, for_promql, {**times(begin, end), **lengths(step)})


def title(text: str, values: Mapping[str, Value]) -> str:
    """A title as a reader sees it."""
    return filled(text, values, as_text, {})


def lengths(step: Step) -> dict[str, str]:
    """The variables of one query's time."""
    seconds = (step.range + 500) // 1_000
    return {
        "__interval": short(step.interval),
        "__interval_ms": str(step.interval),
        "__rate_interval": exact(step.rate),
        "__rate_interval_ms": str(step.rate),
        "__range": f"{seconds}s",
        "__range_s": str(seconds),
        "__range_ms": str(step.range),
    }


def times(begin: int, end: int) -> dict[str, str]:
    """The variables of the dashboard's time."""
    return {"__from": str(begin), "__to": str(end)}


def unknown(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Variables of a text that nothing defines. `$1` of a replacement text is none."""
    names = frozenset(known)
    return tuple(sorted(name for name in references(text) - names if not name.isdigit()))


def _name(found: re.Match[str]) -> str:
    return found["plain"] or found["old"] or found["braced"]
