"""A client certificate that has ended."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.cluster import expired
from tests.drill.drill import Drill, Report
from tests.drill.on_clusters import said, settled
from tests.kubernetes.live import HUB
from tests.kubernetes.scenes import held_by


def run(report: Report, place: Path) -> None:
    """Plan and apply say whose certificate, and since when."""
    given = settled(report)
    live = given.live
    shown = yaml.safe_load(given.clusters.kubeconfig.read_text())
    for row in shown["users"]:
        cluster = row["name"].partition("@")[2]
        row["user"] = expired.user(given.clusters[cluster].pki)
    kubeconfig = place / "kubeconfig"
    kubeconfig.touch(mode=0o600)
    kubeconfig.write_text(yaml.safe_dump(shown))
    before = held_by(live, HUB)
    old = type(live)(live.folder, kubeconfig, live.addresses, live.blobs)
    for verb in ("plan", "apply"):
        ran = old.run(verb)
        report.hold(ran.code == 3 and "Traceback" not in ran.err, f"{verb} ends with {ran.code}")
        said(report, ran, "its client certificate ended at")
        said(report, ran, "az aks get-credentials")
    report.hold(held_by(live, HUB) == before, "no release has a new revision")


DRILL = Drill(
    name="certificate-expired",
    proves="An expired client certificate is named with the time of its end, and nothing is changed.",
    run=run,
)
