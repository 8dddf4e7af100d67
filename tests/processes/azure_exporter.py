"""The command line of singlepane at a faster pace of time:
`python -m tests.processes.azure_exporter SINCE SPEED exporter run --config FILE …`.
"""

from __future__ import annotations

import sys

from exporters.azure.calls import clock
from tests.processes.azure_clock import Pace


def main(since: str, speed: str, *arguments: str) -> None:
    """Run it."""
    now = Pace(float(since), float(speed)).now
    # Before the collector is imported: it takes this clock for its default.
    # Deadlines and waits stay real: only the points come faster.
    clock.REAL = clock.Clock(wall=now)
    sys.argv = ["singlepane", *arguments]
    from singlepane.main import main as command  # noqa: PLC0415 - see above

    command()


if __name__ == "__main__":
    main(*sys.argv[1:])
