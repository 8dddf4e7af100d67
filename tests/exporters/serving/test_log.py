"""The log is one JSON object per line, whoever speaks: our own code, libraries, Python itself."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.exporters.serving.test_process import run, running, wait_until
from tests.exporters.serving.test_service import CONFIG

# What speaks, by the event that must be in the log.
SPEAKERS = {
    "known": "structlog.get_logger().info('known', name='k\\u00f6ln\\u2028')",
    "a library": "logging.getLogger('uvicorn.error').warning('a %s', 'library')",
    "of its own level": "logging.getLogger('x').log(35, 'of its own level')",
    "two arguments %s": "logging.getLogger('x').error('two arguments %s', 1, 2)",
    "a warning": "warnings.warn('a warning', RuntimeWarning)",
    "Task exception was never retrieved": "asyncio.run(forget())",
    "a callback": "asyncio.run(call_back())",
    "uncaught in a thread": "in_thread()",
    "Exception ignored in": "Dying()",
    "uncaught": "raise OSError('the end')",
}
PROGRAM = """\
import asyncio, gc, logging, structlog, threading, warnings
from exporters.serving.log import log_to_stderr
log_to_stderr()

async def fails():
    raise ValueError('several\\nlines')

async def forget():
    task = asyncio.create_task(fails())
    await asyncio.sleep(0.01)
    del task
    gc.collect()

async def call_back():
    loop = asyncio.get_running_loop()
    loop.call_exception_handler({'message': 'a callback', 'exception': ValueError('x')})

def in_thread():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()

class Dying:
    def __del__(self):
        raise ValueError('in __del__')
"""


def lines(text: str) -> list[dict[str, Any]]:
    """Each line as an object; also by what others than Python take for the end of a line."""
    return [json.loads(line) for line in text.splitlines()]


def test_whoever_speaks_speaks_json() -> None:
    """Our log, libraries, warnings, tasks, threads, finalizers and the end itself; in any encoding."""
    program = PROGRAM + "".join(f"{speaker}\n" for speaker in SPEAKERS.values())
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    said = lines(done.stderr)
    assert done.returncode == 1
    assert all({"level", "timestamp", "event"} <= line.keys() for line in said)
    for event in SPEAKERS:
        assert [line for line in said if event in line["event"]], event
    assert [line["name"] for line in said if line["event"] == "known"] == ["k\u00f6ln\u2028"]
    assert "several\nlines" in next(line for line in said if "never" in line["event"])["exception"]


def test_a_process_says_nothing_but_json(tmp_path: Path) -> None:
    """From the start to the end, with a client that speaks no HTTP, with Python's warnings on."""
    with running(tmp_path, environment={"PYTHONWARNINGS": "default"}) as (process, url, log):
        wait_until(f"{url}/readyz", "ready", process)
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as stranger:
            stranger.sendall(b"\x16\x03\x01 no HTTP\r\n\r\n")
            assert stranger.recv(100)
        process.terminate()
        assert process.wait(20) == 0
        events = [line["event"] for line in lines(log.read_text())]
    assert events[0] == "started" and events[-1] == "stopped"


def test_a_process_that_does_not_start_says_why_in_json(tmp_path: Path) -> None:
    """An invalid file, a missing one, a taken port, a wrong shard: each one line with what to do."""
    file = tmp_path / "exporter.yaml"
    file.write_text("apiVersion: singlepane/v1\nname: x\nexporters:\n  shop: {kind: jsonn}\n")
    invalid = run("run", "--config", str(file))
    (said,) = lines(invalid.stderr)
    assert (invalid.returncode, said["event"], said["findings"][0]["code"]) == (
        2,
        "not started",
        "not-allowed",
    )
    missing = run("run", "--config", str(tmp_path / "none.yaml"))
    assert lines(missing.stderr)[0]["findings"][0]["code"] == "file-missing"
    file.write_text(CONFIG.format(name="x"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ended = run("run", "--config", str(file), "--listen", address)
    (said,) = lines(ended.stderr)
    assert ended.returncode == 3
    assert said["error"] == f"port {address.partition(':')[2]} of 127.0.0.1 is taken"
    assert said["remedy"].startswith("Name another with --listen")
    assert lines(run("run", "--config", str(file), "--listen", "9790").stderr)[0]["remedy"].startswith(
        "Write HOST"
    )
    assert lines(run("run", "--config", str(file), "--shard", "3/3").stderr)[0]["event"] == "not started"


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    """A full disk under the log: lines are lost, scrapes go on, and the process ends in order."""
    with running(tmp_path, log=Path("/dev/full")) as (process, url, _):
        wait_until(f"{url}/readyz", "ready", process)
        (tmp_path / "exporter.yaml").write_text("nonsense")
        process.send_signal(signal.SIGHUP)
        wait_until(f"{url}/metrics", "exporter_config_last_reload_successful 0", process)
        process.terminate()
        assert process.wait(20) == 0
