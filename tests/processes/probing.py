"""Asks a URL again and again from a process of its own, as Prometheus asks:
`python -m tests.processes.probing URL PAUSE` prints when each question began and how long its answer took.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_HEADERS = {"Accept": "text/plain;version=0.0.4", "Accept-Encoding": "gzip"}


@dataclass(slots=True)
class Answers:
    """What a probe saw: (Unix seconds, milliseconds) of each answer. Filled when its block ends."""

    all: list[tuple[float, float]] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """Milliseconds that this share of all answers stayed under."""
        times = sorted(took for _, took in self.all)
        return times[min(len(times) - 1, int(share * len(times)))]

    @property
    def worst(self) -> float:
        """The longest, in milliseconds."""
        return max(took for _, took in self.all)


@contextlib.contextmanager
def probing(url: str, pause: float) -> Iterator[Answers]:
    """Ask for as long as the block lasts, with `pause` seconds between an answer and the next question."""
    command = [sys.executable, "-P", "-m", "tests.processes.probing", url, str(pause)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    answers = Answers()
    try:
        yield answers
        text, _ = process.communicate("", timeout=60)
        answers.all = [(began, took) for began, took in json.loads(text)]
    finally:
        process.kill()
        process.wait()


def main(url: str, pause: str) -> None:
    """Ask until the standard input ends."""
    parts = urlsplit(url)
    found = []
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    while not select.select([sys.stdin], [], [], float(pause))[0]:
        at, began = time.time(), time.perf_counter()
        connection.request("GET", parts.path, headers=_HEADERS)
        reply = connection.getresponse()
        reply.read()
        found.append((at, 1000 * (time.perf_counter() - began)))
        if reply.status != 200:
            raise SystemExit(f"{url}: {reply.status}")
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
