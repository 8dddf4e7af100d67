"""A simulated Azure in a process of its own:
`python -m tests.processes.azure_server FLEET CA_DIR PORT SINCE SPEED`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from simulators.azure import fleetfile, server
from simulators.azure.clock import Clock
from tests.processes.azure_clock import Pace


def main(fleet: str, folder: str, port: str, since: str, speed: str) -> None:
    """Serve until told to stop."""
    clock = Clock(Pace(float(since), float(speed)).now)
    server.run(fleetfile.load(Path(fleet)), "127.0.0.1", int(port), Path(folder), print, clock)


if __name__ == "__main__":
    main(*sys.argv[1:])
