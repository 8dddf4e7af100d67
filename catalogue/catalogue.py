"""All exporters' metrics together, asked by the name of a series."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from catalogue.metric import SERIES, Metric, read

_ENDINGS = ("_bucket", "_sum", "_count")


class Catalogue:
    """Metrics by name. `documents` are exporters as the files of `data/` hold them (`document.py`)."""

    def __init__(self, documents: Iterable[Mapping[str, Any]]) -> None:
        self._documents = tuple(documents)
        self._rows: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for each in self._documents:
            exporter = f"{each['exporter']} {each.get('version', '')}".strip()
            for name, row in each["metrics"].items():
                self._rows.setdefault(name, []).append((exporter, row))
        self._metrics: dict[str, Metric | None] = {}

    @property
    def exporters(self) -> tuple[str, ...]:
        """Names and versions, in the order in which they were given."""
        return tuple(f"{each['exporter']} {each.get('version', '')}".strip() for each in self._documents)

    def series(self, name: str) -> Metric | None:
        """The metric whose series have this name; those of a histogram or a summary as the counters that they
        are. None where no exporter has it.
        """
        if name not in self._metrics:
            self._metrics[name] = self._series(name)
        return self._metrics[name]

    def _series(self, name: str) -> Metric | None:
        found = self._metric(name)
        if found and found.type == "summary":
            return replace(found, labels={**found.labels, "quantile": None}, type="gauge")
        if found and found.type == "histogram":
            # A native histogram; the classic ones have series of other names.
            return found
        if found:
            return found
        for ending in _ENDINGS:
            base = self._metric(name.removesuffix(ending)) if name.endswith(ending) else None
            for suffix, label in SERIES.get(base.type, ()) if base else ():
                if base and suffix == ending:
                    labels = {**base.labels, **({label: None} if label else {})}
                    return replace(base, name=name, type="counter", labels=labels)
        return None

    def _metric(self, name: str) -> Metric | None:
        found: Metric | None = None
        for exporter, row in self._rows.get(name, ()):
            metric = read(name, row, exporter)
            found = found.and_of(metric) if found else metric
        return found

    def named_at_run_time(self, name: str) -> bool:
        """Whether an exporter makes names such as this one while it runs: it may exist."""
        return bool(self._dynamic and self._dynamic.search(name))

    @cached_property
    def _dynamic(self) -> re.Pattern[str] | None:
        patterns = [pattern for each in self._documents for pattern in each.get("dynamic_names", ())]
        return re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None

    def closest(self, name: str) -> str:
        """The name that is most like this one, or nothing."""
        return next(iter(difflib.get_close_matches(name, self._like(name), 1, 0.8)), "")

    def _like(self, name: str) -> list[str]:
        """Names that begin alike: comparing with all of them takes a second."""
        begins = name.split("_", 1)[0]
        return [each for each in self._rows if each.split("_", 1)[0] == begins]
