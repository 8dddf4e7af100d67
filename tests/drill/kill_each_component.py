"""SIGKILL of every component in turn, under load."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from tests.drill import bucket, samples
from tests.drill.drill import Drill, Lost, Report, until, verified
from tests.drill.load import load
from tests.verify.running import RunningEstate, running

BACK_SECONDS = 60.0
VERIFIED_SECONDS = 120.0
HISTORY_SECONDS = 90.0
# The example's scrape interval; a scrape may be one late on a busy machine.
INTERVAL = 5.0
LATE = 3 * INTERVAL


def run(report: Report, place: Path) -> None:
    """Kill, wait, verify, and count samples, for each component."""
    with running(place / "state") as estate:
        verified(estate, report, 240, " before the first kill")
        names = [row["name"] for row in estate.recorded()["components"]]
        # What is killed first should have a past that can be missed.
        time.sleep(HISTORY_SECONDS / 3)
        with load(estate) as asked:
            lost = [name for name in names if not _killed(report, estate, name)]
        uploaded = bucket.noted(estate.state)
        gone = uploaded - bucket.in_bucket(estate.state)
        report.say(f"{len(uploaded)} blocks noted as uploaded, {len(gone)} of them missing in the bucket")
        lost += [f"block {ulid}" for ulid in sorted(gone)]
        report.say(f"load meanwhile: {asked.answered} requests answered, {asked.failed} not")
        report.hold(
            not lost, f"{len(names)} components were killed, all held" if not lost else f"lost: {lost}"
        )


def _killed(report: Report, estate: RunningEstate, name: str) -> bool:
    """One component; False when something did not hold, so that the others are still tried."""
    try:
        _kill(report, estate, name)
    except Lost as lost:
        report.say(f"LOST {name}: {lost}")
        return False
    return True


def _kill(report: Report, estate: RunningEstate, name: str) -> None:
    row = estate.component(name)
    now = time.time()
    span = samples.Span(now - HISTORY_SECONDS, now)
    before = samples.acknowledged(estate, span)
    began = time.monotonic()
    os.kill(row["pid"], signal.SIGKILL)

    def back() -> bool:
        again = estate.component(name)
        return bool(again["state"] == "ready" and again["pid"] != row["pid"])

    until(back, BACK_SECONDS, f"{name} ready again")
    ready = time.monotonic() - began
    waited: list[str] = []
    while True:
        ran, document = estate.verify(30)
        if ran.code == 0:
            break
        first = document.get("first_broken") or {}
        waited.append(f"{first.get('hop')} of {first.get('cluster')}: {first.get('cause')}")
        if time.monotonic() - began > VERIFIED_SECONDS:
            raise Lost(f"not verified after {VERIFIED_SECONDS:.0f} s: {waited[-1]}")
    whole = time.monotonic() - began
    after = samples.visible(estate, span)
    if gone := samples.missing(before, after):
        raise Lost(f"{len(gone)} series miss acknowledged samples: {'; '.join(gone[:4])}")
    # From this kill on: the gap that another one left behind has been judged.
    since = samples.Span(now - 2 * INTERVAL, time.time())
    gaps = _gaps(estate, since)
    for replica, gap in gaps.items():
        allowed = LATE + (ready if name == f"prometheus-{replica[0]}-{replica[1]}" else 0.0)
        if gap > allowed:
            raise Lost(f"{replica[0]}/{replica[1]} has a gap of {gap:.1f} s, more than {allowed:.1f} s")
    seen = ""
    if row["kind"] == "prometheus" and sum(cluster == row["cluster"] for cluster, _ in gaps) > 1:
        merged = samples.merged_gap(estate, row["cluster"], since)
        if merged > LATE:
            raise Lost(f"{row['cluster']} has a gap of {merged:.1f} s although its pair was half alive")
        seen = f", {merged:.1f} s with its pair deduplicated"
    report.say(
        f"{name}: ready after {ready:.1f} s, verified after {whole:.1f} s"
        f"{' (not at once: ' + '; '.join(waited) + ')' if waited else ''}; "
        f"{samples.count(before)} acknowledged samples all in Query, "
        f"widest gap {max(gaps.values()):.1f} s{seen}"
    )


def _gaps(estate: RunningEstate, span: samples.Span) -> dict[samples.Replica, float]:
    held = samples.visible(estate, span)
    return {replica: samples.widest_gap(held, replica) for replica in held}


DRILL = Drill(
    name="kill-each-component",
    proves="Every component killed under load comes back, the data path is whole within two minutes, "
    "and no acknowledged sample is missing.",
    run=run,
)
