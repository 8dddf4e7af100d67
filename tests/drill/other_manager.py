"""A field that another manager holds."""

from __future__ import annotations

from pathlib import Path

from deploy.targets.kubernetes.cluster.paths import collection
from tests.drill.drill import Drill, Report
from tests.drill.on_clusters import refused, said, settled, unchanged
from tests.kubernetes.live import HUB, SPACE
from tests.kubernetes.scenes import held_by


def run(report: Report, _: Path) -> None:
    """Replicas of an autoscaler: the plan says whose they are, an apply asks before it takes them."""
    live = settled(report).live
    api, place = live.api(HUB), f"{collection('apps/v1', 'Deployment', SPACE)}/query-frontend"
    body = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "query-frontend", "namespace": SPACE},
        "spec": {"replicas": 2},
    }
    api.apply(place, body, "autoscaler", force=True)
    report.say("an autoscaler has taken the replicas of query-frontend")
    before = held_by(live, HUB)
    said(report, refused(report, live, 0, verb="plan"), "HELD: ")
    ran = refused(report, live, 3)
    said(report, ran, "autoscaler")
    said(report, ran, "--take-over")
    report.hold(held_by(live, HUB) == before, "no release has a new revision")
    refused(report, live, 0, "--take-over")
    report.hold(api.get(place)["spec"]["replicas"] == 1, "taken over: one replica, as the estate says")
    unchanged(report, live)


DRILL = Drill(
    name="other-manager",
    proves="A field that another manager holds is not taken without being asked, and the manager is named.",
    run=run,
)
