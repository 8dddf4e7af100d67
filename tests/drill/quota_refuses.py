"""A quota that refuses a pod."""

from __future__ import annotations

from pathlib import Path

from deploy.targets.kubernetes.cluster.paths import path
from tests.drill.drill import Drill, Report
from tests.drill.on_clusters import changed, refused, said, settled, unchanged
from tests.kubernetes.live import OTHER, SPACE
from tests.kubernetes.scenes import held_by

QUOTA = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": {"name": "drill", "namespace": SPACE},
    "spec": {"hard": {"pods": "1"}},
}


def slower(text: str) -> str:
    """The exporter with another interval: a new pod."""
    return text.replace("    interval: 5s\n", "    interval: 9s\n")


def run(report: Report, _: Path) -> None:
    """Named beforehand; allowed all the same, the wave stops with the quota's words and goes back."""
    live = settled(report).live
    live.api(OTHER).apply(path(QUOTA), QUOTA, "tests", force=True)
    report.say("the namespace may have one pod from now on")
    try:
        live.write(slower)
        said(report, refused(report, live, 0, "-c", OTHER, verb="plan"), "[quota-exceeded]")
        before = held_by(live, OTHER)
        said(report, refused(report, live, 1, "-c", OTHER), "nothing was changed")
        report.hold(held_by(live, OTHER) == before, "no release has a new revision")
        ran = refused(report, live, 3, "-c", OTHER, "--allow", "quota-exceeded")
        said(report, ran, "exceeded quota")
        said(report, ran, f"  {OTHER}: rolled back")
        live.write()
        unchanged(report, live)
    finally:
        live.api(OTHER).delete(path(QUOTA))
    changed(report, live, slower)
    unchanged(report, live)


DRILL = Drill(
    name="quota-refuses",
    proves="A quota that refuses pods is named before anything is touched, and when it stops a wave.",
    run=run,
)
