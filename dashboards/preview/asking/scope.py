"""What holds for the whole page while its questions are asked: the time, the scrape interval, the choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.interpolation.filling import query
from dashboards.interpolation.formats import Value
from dashboards.interpolation.steps import Step, step

PAGE_POINTS = 1_400


@dataclass(frozen=True, slots=True)
class Scope:
    """`begin` and `end` in milliseconds since 1970, `scrape` in milliseconds."""

    begin: int
    end: int
    scrape: int
    values: Mapping[str, Value]

    def filled(self, expr: str, at: Step | None = None) -> str:
        """An expression with everything filled in."""
        known = at or step(self.begin, self.end, PAGE_POINTS, self.scrape)
        return query(expr, self.values, known, self.begin, self.end)
