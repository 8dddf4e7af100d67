"""How large the values of a metric are, by its unit and name, so that dashboards and alerts over them make
sense.
"""

from __future__ import annotations

from typing import NamedTuple

from simulators.azure.catalogue import Metric


class Level(NamedTuple):
    """Typical size of one sample in quanta of `quantum`.

    A `steady` metric does not follow the time of day; it is below its level by at most `dip` quanta (one
    less than a power of two).
    """

    quanta: int
    quantum: float
    steady: bool = False
    dip: int = 0


_WHOLE = frozenset({"count", "bytes", "bytespersecond", "bitspersecond"})
_FRACTION = 1 / 64
_BY_UNIT = {
    "percent": 40 * 64,
    "count": 24,
    "bytes": 48_000,
    "bytespersecond": 96_000,
    "bitspersecond": 640_000,
    "countpersecond": 30 * 64,
    "seconds": 2 * 64,
    "milliseconds": 35 * 64,
    "microseconds": 900 * 64,
}
_OTHERWISE = 12 * 64
# Pieces of names, with the one value that a healthy resource reports.
_STEADY = (
    ("is_db_alive", 1),
    ("allocatedsnatports", 1024),
    ("underddos", 0),
    ("unhealthy", 0),
    ("unschedulable", 0),
    ("unneeded", 0),
)
_RARE = ("error", "fail", "throttl", "dropped", "blocked", "deadlock", "lag")
_STORED = ("capacity", "storage", "memory", "_used")


def level_of(metric: Metric) -> Level:
    """The level of a metric."""
    unit = metric.unit.lower()
    quantum = 1.0 if unit in _WHOLE else _FRACTION
    if "availab" in metric.key:
        # From 99.5 to 100: enough to tell one minute from another, not enough for an alert.
        return Level(100 * 64, _FRACTION, steady=True, dip=31)
    for piece, number in _STEADY:
        if piece in metric.key:
            return Level(round(number / quantum), quantum, steady=True)
    quanta = _BY_UNIT.get(unit, _OTHERWISE)
    if unit == "bytes" and any(piece in metric.key for piece in _STORED):
        quanta *= 1_000_000
    elif any(piece in metric.key for piece in _RARE):
        quanta = max(1, quanta // 16)
    return Level(quanta, quantum)
