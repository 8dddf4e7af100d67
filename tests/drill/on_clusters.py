"""Two real clusters with an estate on them, shared by all drills of a run that ask for them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deploy import engines
from singlepane.building import Building
from tests.cluster import clusters, images, machine
from tests.cluster.cluster import ENGINES
from tests.cluster.clusters import Clusters
from tests.drill.drill import Lost, Report
from tests.kubernetes.live import HUB, OTHER, Live, Ran, prepared

_STACK = ExitStack()
# The text of the estate file for which the plan was found empty, until something is changed again.
_HELD: list[str] = []


@dataclass(frozen=True, slots=True)
class OnClusters:
    """The clusters, and the estate on them."""

    clusters: Clusters
    live: Live


@cache
def _started() -> OnClusters:
    if reason := machine.refusal():
        raise Lost(reason)
    with Building() as progress:
        paths = engines.ensure({*ENGINES, *images.engines()}, progress)
    up = _STACK.enter_context(clusters.running((HUB, OTHER), paths.__getitem__))
    folder = _STACK.enter_context(tempfile.TemporaryDirectory(prefix="singlepane-drill-estate-"))
    return OnClusters(up, prepared(up, Path(folder)))


def end() -> None:
    """Take the clusters away, if there are any."""
    _STACK.close()
    _started.cache_clear()


def settled(report: Report) -> OnClusters:
    """The clusters as the estate says, whatever an earlier drill left. Raises Lost."""
    given = _started()
    given.live.write()
    as_said = given.live.file.read_text() in _HELD
    _HELD.clear()
    if as_said:
        report.say("begun where the plan was empty")
        return given
    allowed = ("--take-over", "--allow", "volume-shrinks", "--allow", "statefulset-recreated")
    ran = given.live.run("apply", *allowed)
    report.hold(ran.code == 0, f"applied before, {ran.seconds:.0f} s{'' if ran.code == 0 else ran.err}")
    return given


def refused(report: Report, live: Live, code: int, *words: str, verb: str = "apply") -> Ran:
    """A command that must end with this code, in words and without a traceback; they are reported."""
    ran = live.run(verb, *words)
    report.hold(ran.code == code, f"{' '.join((verb, *words))} ends with {ran.code}, {ran.seconds:.0f} s")
    report.hold("Traceback" not in ran.err + ran.out, "no traceback")
    return ran


def said(report: Report, ran: Ran, words: str) -> None:
    """The line that holds these words must have been said; it is reported. Raises Lost."""
    lines = [line for line in (ran.out + ran.err).splitlines() if words in line]
    report.hold(bool(lines), f"  {lines[0].strip()[:600]}" if lines else f"nothing says {words!r}: {ran.err}")


def unchanged(report: Report, live: Live) -> None:
    """The plan of the estate as it stands in its file is empty. Raises Lost."""
    ran = live.run("plan", "--exit-code")
    _HELD[:] = [live.file.read_text()] if ran.code == 0 else []
    report.hold(
        ran.code == 0, "the plan is empty" if ran.code == 0 else f"the plan is not empty:\n{ran.out}{ran.err}"
    )


def verified(report: Report, live: Live) -> None:
    """The whole data path holds. Raises Lost with what does not."""
    ran = live.run("verify", "--target", "kubernetes", "--timeout", "240")
    why = "" if ran.code == 0 else f": not so: {ran.out[-2000:]}{ran.err[-500:]}"
    report.hold(ran.code == 0, f"verified after: every hop holds, {ran.seconds:.0f} s{why}")


def changed(report: Report, live: Live, change: Callable[[str], str], *words: str) -> Ran:
    """An apply of the changed estate, which must go through. Raises Lost."""
    live.write(change)
    ran = live.run("apply", *words)
    report.hold(ran.code == 0, f"applied, {ran.seconds:.0f} s" if ran.code == 0 else ran.err)
    return ran
