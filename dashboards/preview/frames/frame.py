"""Frames and fields: named columns of equal length.

Contract: grafana/grafana packages/grafana-data/src/types/dataFrame.ts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Kind = Literal["time", "number", "string"]
TIME = "Time"
VALUE = "Value"


@dataclass(frozen=True, slots=True)
class Field:
    """One column. Times are milliseconds since 1970, numbers floats, missing values None.

    `name` is what transformations call it; `legend` is the name that a query gave it, which a reader sees.
    """

    name: str
    kind: Kind
    values: Sequence[Any]
    labels: Mapping[str, str] = field(default_factory=dict)
    legend: str = ""
    ref: str = ""

    def named(self, name: str) -> Field:
        """The same column under another name."""
        return replace(self, name=name, legend="")


@dataclass(frozen=True, slots=True)
class Frame:
    """Columns of equal length. `step` is the distance of its points in milliseconds, or 0."""

    fields: tuple[Field, ...]
    ref: str = ""
    name: str = ""
    step: int = 0

    def __len__(self) -> int:
        return len(self.fields[0].values) if self.fields else 0

    @property
    def time(self) -> Field | None:
        """The first column of times."""
        return next((one for one in self.fields if one.kind == "time"), None)

    def rows(self) -> list[tuple[Any, ...]]:
        """Rows, each with a value of every column."""
        return list(zip(*(one.values for one in self.fields), strict=True)) if self.fields else []

    def with_rows(self, rows: Iterable[Sequence[Any]]) -> Frame:
        """The same columns with other rows."""
        listed = list(rows)
        return replace(
            self,
            fields=tuple(
                replace(one, values=[row[place] for row in listed]) for place, one in enumerate(self.fields)
            ),
        )


def is_series(frame: Frame) -> bool:
    """Whether a frame is one or more lines over time."""
    return frame.time is not None and any(one.kind == "number" for one in frame.fields)
