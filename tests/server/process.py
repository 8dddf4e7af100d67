"""`singlepane serve` as a process, for tests and drills that talk to it and end it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.ports import free_address

ESTATE = Path(__file__).parents[2] / "examples" / "shop" / "estate.yaml"
CALL = "import typer; from singlepane.commands.serve import serve; typer.run(serve)"


@dataclass
class Process:
    """A running server."""

    popen: subprocess.Popen[str]
    url: str
    state: Path


@contextmanager
def running(state: Path, *options: str, descriptors: int = 0) -> Iterator[Process]:
    """Serve the example until the block ends; with at most that many descriptors, 0 for as many as usual.

    The block may end the process itself.
    """
    state.mkdir(exist_ok=True)
    address = free_address()
    arguments = ["--estate", str(ESTATE), "--state", str(state), "--listen", address, *options]
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({descriptors},) * 2); "
    limit = limit if descriptors else ""
    popen = subprocess.Popen(
        [sys.executable, "-c", limit + CALL, *arguments],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                if httpx.get(f"http://{address}/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                assert popen.poll() is None, popen.communicate()
                assert time.monotonic() < deadline, "it did not answer within 60 s"
                time.sleep(0.1)
        yield Process(popen, f"http://{address}", state)
    finally:
        if popen.poll() is None:
            popen.kill()
        popen.communicate()
