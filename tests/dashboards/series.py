"""A series of made-up samples, an hour long, and the clusters of which they speak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# 2026-11-23 12:00:00 UTC is the end; queries run at that moment.
END = 1_795_435_200
BEGIN = END - 3_600
STEP = 15
HUB, WEU, NEU, SILENT = "hub-weu", "prod-weu", "prod-neu", "prod-sea"


@dataclass(frozen=True, slots=True)
class Series:
    """One series: a constant, or a counter that grows by `per_second` from `value` on."""

    name: str
    labels: Mapping[str, str]
    value: float = 0.0
    per_second: float | None = None

    def samples(self) -> Iterator[str]:
        """OpenMetrics lines."""
        labels = ",".join(f'{name}="{value}"' for name, value in self.labels.items())
        for moment in range(BEGIN, END + 1, STEP):
            value = self.value + (self.per_second or 0.0) * (moment - BEGIN)
            yield f"{self.name}{{{labels}}} {value!r} {moment}"


def target(cluster: str, job: str, component: str) -> dict[str, str]:
    """The labels that every series of a target has."""
    return {"cluster": cluster, "job": job, "component": component, "instance": f"{component}:80"}


def histogram(name: str, labels: Mapping[str, str], quick: float, slow: float) -> Iterator[Series]:
    """`quick` observations per second below 0.1 s, `slow` between 0.1 s and 1 s."""
    for bound, rate in (("0.1", quick), ("1", quick + slow), ("+Inf", quick + slow)):
        yield Series(f"{name}_bucket", {**labels, "le": bound}, 0, rate)
