"""A wave whose image no registry has."""

from __future__ import annotations

from pathlib import Path

from tests.drill.drill import Drill, Report
from tests.drill.on_clusters import said, settled, unchanged
from tests.kubernetes import scenes
from tests.kubernetes.live import HUB, OTHER


def run(report: Report, _: Path) -> None:
    """The wave stops and goes back; the next one is not touched."""
    live = settled(report).live
    ran = scenes.image_missing(live)
    report.say(f"apply ends with {ran.code}, {ran.seconds:.0f} s")
    for words in (
        "pods cannot start",
        "ErrImage",
        "stopped in wave",
        f"{HUB}: rolled back",
        f"touched: {OTHER}",
    ):
        said(report, ran, words)
    unchanged(report, live)


DRILL = Drill(
    name="image-missing",
    proves="A wave whose image does not exist stops and goes back; other clusters are untouched.",
    run=run,
)
