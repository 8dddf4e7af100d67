"""Findings that somebody has looked at and that stay: each of one panel of one dashboard, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from estate.errors import UsageError

_FORM = "write a list of `rule`, `dashboard` (its uid), `where` (as findings name it) and `reason`"
_KEYS = ("rule", "dashboard", "where", "reason")


@dataclass(frozen=True, slots=True)
class Excepted:
    """`rule` finds nothing at `where` of the dashboard with this uid, because of `reason`."""

    rule: str
    dashboard: str
    where: str
    reason: str


def parsed(text: str, file: str) -> tuple[Excepted, ...]:
    """The exceptions of a YAML file. Raises UsageError: none is blanket, none without a reason."""
    try:
        rows = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise UsageError(f"{file} is no YAML: {error}", _FORM) from None
    if not isinstance(rows, list):
        raise UsageError(f"{file} holds no list of exceptions", _FORM)
    return tuple(_row(row, number, file) for number, row in enumerate(rows, 1))


def _row(row: Any, number: int, file: str) -> Excepted:
    if not isinstance(row, Mapping) or set(row) != set(_KEYS):
        raise UsageError(f"{file}: exception {number} does not have the keys {', '.join(_KEYS)}", _FORM)
    values = [str(row[key]).strip() for key in _KEYS]
    for key, value in zip(_KEYS, values, strict=True):
        if not value or "*" in value:
            raise UsageError(f"{file}: exception {number}: {key} {value!r} names nothing by itself", _FORM)
    return Excepted(*values)
