"""A storage class that is not there: prometheus-operator then makes no change at all of that Prometheus."""

from __future__ import annotations

from pathlib import Path

from tests.drill.drill import Drill, Report
from tests.drill.on_clusters import changed, refused, said, settled, unchanged
from tests.kubernetes import scenes
from tests.kubernetes.live import OTHER, Live

ALLOWED = ("--allow", "storage-class-missing", "--allow", "statefulset-recreated")


def run(report: Report, _: Path) -> None:
    """Refused beforehand; allowed all the same it stops and goes back; kept, every plan says what waits."""
    live = settled(report).live
    live.write(lambda text: text.replace("managed-csi", "managed-cis"))
    said(report, refused(report, live, 0, "-c", OTHER, verb="plan"), "[storage-class-missing]")
    before = scenes.held_by(live, OTHER)
    said(report, refused(report, live, 1, "-c", OTHER), "nothing was changed")
    report.hold(scenes.held_by(live, OTHER) == before, "no release has a new revision")
    ran = refused(report, live, 3, "-c", OTHER, *ALLOWED, "--timeout", "30")
    said(report, ran, "does not exist")
    said(report, ran, f"{OTHER}: rolled back")
    live.write()
    unchanged(report, live)
    _kept(report, live)
    live.write()
    changed(report, live, lambda text: text, "--allow", "statefulset-recreated")
    changed(report, live, scenes.faster)
    report.say("with the right class again, a later change of that Prometheus goes through")
    unchanged(report, live)


def _kept(report: Report, live: Live) -> None:
    """Left as it is, the next plan says that the Prometheus is stuck, whatever it changes."""
    live.write(lambda text: text.replace("managed-csi", "managed-cis"))
    refused(report, live, 3, "-c", OTHER, *ALLOWED, "--timeout", "30", "--keep")
    live.write(lambda text: scenes.faster(text).replace("managed-csi", "managed-cis"))
    ran = refused(report, live, 0, "-c", OTHER, verb="plan")
    said(report, ran, "[storage-class-missing]")
    said(report, ran, "[not-reconciled]")


DRILL = Drill(
    name="storage-class-missing",
    proves="A missing storage class is named before anything is touched, and afterwards what waits for it.",
    run=run,
)
