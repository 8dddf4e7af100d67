"""The exporter as a process: start, signals, logs, and what it says when it cannot start."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest

from estate.errors import StateFolderError
from exporters.serving.serve import serve
from tests.exporters.serving.test_service import CONFIG
from tests.ports import free_address


@contextmanager
def running(
    folder: Path, *more: str, log: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str, Path]]:
    """A process on a free port, its address, and its log."""
    address = free_address()
    file = folder / "exporter.yaml"
    if not file.exists():
        file.write_text(CONFIG.format(name="process"))
    log = log or folder / "log"
    command = [sys.executable, "-c", "from singlepane.main import main; main()", "exporter", "run"]
    with log.open("w") as sink:
        process = subprocess.Popen(
            [*command, "--config", str(file), "--listen", address, *more],
            stderr=sink,
            stdout=sink,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        try:
            yield process, f"http://{address}", log
        finally:
            process.kill()
            process.wait()


def wait_until(url: str, text: str, process: subprocess.Popen[str]) -> str:
    """The body of a page once it holds a text."""
    end = monotonic() + 60
    while monotonic() < end and process.poll() is None:
        try:
            found = httpx.get(url, trust_env=False).text
        except httpx.HTTPError:
            found = ""
        if text in found:
            return found
        sleep(0.1)
    raise AssertionError(f"{text!r} never came from {url}")


def test_a_process_serves_reloads_and_ends_in_order(tmp_path: Path) -> None:
    """Ready, scraped, reloaded by SIGHUP (also over an invalid file), ended by SIGTERM with code 0."""
    with running(tmp_path, "--state", str(tmp_path / "state")) as (process, url, log):
        wait_until(f"{url}/readyz", "ready", process)
        assert "singlepane_estate_info" in httpx.get(f"{url}/metrics", trust_env=False).text
        file = tmp_path / "exporter.yaml"
        file.write_text("nonsense")
        process.send_signal(signal.SIGHUP)
        wait_until(f"{url}/metrics", "exporter_config_last_reload_successful 0", process)
        file.write_text(CONFIG.format(name="renamed"))
        process.send_signal(signal.SIGHUP)
        wait_until(f"{url}/", "renamed", process)
        process.terminate()
        assert process.wait(20) == 0
        lines = [json.loads(line) for line in log.read_text().splitlines()]
    events = [line["event"] for line in lines]
    assert events[0] == "started" and events[-1] == "stopped"
    assert "configuration not reloaded: it is not valid" in events
    assert all({"level", "timestamp"} <= line.keys() for line in lines)
    assert (tmp_path / "state").is_dir()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A run that is expected to end by itself."""
    command = [sys.executable, "-c", "from singlepane.main import main; main()", "exporter", *arguments]
    environment = {**os.environ, "NO_COLOR": "1"}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


def test_an_invalid_file_is_answered_with_its_findings(tmp_path: Path) -> None:
    """Findings with their place, exit code 2, no traceback."""
    file = tmp_path / "exporter.yaml"
    file.write_text("apiVersion: singlepane/v1\nname: x\nexporters:\n  shop: {kind: jsonn}\n")
    ended = run("run", "--config", str(file))
    assert ended.returncode == 2
    assert f"{file}:4:16: error: exporters.shop.kind: 'jsonn' is not allowed here" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_state_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """The folder and the reason, before anything is served."""
    file = tmp_path / "exporter.yaml"
    file.write_text(CONFIG.format(name="x"))
    with pytest.raises(StateFolderError, match=r"exporter\.yaml/state cannot be made: Not a directory"):
        serve(file, "127.0.0.1:0", file / "state")


def test_collectors_are_listed() -> None:
    """As a table for people and as a document for programs."""
    table = run("collectors")
    assert table.returncode == 0
    assert "azure-metrics" in table.stdout
    listed = json.loads(run("collectors", "-o", "json").stdout)
    assert [each["name"] for each in listed] == ["azure-metrics", "json", "estate"]
