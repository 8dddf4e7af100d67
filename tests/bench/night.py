"""`up-idle` for as long as one likes: `python -m tests.bench.night --minutes 480 --record night.jsonl`."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from singlepane import output
from tests.bench.figures import noise, table
from tests.bench.up_idle import MINUTES, Plan, run


def _leave(*_: object) -> None:
    """Told to stop, it still takes its estates down, however often it is told."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)


def main(words: list[str]) -> int:
    """Exit code 0; argparse ends with 2 for an option that there is not."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.night", description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--baseline", type=Path, help="a checkout of the build to compare with")
    parser.add_argument("--record", type=Path, help="takes a line of JSON for each sample")
    parser.add_argument("--port-base", type=int, default=0)
    given = parser.parse_args(words)
    plan = Plan(given.minutes, given.baseline, given.record, given.port_base)
    signal.signal(signal.SIGTERM, _leave)
    output.console.print(f"machine before: {noise()}")
    with tempfile.TemporaryDirectory(prefix="singlepane-night-") as place:
        figures = tuple(run(Path(place), plan))
    output.console.print(f"machine after:  {noise()}")
    table("", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
