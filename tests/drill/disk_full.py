"""The disk of the state folder fills up to the last byte, stays full for a minute, and gets room again."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.drill import small_disk
from tests.drill.drill import Drill, Lost, Report, verified
from tests.verify.running import RunningEstate, running

NAME = "disk-full"
# Prometheus allocates 512 MiB while it writes a block, however small that becomes, and 128 MiB for its head:
# four of them at once must fit.
MEGABYTES = 4096
FULL_SECONDS = 60.0


def run(report: Report, place: Path) -> None:
    """Fill, look, make room, verify."""
    code = small_disk.enter(NAME)
    if code is not None:
        if code:
            raise Lost("it did not hold inside the namespace; see above")
        return
    disk = place / "disk"
    small_disk.mount(disk, MEGABYTES)
    try:
        with running(disk / "state") as estate:
            verified(estate, report, 240, " before")
            _full(report, estate, disk)
            verified(estate, report, 120, " after")
            failed = [row["name"] for row in estate.recorded()["components"] if row["state"] != "ready"]
            report.hold(not failed, "every component is ready" if not failed else f"not ready: {failed}")
    finally:
        small_disk.unmount(disk)


def _full(report: Report, estate: RunningEstate, disk: Path) -> None:
    filler = disk / "filler"
    report.say(f"{_free(disk) / 2**20:.0f} of {MEGABYTES} MiB free; filling")
    end = time.monotonic() + FULL_SECONDS
    with filler.open("wb") as file:
        while time.monotonic() < end:
            # Filled anew, as the components give room back now and then.
            try:
                os.posix_fallocate(file.fileno(), 0, file.seek(0, os.SEEK_END) + max(_free(disk), 4096))
            except OSError:
                time.sleep(0.5)
    report.say(f"the disk was full for {FULL_SECONDS:.0f} s ({_free(disk)} bytes free)")
    ran, document = estate.verify(5)
    broken = document.get("first_broken") or {}
    report.say(
        f"verify meanwhile ended with {ran.code}: "
        + (
            f"{broken.get('hop')} of {broken.get('cluster')}: {broken.get('cause')}"
            if broken
            else "all holds"
        )
    )
    report.hold("Traceback" not in ran.err + ran.out, "no traceback: " + (ran.err.strip() or "no message"))
    status = estate.command("status")
    report.hold("Traceback" not in status.err, f"status answers with {status.code}")
    filler.unlink()
    report.say("room again")


def _free(disk: Path) -> int:
    found = os.statvfs(disk)
    return found.f_bavail * found.f_frsize


DRILL = Drill(
    name=NAME,
    proves="A full disk kills nothing for good: with room again the estate recovers by itself.",
    run=run,
)
