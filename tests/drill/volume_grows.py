"""A larger volume: the StatefulSet is made anew, and its claim would stay as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deploy.targets.kubernetes.cluster.paths import collection
from tests.drill.drill import Drill, Report, until
from tests.drill.on_clusters import changed, refused, said, settled, unchanged
from tests.kubernetes.live import OTHER, SPACE, Live

CLAIM = f"prometheus-{OTHER}-db-prometheus-{OTHER}-0"


def run(report: Report, _: Path) -> None:
    """The plan says what becomes of pods and claims; allowed, the claim grows; back, it stays large."""
    live = settled(report).live
    before = _claim(live)
    had = before["spec"]["resources"]["requests"]["storage"]
    live.write(lambda text: text.replace("retention: 24h", "retention: 240h"))
    ran = refused(report, live, 0, "-c", OTHER, verb="plan")
    said(report, ran, "LOST [statefulset-recreated]")
    said(report, ran, f"PersistentVolumeClaim {CLAIM}")
    said(report, refused(report, live, 1, "-c", OTHER), "--allow statefulset-recreated")
    ran = refused(report, live, 0, "-c", OTHER, "--allow", "statefulset-recreated")
    said(report, ran, f"claim {CLAIM} grows")
    wanted = _claim(live)["spec"]["resources"]["requests"]["storage"]
    took = until(lambda: _claim(live)["status"]["capacity"]["storage"] == wanted, 120, "the volume has grown")
    now = _claim(live)
    same = now["metadata"]["uid"] == before["metadata"]["uid"]
    report.hold(
        wanted != had and same, f"the same claim has grown from {had} to {wanted}, {took:.0f} s later"
    )
    plan = live.run("plan", "--exit-code", "-c", OTHER)
    report.hold(plan.code == 0, "the plan is empty")
    live.write()
    said(report, refused(report, live, 1, "-c", OTHER), "--allow volume-shrinks")
    changed(report, live, str, "--allow", "volume-shrinks", "--allow", "statefulset-recreated")
    kept = _claim(live)["spec"]["resources"]["requests"]["storage"]
    report.hold(kept == wanted, f"back to the smaller size: the claim stays at {kept}, as was said")
    unchanged(report, live)


def _claim(live: Live) -> Any:
    return live.api(OTHER).get(f"{collection('v1', 'PersistentVolumeClaim', SPACE)}/{CLAIM}")


DRILL = Drill(
    name="volume-grows",
    proves="A larger volume: what it costs is said beforehand, the claim that is there grows, no data goes.",
    run=run,
)
