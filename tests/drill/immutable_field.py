"""A field that nobody may change."""

from __future__ import annotations

from pathlib import Path

from deploy.targets.kubernetes.cluster.paths import collection
from tests.drill.drill import Drill, Report, until
from tests.drill.on_clusters import changed, refused, said, settled, unchanged
from tests.kubernetes.live import OTHER, SPACE, Live

NAME = f"kube-state-metrics-{OTHER}"
PLACE = f"{collection('apps/v1', 'Deployment', SPACE)}/{NAME}"


def run(report: Report, _: Path) -> None:
    """A Deployment that somebody made anew with another selector: refused beforehand, with the way out."""
    live = settled(report).live
    _replace(live)
    report.say(f"somebody has made Deployment {NAME} anew with a selector of their own")
    ran = refused(report, live, 0, verb="plan")
    said(report, ran, "REFUSED")
    ran = refused(report, live, 3)
    said(report, ran, "would be refused")
    said(report, ran, "must be made anew: delete the object yourself")
    live.api(OTHER).delete(PLACE)
    until(lambda: live.api(OTHER).find(PLACE) is None, 60, "the Deployment is gone")
    report.say("deleted, as it says")
    changed(report, live, lambda text: text, "--take-over")
    unchanged(report, live)


def _replace(live: Live) -> None:
    api = live.api(OTHER)
    found = api.get(PLACE)
    api.delete(PLACE)
    until(lambda: api.find(PLACE) is None, 60, "the Deployment is gone")
    kept = ("name", "namespace", "labels", "annotations")
    made = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {key: found["metadata"][key] for key in kept if key in found["metadata"]},
        "spec": found["spec"],
    }
    for labels in (made["spec"]["selector"]["matchLabels"], made["spec"]["template"]["metadata"]["labels"]):
        labels["made-by"] = "hand"
    api.post(collection("apps/v1", "Deployment", SPACE), made)


DRILL = Drill(
    name="immutable-field",
    proves="A field that cannot be changed is named before anything is touched, with what to do.",
    run=run,
)
