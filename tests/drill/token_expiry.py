"""Access tokens that expire while exporters run, and tokens that are taken back."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import yaml

from tests.drill.azure import last_reads, refused_calls, simulator
from tests.drill.drill import Drill, Report, until, verified
from tests.verify.running import EXAMPLE, running

LIFETIME = 60


def run(report: Report, place: Path) -> None:
    """Run with tokens of a minute, then take all of them back at once."""
    folder = Path(shutil.copytree(EXAMPLE.parent, place / "estate"))
    fleet = folder / "fleet.yaml"
    document = yaml.safe_load(fleet.read_text())
    document["tokens"] = {"lifetime": LIFETIME}
    fleet.write_text(yaml.safe_dump(document, sort_keys=False))
    with running(place / "state", file=folder / "estate.yaml") as estate:
        verified(estate, report, 240, f" with tokens of {LIFETIME} s")
        issued = simulator(estate, "GET", "/sim/calls")["tokens"]
        before = last_reads(estate)
        began = time.monotonic()

        def read_on(since: dict[str, float]) -> bool:
            reads = last_reads(estate)
            return set(reads) == set(since) and all(reads[cluster] > since[cluster] for cluster in since)

        time.sleep(2.5 * LIFETIME)
        until(lambda: read_on(before), 120, "every Azure exporter reads on")
        more = simulator(estate, "GET", "/sim/calls")["tokens"] - issued
        report.hold(
            more >= 2,
            f"{more} tokens were asked for anew in {time.monotonic() - began:.0f} s; "
            f"both exporters read on, {refused_calls(estate)} calls were refused",
        )
        revoked = simulator(estate, "POST", "/sim/tokens/revoke", {})["revoked"]
        since = last_reads(estate)
        took = until(lambda: read_on(since), 180, "every Azure exporter reads again")
        report.say(
            f"all {revoked} tokens taken back: {refused_calls(estate)} calls refused, "
            f"both exporters read again after {took:.0f} s"
        )
        verified(estate, report, 120, " after")


DRILL = Drill(
    name="token-expiry",
    proves="Tokens that expire or are taken back in mid-run cost no reading for longer than two cycles.",
    run=run,
)
