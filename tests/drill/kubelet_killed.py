"""The kubelet of a node killed: its pods run on, and nobody can change them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.drill.drill import Drill, Report, until
from tests.drill.on_clusters import refused, said, settled, unchanged, verified
from tests.kubernetes.live import OTHER, Live
from tests.kubernetes.scenes import held_by


def run(report: Report, _: Path) -> None:
    """The global view says so, an apply stops with the node's name before it begins, and in its wave when it
    is told to go on; all is well once it is back.
    """
    given = settled(report)
    live, kubelet = given.live, given.clusters[OTHER].process("kubelet")
    kubelet.end(seconds=0)
    report.say(f"the kubelet of {OTHER} is killed")
    try:
        took = until(lambda: _ready(live) != "True", 180, "the node is not ready", pause=1)
        report.say(f"the node is not ready after {took:.0f} s")
        took = until(lambda: bool(live.query(f'up{{job="kubelet",cluster="{OTHER}"}} == 0')), 120, "seen", 2)
        report.say(f"the global view shows the kubelet as down, {took:.0f} s later")
        live.write(lambda text: text.replace("    interval: 5s\n", "    interval: 9s\n"))
        before = held_by(live, OTHER)
        ran = refused(report, live, 1, "-c", OTHER)
        said(report, ran, " is not ready: ")
        report.hold(held_by(live, OTHER) == before, "no release has a new revision")
        ran = refused(report, live, 3, "-c", OTHER, "--timeout", "30", "--allow", "node-capacity")
        said(report, ran, "is not ready: ")
        lines = ran.err[ran.err.index("the roll-out stopped") :].splitlines()
        for line in lines[:6]:
            report.say(f"  {line.strip()[:300]}")
    finally:
        kubelet.start_again()
    took = until(lambda: _ready(live) == "True", 180, "the node is ready", pause=1)
    report.say(f"the kubelet is started: the node is ready after {took:.0f} s")
    ran = live.run("apply")
    report.hold(
        ran.code == 0, f"the same command goes on, {ran.seconds:.0f} s{'' if ran.code == 0 else ran.err}"
    )
    unchanged(report, live)
    verified(report, live)


def _ready(live: Live) -> Any:
    (node,) = live.api(OTHER).get("/api/v1/nodes")["items"]
    return {row["type"]: row["status"] for row in node["status"]["conditions"]}["Ready"]


DRILL = Drill(
    name="kubelet-killed",
    proves="A node without its kubelet is seen, stops an apply by its name, and comes back whole.",
    run=run,
)
