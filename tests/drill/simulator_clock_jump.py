"""The clock of Azure (the simulator's) jumps forward and back by two hours while exporters run."""

from __future__ import annotations

import time
from functools import partial
from itertools import pairwise
from pathlib import Path

from tests.drill.azure import last_reads, read_on, simulator
from tests.drill.drill import Drill, Report, until, verified
from tests.verify.running import running

JUMP_SECONDS = 7200
# What Azure counts; not what the exporter counts of its own doings.
COUNTERS = '{__name__=~"azure_.*_total",__name__!~"azure_(api|metrics)_.*"}'


def run(report: Report, place: Path) -> None:
    """Jump, wait for the exporters' next readings, jump back, and look at counters and truth."""
    with running(place / "state") as estate:
        verified(estate, report, 240, " before")
        began = time.time()
        for jump in (JUMP_SECONDS, -JUMP_SECONDS):
            now = simulator(estate, "POST", "/sim/clock", {"advance": jump})["now"]
            since = last_reads(estate)
            took = until(partial(read_on, estate, since), 180, "every Azure exporter reads on")
            report.say(
                f"Azure's clock jumped by {jump:+d} s to {now}; both exporters read on after {took:.0f} s"
            )
            up = estate.query('min(up{job="exporter"})')[0]["value"][1]
            report.hold(up == "1", "every exporter is up")
        seconds = int(time.time() - began) + 60
        series = estate.query(f"{COUNTERS}[{seconds}s]")
        back = [row["metric"]["__name__"] for row in series if _fell(row["values"])]
        report.hold(not back, f"{len(back)} of {len(series)} Azure counters went backwards")
        verified(estate, report, 180, " after, Azure's truth included")


def _fell(values: list[tuple[float, str]]) -> bool:
    return any(float(later) < float(earlier) for (_, earlier), (_, later) in pairwise(values))


DRILL = Drill(
    name="simulator-clock-jump",
    proves="A clock of Azure that jumps two hours forward and back stops no exporter and turns no counter "
    "back.",
    run=run,
)
