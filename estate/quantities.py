"""Durations and counts as Prometheus and people write them: `30s`, `1h30m`, `30d`, `2y`; `400k`, `1.5M`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, LiteralString

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from estate.spelling import refusal, shown

# https://prometheus.io/docs/prometheus/latest/configuration/configuration/#generic-placeholders (<duration>)
_UNITS = {"y": 31_536_000, "w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)
_COUNT = re.compile(r"(\d+(?:\.\d+)?)([kM]?)", re.ASCII)
# What people write for a unit, to offer the right one. Milliseconds, and months, which might be minutes, are
# none of them.
_SPOKEN = re.compile(
    r"([1-9]\d{0,6}) *(?:(y)(?:ears?|rs?)?|(w)(?:eeks?|ks?)?|(d)(?:ays?)?|(h)(?:ours?|rs?)?"
    r"|(m)(?:in(?:ute)?s?)?|(s)(?:ec(?:ond)?s?)?)",
    re.ASCII | re.IGNORECASE,
)
_LONGEST_YEARS = 100
# Longer texts are no quantities, and Python refuses to read numbers of thousands of digits.
_LONGEST = 40


def seconds(duration: str) -> int:
    """Seconds of a Prometheus duration. Raises ValueError for anything else; `0s` is not a duration."""
    match = _DURATION.fullmatch(duration) if len(duration) <= _LONGEST else None
    if not duration or match is None:
        raise ValueError(f"{shown(duration)} is not a duration")
    total = sum(
        int(amount) * size for amount, size in zip(match.groups(), _UNITS.values(), strict=True) if amount
    )
    if not 0 < total <= _LONGEST_YEARS * _UNITS["y"]:
        raise OutOfRange(f"{shown(duration)} is out of range: more than 0s and at most {_LONGEST_YEARS}y")
    return total


class OutOfRange(ValueError):
    """A duration that is written well, and too long or nothing at all."""


def _fix(quantity: Quantity, offer: str = "") -> str:
    return f'write "{offer}" ({quantity.allowed})' if offer else f"use {quantity.allowed}"


def _legal(offer: str) -> str:
    """The offer where it is a duration, else empty: nobody is told to write what is then refused."""
    try:
        seconds(offer)
    except ValueError:
        return ""
    return offer


def _duration(value: Any) -> str:
    if isinstance(value, str):
        try:
            seconds(value)
        except OutOfRange as error:
            fix = f'write a duration from "1s" to "{_LONGEST_YEARS}y"'
            raise refusal("invalid-duration", str(error), fix) from None
        except ValueError as error:
            spoken = _SPOKEN.fullmatch(value.strip())
            offer = "".join(filter(None, spoken.groups())).lower() if spoken else ""
            raise refusal("invalid-duration", str(error), _fix(DURATION, _legal(offer))) from None
        return value
    number = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1_000_000
    offer = f"{value}s" if number else ""
    raise refusal("invalid-duration", f"{shown(value)} is not a duration", _fix(DURATION, offer))


def _count(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str) and len(value) <= _LONGEST and (match := _COUNT.fullmatch(value)):
        number = round(float(match[1]) * {"": 1, "k": 1_000, "M": 1_000_000}[match[2]])
    else:
        raise refusal("invalid-count", f"{shown(value)} is not a number", _fix(COUNT))
    if not 0 < number <= 1_000_000_000:
        raise refusal("invalid-count", f"{shown(value)} is out of range", _fix(COUNT))
    return number


@dataclass(frozen=True)
class Quantity:
    """A rule of `Annotated` that reads a quantity; `allowed` completes the sentence "use …"."""

    code: LiteralString
    what: str
    allowed: str
    read: Callable[[Any], Any]
    schema: tuple[tuple[str, Any], ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return dict(self.schema)


DURATION = Quantity(
    "invalid-duration",
    "duration",
    "numbers with units of y, w, d, h, m, s, largest first, such as 30s or 1h30m",
    _duration,
    (("type", "string"), ("pattern", r"^(?=.)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$")),
)
COUNT = Quantity(
    "invalid-count",
    "number",
    "1 to 1000M, such as 400000, 400k or 1.5M",
    _count,
    (
        (
            "anyOf",
            [
                {"type": "integer", "minimum": 1, "maximum": 1_000_000_000},
                {"type": "string", "pattern": r"^\d+(\.\d+)?[kM]?$"},
            ],
        ),
    ),
)
# Kept as it was written (what Prometheus reads); `seconds()` gives its length.
Duration = Annotated[str, DURATION]
# An int; `400k` is 400,000.
Count = Annotated[int, COUNT]
