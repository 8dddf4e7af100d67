"""Base units in names of metrics: https://prometheus.io/docs/practices/naming/#base-units.

All words that promtool's lint refuses are refused here, and some that it passes: percent above all.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

# By base unit: its words, and what one of each is in it. A word that means two things has two numbers; one
# that means more, or is no multiple of the base unit, has none.
_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "seconds": {
        **dict.fromkeys(["ms", "msec", "msecs", "millis"], ("0.001",)),
        **dict.fromkeys(["us", "usec", "usecs", "micros"], ("0.000001",)),
        **dict.fromkeys(["ns", "nanos"], ("0.000000001",)),
        **dict.fromkeys(["s", "sec", "secs"], ("1",)),
        **dict.fromkeys(["mins", "minutes"], ("60",)),
        **dict.fromkeys(["h", "hrs", "hours"], ("3600",)),
        **dict.fromkeys(["d", "days"], ("86400",)),
        "weeks": ("604800",),
    },
    "bytes": {
        "b": (),
        "kb": ("1000", "1024"),
        "mb": ("1000000", "1048576"),
        "gb": ("1000000000", "1073741824"),
        "tb": ("1000000000000", "1099511627776"),
        "pb": ("1000000000000000", "1125899906842624"),
        "kib": ("1024",),
        "mib": ("1048576",),
        "gib": ("1073741824",),
        "tib": ("1099511627776",),
        "pib": ("1125899906842624",),
        "bits": ("0.125",),
        **dict.fromkeys(["kilobit", "kilobits"], ("125",)),
        **dict.fromkeys(["megabit", "megabits"], ("125000",)),
        **dict.fromkeys(["gigabit", "gigabits"], ("125000000",)),
    },
    "ratio": {
        **dict.fromkeys(["percent", "percentage", "percents", "pct"], ("0.01",)),
        "permille": ("0.001",),
    },
    "celsius": {"fahrenheit": (), "rankine": ()},
    "meters": {
        "m": (),
        "inches": ("0.0254",),
        "feet": ("0.3048",),
        "yards": ("0.9144",),
        "miles": ("1609.344",),
    },
    "joules": {"calories": ("4.184",), "kwh": ("3600000",), "wh": ("3600",)},
    "grams": {"pounds": ("453.59237",), "ounces": ()},
    "kelvin": {"kelvins": ("1",)},
}
UNITS = {word: (base, factors) for base, words in _WORDS.items() for word, factors in words.items()}
_BASES = ("amperes", "bytes", "celsius", "grams", "joules", "kelvin", "meters", "metres", "seconds", "volts")
_PREFIXES = {
    **{"pico": "1e-12", "nano": "1e-9", "micro": "1e-6", "milli": "0.001", "centi": "0.01", "deci": "0.1"},
    **{"deca": "10", "hecto": "100", "kilo": "1000", "kibi": "1024", "mega": "1e6", "mebi": "1048576"},
    **{"mibi": "1048576", "giga": "1e9", "gibi": "1073741824", "tera": "1e12", "tebi": "1099511627776"},
    "peta": "1e15",
}
# `kilobytes` are 1024 bytes to some.
_TWO_MEANINGS = {"kilo": "kb", "mega": "mb", "giga": "gb", "tera": "tb", "peta": "pb"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A word of a name that is no base unit, the base unit, and the name with it. `factors` are what one of
    it can be in the base unit, as one writes it; none where a factor alone does not tell.
    """

    word: str
    base: str
    name: str
    factors: tuple[str, ...]


def in_base_units(name: str) -> Unit | None:
    """The first word of a metric's name that is a unit and no base unit; None where there is none."""
    words = name.split("_")
    for place, word in enumerate(words):
        base, factors = _base(word.lower())
        # In front a short word is a subject, not a unit.
        if base and (place or len(word) > 3):
            return Unit(word, base, "_".join([*words[:place], base, *words[place + 1 :]]), factors)
    return None


def _base(word: str) -> tuple[str, tuple[str, ...]]:
    if word in UNITS:
        return UNITS[word]
    for prefix, times in _PREFIXES.items():
        rest = word.removeprefix(prefix)
        if rest != word and (rest in _BASES or (rest in UNITS and len(rest) > 3)):
            base, factors = UNITS.get(rest, (rest, ("1",)))
            if rest == "bytes" and prefix in _TWO_MEANINGS:
                return UNITS[_TWO_MEANINGS[prefix]]
            return base, tuple(f"{(Decimal(times) * Decimal(each)).normalize():f}" for each in factors)
    return "", ()
