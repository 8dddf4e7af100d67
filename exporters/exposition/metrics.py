"""Metric values and their exposition: Prometheus text 0.0.4 and OpenMetrics 1.0.

Formats: https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md and
https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md. The label text of a series
is made once, when its `Labels` are, and sample lines are made once for both formats: 100,000 series render in
a fraction of a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

import msgspec

Type = Literal["gauge", "counter", "info", "unknown"]

_SPECIAL = {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
# What the sample of a type ends in. OpenMetrics names the family without it.
SUFFIXES: Mapping[Type, str] = {"gauge": "", "counter": "_total", "info": "_info", "unknown": ""}
# Text 0.0.4 knows neither info nor unknown.
_TEXT_TYPES: Mapping[Type, str] = {
    "gauge": "gauge",
    "counter": "counter",
    "info": "gauge",
    "unknown": "untyped",
}


def _encodable(value: str) -> str:
    """A lone surrogate, which JSON allows and UTF-8 does not, becomes `?`."""
    return value if value.isascii() else value.encode(errors="replace").decode()


def escape(value: str) -> str:
    """A label value, or an OpenMetrics help text, between double quotes."""
    value = _encodable(value)
    if "\\" in value or '"' in value or "\n" in value:
        return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return value


def number(value: float) -> str:
    """A sample value: shortest form that reads back as the same double."""
    written = repr(value)
    if written.endswith(".0"):
        return written[:-2]
    return _SPECIAL.get(written, written)


@lru_cache(maxsize=4096)
def _check_label(name: str) -> None:
    if not _LABEL.fullmatch(name) or name.startswith("__"):
        raise ValueError(f"{name!r} is not a label name")


class Labels:
    """The labels of one series, sorted by name. An empty value means no label, as it does to Prometheus.

    Keep the object where a series lives longer than one cycle: its text is made only here. Raises ValueError
    for a label name that Prometheus does not take.
    """

    __slots__ = ("pairs", "text")

    def __init__(self, pairs: Mapping[str, str] | None = None) -> None:
        self.pairs = tuple(sorted((name, value) for name, value in (pairs or {}).items() if value))
        for name, _ in self.pairs:
            _check_label(name)
        inner = ",".join(f'{name}="{escape(value)}"' for name, value in self.pairs)
        self.text = f"{{{inner}}}" if inner else ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Labels) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Labels({dict(self.pairs)!r})"

    def get(self, name: str) -> str:
        """The value of a label, empty when there is none."""
        return next((value for key, value in self.pairs if key == name), "")


# Not watched by the collector of garbage, of which it can never be part: there are 100,000 of them.
class Sample(msgspec.Struct, frozen=True, gc=False):
    """One value of one series. `timestamp` is Unix seconds; None means the time of the scrape."""

    labels: Labels
    value: float
    timestamp: float | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """All series of one metric. `name` is the name of its samples (a counter's ends in `_total`, an info's in
    `_info`).

    `unit` is a base unit that ends the name (before `_total`), or empty. Raises ValueError for a name that
    does not fit its type or unit.
    """

    name: str
    type: Type
    help: str
    samples: Sequence[Sample] = ()
    unit: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is not a metric name")
        if not self.name.endswith(SUFFIXES[self.type]):
            raise ValueError(f"{self.name!r} is a {self.type}: its name ends in {SUFFIXES[self.type]}")
        if self.unit and not self.base.endswith(f"_{self.unit}"):
            raise ValueError(f"{self.name!r} has the unit {self.unit}: its name ends in it")

    @property
    def base(self) -> str:
        """The OpenMetrics family name: two families of one exposition never share it."""
        return self.name.removesuffix(SUFFIXES[self.type])


def gauge(name: str, help: str, value: float, labels: Mapping[str, str] | None = None) -> Family:
    """A gauge of one series."""
    return Family(name, "gauge", help, (Sample(Labels(labels), value),))


class Exposition(NamedTuple):
    """The same families in both formats; OpenMetrics without its closing `# EOF`, so that parts can be
    joined.
    """

    text: str
    openmetrics: str
    series: int


class Block(NamedTuple):
    """One family in both formats: what stands above its samples, and the samples. Where those are the same
    in both, they are one object.
    """

    text_head: str
    openmetrics_head: str
    text: str
    openmetrics: str
    series: int


def blocks(families: Iterable[Family]) -> Iterator[Block]:
    """Families in the order given, without those that have no sample. Each must have a `base` of its own and
    no series twice: `merged` sees to it.
    """
    for family in families:
        name, samples = family.name, family.samples
        if not samples:
            continue
        help_text = _encodable(family.help).replace("\\", "\\\\").replace("\n", "\\n")
        unit = f"# UNIT {family.base} {family.unit}\n" if family.unit else ""
        if any(sample.timestamp is not None for sample in samples):
            text = "".join([_stamped(name, sample, milliseconds=True) for sample in samples])
            openmetrics = "".join([_stamped(name, sample, milliseconds=False) for sample in samples])
        else:
            text = openmetrics = "".join(
                [f"{name}{each.labels.text} {number(float(each.value))}\n" for each in samples]
            )
        yield Block(
            f"# HELP {name} {help_text}\n# TYPE {name} {_TEXT_TYPES[family.type]}\n",
            f"# TYPE {family.base} {family.type}\n{unit}# HELP {family.base} {escape(family.help)}\n",
            text,
            openmetrics,
            len(samples),
        )


def render(families: Iterable[Family]) -> Exposition:
    """Families as `blocks` gives them, in one text of each format."""
    every = list(blocks(families))
    return Exposition(
        "".join(part for each in every for part in (each.text_head, each.text)),
        "".join(part for each in every for part in (each.openmetrics_head, each.openmetrics)),
        sum(each.series for each in every),
    )


def _stamped(name: str, sample: Sample, *, milliseconds: bool) -> str:
    line = f"{name}{sample.labels.text} {number(float(sample.value))}"
    if sample.timestamp is None:
        return f"{line}\n"
    if milliseconds:
        return f"{line} {round(sample.timestamp * 1000)}\n"
    return f"{line} {number(sample.timestamp)}\n"


class Merged(NamedTuple):
    """Families that may stand in one exposition, and what had to be left out of it."""

    families: tuple[Family, ...]
    duplicates: int
    conflicts: tuple[Family, ...]


def merged(families: Iterable[Family]) -> Merged:
    """Families of one name joined, in order of name.

    A series that occurs twice keeps its first value and counts as a duplicate. A family that shares its
    `base` with an earlier one of another type, name or unit is left out, and is a conflict.
    """
    by_base: dict[str, list[Family]] = {}
    conflicts: list[Family] = []
    for family in families:
        same = by_base.setdefault(family.base, [])
        if same and (same[0].name, same[0].type, same[0].unit) != (family.name, family.type, family.unit):
            conflicts.append(family)
        else:
            same.append(family)
    out: list[Family] = []
    duplicates = 0
    for _, same in sorted(by_base.items()):
        first = same[0]
        unique: dict[str, Sample] = {}
        total = 0
        for family in same:
            total += len(family.samples)
            for sample in family.samples:
                unique.setdefault(sample.labels.text, sample)
        duplicates += total - len(unique)
        if len(same) > 1 or total != len(unique):
            out.append(Family(first.name, first.type, first.help, tuple(unique.values()), first.unit))
        else:
            out.append(first)
    return Merged(tuple(out), duplicates, tuple(conflicts))
