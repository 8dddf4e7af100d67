"""The hub's API server away during an apply."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import httpx

from tests.drill.drill import Drill, Lost, Report
from tests.drill.on_clusters import OnClusters, settled, unchanged
from tests.kubernetes import scenes
from tests.kubernetes.live import HUB, OTHER, wait_for

AWAY_SECONDS = 15.0


def run(report: Report, _: Path) -> None:
    """For a moment it is waited for. For good it stops an apply, in words, and the next one goes on."""
    given = settled(report)
    code, said = _away(report, given, for_good=False)
    report.hold(code == 0, f"away for {AWAY_SECONDS:.0f} s: the apply went on{'' if code == 0 else said}")
    unchanged(report, given.live)
    given.live.write()
    code, said = _away(report, given, for_good=True)
    report.hold(code == 3 and "Traceback" not in said, f"away for good: apply ends with {code}")
    for line in said.splitlines()[-6:]:
        report.say(f"  {line[:300]}")
    report.hold(f"not touched: {OTHER}" in said, f"{OTHER} was not touched")
    ran = given.live.run("apply")
    report.hold(ran.code == 0, f"there again, the same command goes on, {ran.seconds:.0f} s")
    unchanged(report, given.live)


def _away(report: Report, given: OnClusters, *, for_good: bool) -> tuple[int, str]:
    """An apply whose hub goes away once a release of it is changed; its exit code and what it said."""
    server = given.clusters[HUB].process("kube-apiserver")
    if not for_good:
        given.live.write(scenes.faster)
    said = list[str]()
    with scenes.begun(given.live, "apply") as process:
        if process.stderr is None:
            raise Lost("an apply without words")
        for line in process.stderr:
            said.append(line)
            if line.startswith(f"{HUB}: release metrics"):
                break
        if not for_good:
            # Once Helm is done, it is waited for.
            for line in process.stderr:
                said.append(line)
                if line.startswith(f"{HUB}: Prometheus "):
                    break
        server.end(seconds=0)
        report.say("the hub's API server is killed")
        try:
            if not for_good:
                time.sleep(AWAY_SECONDS)
                server.start_again()
            # The rest of what it says; meanwhile nothing of the hub stays ended but what we have ended.
            reading = threading.Thread(target=said.extend, args=(process.stderr,))
            reading.start()
            while reading.is_alive():
                given.clusters[HUB].revive()
                reading.join(1)
            return process.wait(), "".join(said)
        finally:
            if for_good:
                server.start_again()
                _there(given)


def _there(given: OnClusters) -> None:
    def answers() -> bool:
        try:
            return bool(given.clusters[HUB].api.get("/readyz") == "ok")
        except (OSError, httpx.HTTPError):
            return False

    wait_for(answers, "the API server")


DRILL = Drill(
    name="hub-api-away",
    proves="The hub's API server away during an apply is waited for, and what stays away stops it in words.",
    run=run,
)
