"""Two applies at once."""

from __future__ import annotations

from pathlib import Path

from tests.drill.drill import Drill, Report
from tests.drill.on_clusters import said, settled, unchanged
from tests.kubernetes import scenes


def run(report: Report, _: Path) -> None:
    """The second is refused while the first holds the lock, and changes nothing."""
    live = settled(report).live
    live.write(scenes.faster)
    second = scenes.two_at_once(live)
    report.say(f"the second ends with {second.code}, {second.seconds:.0f} s")
    said(report, second, "changes it since")
    said(report, second, "Wait until it is done")
    report.say("the first ended well")
    unchanged(report, live)


DRILL = Drill(
    name="two-applies",
    proves="Of two applies at once the second is refused and told who is first.",
    run=run,
)
