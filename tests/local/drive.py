"""`singlepane up` with the components of the tests, as a process of its own that can be interrupted."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from deploy.targets.local.changes import Changes
from deploy.targets.local.session import Session
from estate.errors import SinglepaneError
from estate.running import Deployment
from tests.local.house import House


class Lines:
    """Shows a run as lines on stdout."""

    def say(self, line: str) -> None:
        """As it is."""
        print(line, flush=True)

    def changed(self, deployment: Deployment) -> None:
        """Nothing: the tests ask the supervisor."""

    def up(self, deployment: Deployment, changes: Changes | None, stays: bool) -> None:
        """One word."""
        print("up" if changes is None else "was up", flush=True)


def main() -> int:
    """`drive.py ROOT NAME BASE [detach] [deaf] [held]`; what is held never comes up."""
    root, name, base, *words = sys.argv[1:]
    house = House(Path(root), name, int(base))
    options = ("--deaf",) if "deaf" in words else ()
    wish = house.wish(
        house.component("bottom", "--slow", "0.15", *options, stop=60 if options else 5),
        house.component("middle", "--slow", "0.15", "--child", needs=["bottom"]),
        house.component("top", *(("--slow", "60") if "held" in words else ()), needs=["middle"]),
    )
    try:
        return asyncio.run(Session(wish, Lines(), detach="detach" in words).run())
    except SinglepaneError as error:
        print(error.message, flush=True)
        return error.exit_code


if __name__ == "__main__":
    # Ends at once: what the tests measure is not Python's own farewell.
    code = main()
    sys.stdout.flush()
    os._exit(code)
