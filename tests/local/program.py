"""A component of the tests: a real HTTP server that can be told to misbehave."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def main() -> None:
    """Serve `/ready` until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", required=True)
    parser.add_argument("--listen", required=True)
    parser.add_argument("--journal", type=Path, required=True, help="takes a line per start and stop")
    parser.add_argument("--broken", type=Path, default=None, help="while this file exists, starting fails")
    parser.add_argument(
        "--unready", type=Path, default=None, help="while this file exists, /ready answers 503"
    )
    parser.add_argument("--metrics", type=Path, default=None, help="what /metrics shows")
    parser.add_argument("--pace", default="", help="means nothing")
    parser.add_argument("--slow", type=float, default=0.0, help="seconds before it listens")
    parser.add_argument("--child", action="store_true", help="start a process in a session of its own")
    parser.add_argument("--deaf", action="store_true", help="take no notice of SIGTERM")
    parser.add_argument("--lines", type=int, default=0, help="lines to log at start")
    given = parser.parse_args()

    def note(event: str) -> None:
        with given.journal.open("a") as file:
            file.write(f"{event} {given.name}\n")

    def leave(*_: object) -> None:
        note("stop")
        os._exit(0)

    signal.signal(signal.SIGTERM, signal.SIG_IGN if given.deaf else leave)
    note("start")
    print(f"{given.name} starts with {os.environ.get('WORD', 'no word')}", flush=True)
    if given.broken and given.broken.exists():
        print("cannot go on: broken", flush=True)
        sys.exit(7)
    for number in range(given.lines):
        print(f"line {number:07d} of {given.name}")
    sys.stdout.flush()
    if given.child:
        subprocess.Popen(["/bin/sleep", "1000"], start_new_session=True)
    time.sleep(given.slow)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ready = not (given.unready and given.unready.exists())
            self.send_response(200 if ready else 503)
            self.end_headers()
            if self.path == "/metrics" and given.metrics and given.metrics.exists():
                self.wfile.write(given.metrics.read_bytes())

        def log_message(self, format: str, *args: object) -> None:
            return

    host, _, port = given.listen.rpartition(":")
    server = ThreadingHTTPServer((host, int(port)), Answer)
    server.serve_forever()


if __name__ == "__main__":
    main()
