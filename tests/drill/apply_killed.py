"""SIGKILL of an apply at random points, each followed by the same command again."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.drill.drill import Drill, Report
from tests.drill.on_clusters import changed, settled, unchanged
from tests.kubernetes import scenes
from tests.kubernetes.live import Live

KILLS = 20
# The same points in every run.
SEED = 8


def run(report: Report, _: Path) -> None:
    """Between two states of the estate, forth and back; each end is compared whole with that of no kill."""
    live = settled(report).live
    wishes: tuple[Callable[[str], str], ...] = (str, _other)
    ends: list[dict[str, Any]] = []
    longest = 0.0
    for wish in reversed(wishes):
        longest = max(longest, changed(report, live, wish).seconds)
        ends.insert(0, scenes.state(live))
    report.say(
        f"two states of {len(ends[0])} objects and releases, {len(scenes.differing(*ends))} of them differ"
    )
    chance = random.Random(SEED)
    for number in range(1, KILLS + 1):
        live.write(wishes[number % 2])
        _once(report, live, ends[number % 2], chance.uniform(1, longest), number)
    unchanged(report, live)


def _other(text: str) -> str:
    """Touches releases of both clusters: Prometheus, an exporter with its pods, and what watches."""
    return scenes.faster(text).replace("    interval: 5s\n", "    interval: 7s\n")


def _once(report: Report, live: Live, end: dict[str, Any], seconds: float, number: int) -> None:
    last = scenes.killed(live, seconds)
    ran = live.run("apply")
    where = f"kill {number} after {seconds:.1f} s ({last[:90]})"
    report.hold(ran.code == 0, f"{where}: resumed, {ran.seconds:.0f} s{'' if ran.code == 0 else ran.err}")
    gone = scenes.differing(end, scenes.state(live))
    report.hold(not gone, f"    same end state{': not so: ' + '; '.join(gone) if gone else ''}")


DRILL = Drill(
    name="apply-killed",
    proves="An apply killed at 20 random points and run again ends each time as one that was not.",
    run=run,
)
