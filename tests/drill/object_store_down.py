"""Azurite gone for three minutes: killed until the supervisor gives it up, then started again by hand."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from tests.drill import bucket
from tests.drill.drill import Drill, Report, until, verified
from tests.verify.running import RunningEstate, running

DOWN_SECONDS = 180.0
CAUGHT_UP_SECONDS = 120.0


def run(report: Report, place: Path) -> None:
    """Take the object store away, see it named, give it back, and count blocks."""
    with running(place / "state") as estate:
        verified(estate, report, 240, " before")
        began = time.monotonic()
        gave_up = _take_away(estate)
        report.say(f"azurite killed until the supervisor gave it up: {gave_up:.0f} s")
        ran, document = estate.verify(10)
        broken = document["first_broken"] or {}
        report.hold(
            ran.code == 1 and broken.get("hop") in ("block-in-bucket", "served-by-store"),
            f"verify names {broken.get('hop')}: {broken.get('cause')}",
        )
        recent = estate.query('count by (cluster) (up{cluster=~"prod-.*"})', partial_response="true")
        report.hold(len(recent) == 2, "Query still answers for both clusters from the sidecars")
        time.sleep(max(0.0, DOWN_SECONDS - (time.monotonic() - began)))
        estate.command("restart", "azurite").good()
        down = time.monotonic() - began
        report.say(f"azurite started again after {down:.0f} s")
        cut = bucket.cut(estate.state, time.time() - down)
        until(
            lambda: cut <= bucket.in_bucket(estate.state),
            CAUGHT_UP_SECONDS,
            "every block that was cut meanwhile in the bucket",
            pause=2.0,
        )
        report.say(
            f"uploads caught up: all {len(cut)} blocks cut while it was down are in the bucket, "
            f"{time.monotonic() - began - down:.0f} s after it came back"
        )
        verified(estate, report, 120, " after")


def _take_away(estate: RunningEstate) -> float:
    """Kill azurite whenever it is back, until it counts as failed; seconds that took."""

    def given_up() -> bool:
        row = estate.component("azurite")
        if row["pid"] and row["state"] in ("starting", "ready"):
            try:
                os.kill(row["pid"], signal.SIGKILL)
            except ProcessLookupError:
                return False
        return bool(row["state"] == "failed")

    return until(given_up, 120, "azurite given up")


DRILL = Drill(
    name="object-store-down",
    proves="Three minutes without object store are named, lose no recent data, and every block is uploaded "
    "afterwards.",
    run=run,
)
