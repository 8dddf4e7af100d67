"""What a series does over time, in the language of promtool.

Contract: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series

| in a case | means |
|---|---|
| `0.5` | this value all the time |
| `5/m` | a counter that grows by 5 a minute, on from where it was |
| `100-2/m` | a value that begins at 100 and falls by 2 a minute |
| `now-3h` | a Unix time that stays three hours behind the clock |
| `0, 1` | these values in turn |
| `gone` | no sample, and the series is said to have ended |
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from estate.quantities import seconds

_NUMBER = r"[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|Inf)"
_VALUE = re.compile(_NUMBER)
_GROWS = re.compile(rf"({_NUMBER})/m")
_RAMP = re.compile(rf"({_NUMBER})([+-]\d+(?:\.\d+)?)/m")
_CLOCK = re.compile(r"now(?:([+-])(\w+))?")


@dataclass(frozen=True, slots=True)
class Phase:
    """A value as it stands in a case, for a number of samples (one or more)."""

    value: str
    samples: int


def series(phases: Iterable[Phase], step: int) -> str:
    """The values of a series whose samples are `step` seconds apart, the first at time 0.

    Raises ValueError for a value that is none of the above.
    """
    tokens: list[str] = []
    index, level, there = 0, 0.0, False
    for phase in phases:
        more = phase.samples - 1
        if phase.value == "gone":
            tokens += ["stale" if there else "_", *([f"_x{more}"] if more else [])]
        elif _VALUE.fullmatch(phase.value):
            tokens.append(f"{phase.value}x{more}")
        elif grows := _GROWS.fullmatch(phase.value):
            by = float(grows[1]) * step / 60
            first = level + by if index else level
            tokens.append(_line(first, by, more))
            level = first + by * more
        elif ramp := _RAMP.fullmatch(phase.value):
            tokens.append(_line(float(ramp[1]), float(ramp[2]) * step / 60, more))
        elif clock := _CLOCK.fullmatch(phase.value):
            away = seconds(clock[2]) * (-1 if clock[1] == "-" else 1) if clock[2] else 0
            tokens.append(_line(float(index * step + away), float(step), more))
        else:
            turn = [each.strip() for each in phase.value.split(",")]
            if len(turn) == 1 or not all(_VALUE.fullmatch(each) for each in turn):
                raise ValueError(f"{phase.value!r} is no value of a case")
            tokens += [turn[place % len(turn)] for place in range(phase.samples)]
        there = phase.value != "gone"
        index += phase.samples
    return " ".join(tokens)


def _line(first: float, by: float, more: int) -> str:
    return f"{first:.10g}{by:+.10g}x{more}"
