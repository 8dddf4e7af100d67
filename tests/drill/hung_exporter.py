"""An exporter that accepts connections and never answers."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.drill.drill import Drill, Report, until, verified
from tests.verify.running import running

NAME = "shop-orders-prod-weu"


def run(report: Report, place: Path) -> None:
    """Suspend the process, see it named and contained, and see the supervisor replace it."""
    with running(place / "state") as estate:
        verified(estate, report, 240, " before")
        pid = estate.component(NAME)["pid"]
        os.kill(pid, signal.SIGSTOP)
        report.say(f"{NAME} suspended (SIGSTOP)")
        ran, document = estate.verify(10)
        broken = document["first_broken"] or {}
        report.hold(
            ran.code == 1 and broken.get("hop") == "exporter-answers" and "hangs" in broken.get("cause", ""),
            f"verify names {broken.get('hop')} of {broken.get('cluster')}: {broken.get('cause')}",
        )
        others = [
            f"{row['hop']} of {row['cluster']}: {row['cause']}"
            for row in document["results"]
            if row["cluster"] != "prod-weu" and row["reached"] and not row["ok"]
        ]
        report.hold(not others, f"broken hops of other clusters: {'; '.join(others) or 'none'}")
        until(
            lambda: bool(estate.query(f'up{{component="{NAME}"}} == 0')),
            60,
            "Prometheus sees the exporter as down",
        )
        report.say("Prometheus counts it as down, and scrapes the others")
        back = until(
            lambda: (
                estate.component(NAME)["pid"] not in (None, pid)
                and estate.component(NAME)["state"] == "ready"
            ),
            150,
            "a new process of the exporter",
        )
        report.say(f"the supervisor replaced the hung process after {back:.0f} s more")
        verified(estate, report, 120, " after")


DRILL = Drill(
    name="hung-exporter",
    proves="A hung exporter is named, harms no other cluster, and is replaced.",
    run=run,
)
