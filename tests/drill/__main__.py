"""Run drills by name, or all of them; exit code 1 when one did not hold, 2 for a name that none has."""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tests.drill import DRILLS, on_clusters
from tests.drill.drill import Drill, Lost, Report
from tests.drill.small_disk import inside


def held(drill: Drill) -> bool:
    """Run one drill in a folder of its own and say how it ended."""
    report = Report()
    if not inside():
        print(f"{drill.name}: {drill.proves}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"singlepane-{drill.name}-") as place:
        try:
            drill.run(report, Path(place))
        except (Lost, AssertionError, httpx.HTTPError) as lost:
            report.say(f"DID NOT HOLD: {lost}")
            return False
    if not inside():
        print(f"held, in {time.monotonic() - began:.0f} s\n", flush=True)
    return True


def main(names: list[str]) -> int:
    """Exit code."""
    # Told to stop, a drill still takes its estate down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    known = {drill.name: drill for drill in DRILLS}
    if unknown := [name for name in names if name not in known]:
        print(f"no drill {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    chosen = [known[name] for name in names] or list(DRILLS)
    try:
        results = [held(drill) for drill in chosen]
    finally:
        on_clusters.end()
    return 0 if all(results) else 1


sys.exit(main(sys.argv[1:]))
