"""Base units in names of metrics: https://prometheus.io/docs/practices/naming/#base-units.

All words that promtool's lint refuses are refused here, and some that it passes: percent above all.
"""

from __future__ import annotations

from dataclasses import dataclass

_SECONDS = (
    "ms us ns s sec secs msec usec msecs usecs millis micros nanos mins hrs h d minutes hours days weeks"
)
_BYTES = "b kb mb gb tb pb kib mib gib tib pib bits kilobit kilobits megabit megabits gigabit gigabits"
# By word; the words of one unit on a line.
UNITS = {
    **dict.fromkeys(_SECONDS.split(), "seconds"),
    **dict.fromkeys(_BYTES.split(), "bytes"),
    **dict.fromkeys(["percent", "percentage", "percents", "pct", "permille"], "ratio"),
    **dict.fromkeys(["fahrenheit", "rankine"], "celsius"),
    **dict.fromkeys(["m", "inches", "feet", "yards", "miles"], "meters"),
    **dict.fromkeys(["calories", "kwh", "wh"], "joules"),
    **dict.fromkeys(["pounds", "ounces"], "grams"),
    "kelvins": "kelvin",
}
_BASES = ("amperes", "bytes", "celsius", "grams", "joules", "kelvin", "meters", "metres", "seconds", "volts")
_PREFIXES = (
    *("pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega", "mebi"),
    *("mibi", "giga", "gibi", "tera", "tebi", "peta", "pebi"),
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A word of a name that is no base unit, the base unit, and the name with it."""

    word: str
    base: str
    name: str


def in_base_units(name: str) -> Unit | None:
    """The first word of a metric's name that is a unit and no base unit; None where there is none."""
    words = name.split("_")
    for place, word in enumerate(words):
        base = _base(word.lower())
        # In front a short word is a subject, not a unit.
        if base and (place or len(word) > 3):
            return Unit(word, base, "_".join([*words[:place], base, *words[place + 1 :]]))
    return None


def _base(word: str) -> str:
    if word in UNITS:
        return UNITS[word]
    for prefix in _PREFIXES:
        rest = word.removeprefix(prefix)
        if rest != word and (rest in _BASES or (rest in UNITS and len(rest) > 3)):
            return UNITS.get(rest, rest)
    return ""
