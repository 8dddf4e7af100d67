"""Access tokens that expire while exporters run, and tokens that are taken back."""

from __future__ import annotations

import shutil
import time
from functools import partial
from pathlib import Path

import yaml

from tests.drill.azure import last_reads, read_on, refused_calls, simulator
from tests.drill.drill import Drill, Report, until, verified
from tests.verify.running import EXAMPLE, RunningEstate, running

LIFETIME = 60


def run(report: Report, place: Path) -> None:
    """First tokens of a minute, then those of the example, taken back while exporters hold them."""
    folder = Path(shutil.copytree(EXAMPLE.parent, place / "estate"))
    fleet = folder / "fleet.yaml"
    document = yaml.safe_load(fleet.read_text())
    document["tokens"] = {"lifetime": LIFETIME}
    fleet.write_text(yaml.safe_dump(document, sort_keys=False))
    with running(place / "short", file=folder / "estate.yaml") as estate:
        verified(estate, report, 240, f" with tokens of {LIFETIME} s")
        _expire(report, estate)
    with running(place / "long") as estate:
        verified(estate, report, 240, " with tokens of an hour")
        _take_back(report, estate)
        verified(estate, report, 120, " after")


def _expire(report: Report, estate: RunningEstate) -> None:
    issued = simulator(estate, "GET", "/sim/calls")["tokens"]
    began = time.monotonic()
    time.sleep(2.5 * LIFETIME)
    until(partial(read_on, estate, last_reads(estate)), 150, "every Azure exporter reads on")
    more = simulator(estate, "GET", "/sim/calls")["tokens"] - issued
    report.hold(
        more >= 2,
        f"{more} tokens were asked for anew in {time.monotonic() - began:.0f} s; "
        f"both exporters read on, {refused_calls(estate)} calls were refused",
    )


def _take_back(report: Report, estate: RunningEstate) -> None:
    revoked = simulator(estate, "POST", "/sim/tokens/revoke", {})["revoked"]
    took = until(partial(read_on, estate, last_reads(estate)), 180, "every Azure exporter reads again")
    refused = refused_calls(estate)
    report.hold(
        refused > 0,
        f"all {revoked} tokens taken back: {refused} calls refused, both exporters read on in {took:.0f} s",
    )


DRILL = Drill(
    name="token-expiry",
    proves="Tokens that expire or are taken back in mid-run cost no reading for longer than two cycles.",
    run=run,
)
