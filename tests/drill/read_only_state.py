"""A state folder that cannot be written: refused in words, nothing started, nothing lost."""

from __future__ import annotations

from pathlib import Path

from tests.drill import small_disk
from tests.drill.drill import Drill, Lost, Report, verified
from tests.verify.running import Ran, RunningEstate, free_base

NAME = "read-only-state"
# Prometheus allocates 512 MiB while it writes a block, however small that becomes, and 128 MiB for its head:
# four of them at once must fit.
MEGABYTES = 4096


def run(report: Report, place: Path) -> None:
    """Up, down, read-only, every verb, writable, up."""
    code = small_disk.enter(NAME)
    if code is not None:
        if code:
            raise Lost("it did not hold inside the namespace; see above")
        return
    disk = place / "disk"
    small_disk.mount(disk, MEGABYTES)
    estate = RunningEstate(disk / "state", free_base())
    try:
        estate.up().good()
        verified(estate, report, 240, " before")
        estate.down().good()
        small_disk.read_only(disk, True)
        report.say("the state folder is on a read-only file system now")
        _refused(report, estate, "up", estate.up(), 3)
        _refused(report, estate, "status", estate.command("status"), 3)
        _refused(report, estate, "verify", estate.command("verify"), 3)
        report.hold(not estate.processes(), "no process was left behind")
        small_disk.read_only(disk, False)
        estate.up().good()
        report.say("writable again: the estate is up")
        verified(estate, report, 180, " after, with the data from before")
        found = estate.query('count_over_time(up{component="query"}[1h])')
        report.hold(bool(found), f"samples of both runs: {found[0]['value'][1] if found else 0}")
    finally:
        estate.down()
        small_disk.unmount(disk)


def _refused(report: Report, estate: RunningEstate, verb: str, ran: Ran, code: int) -> None:
    said = " ".join(ran.err.split())
    report.hold(
        ran.code == code and "Traceback" not in ran.err and bool(said), f"{verb} ends with {ran.code}: {said}"
    )


DRILL = Drill(
    name=NAME,
    proves="A read-only state folder is refused in words, leaves no process, and costs no data.",
    run=run,
)
