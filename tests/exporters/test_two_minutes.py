"""Docs and code agree: the exporter alone, against the simulator, by the very lines of its page."""

from __future__ import annotations

import os
import re
import shutil
import signal
import ssl
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import httpx

from tests.ports import free_address

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "exporters" / "service.md").read_text()
SECTION = PAGE.partition("\n## In two minutes\n")[2].partition("\n## ")[0]
SIMULATOR, EXPORTER = "127.0.0.1:8443", "127.0.0.1:9790"


class Terminal:
    """Where a reader types: a folder with the examples, in which the page's two addresses are free ones."""

    def __init__(self, folder: Path) -> None:
        self.addresses = {each: free_address() for each in (SIMULATOR, EXPORTER)}
        self.folder = folder
        self.environment = {
            **os.environ,
            "PATH": f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}",
            "AZURE_CLIENT_SECRET": "",
        }
        shutil.copytree(ROOT / "examples", folder / "examples")
        for file in (folder / "examples").rglob("*.yaml"):
            file.write_text(self.moved(file.read_text()))

    def moved(self, text: str) -> str:
        """With free addresses in place of the page's."""
        for theirs, ours in self.addresses.items():
            text = text.replace(theirs, ours)
        return text

    def type(self, line: str) -> str:
        """What a line prints; it must end well. A line that exports a variable counts for all that follow."""
        if found := re.fullmatch(r"export (\w+)=(\w+)", line):
            self.environment[found[1]] = found[2]
            return ""
        ran = subprocess.run(
            ["bash", "-c", f"set -o pipefail; {self.moved(line)}"],  # noqa: S607 (as a reader types it)
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.returncode == 0, f"{line}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout

    @contextmanager
    def left_running(self, line: str) -> Iterator[None]:
        """A line that goes on in a terminal of its own, until Ctrl-C, which is no failure."""
        log = self.folder / "log"
        with log.open("w") as sink:
            process = subprocess.Popen(
                self.moved(line).split(),
                cwd=self.folder,
                env=self.environment,
                stdout=sink,
                stderr=sink,
            )
        try:
            yield
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0, log.read_text()
        finally:
            process.kill()
            process.wait()


def lines(url: str, ca: Path | None = None) -> list[str]:
    """What a page says, nothing while nobody answers."""
    try:
        trust = ssl.create_default_context(cafile=ca)
        return httpx.get(url, verify=trust, trust_env=False).text.splitlines()
    except (httpx.HTTPError, OSError):
        return []


def until(condition: Callable[[], object]) -> None:
    """Wait until it holds."""
    end = monotonic() + 60
    while not condition():
        assert monotonic() < end
        sleep(0.1)


def test_the_lines_of_the_page_work_as_they_stand(tmp_path: Path) -> None:
    """Simulate, check, run, and read metrics of storage accounts; `plan` asks the simulated Azure as well."""
    simulate, rights, read = (block.splitlines() for block in re.findall(r"```sh\n(.*?)```", SECTION, re.S))
    export, check, run = rights
    terminal = Terminal(tmp_path)
    # Not every machine has curl: what its line asks for is asked here.
    asked = re.fullmatch(r"curl -s (\S+) \| grep \^(\w+)", read[0])
    assert asked
    with terminal.left_running(simulate[0]):
        ca = tmp_path / "simulator-ca" / "ca.pem"
        until(lambda: lines(terminal.moved(f"https://{SIMULATOR}/readyz"), ca))
        terminal.type(export)
        assert "ok" in terminal.type(check)
        assert "a month" in terminal.type(check.replace(" check ", " plan "))
        with terminal.left_running(run):
            url, start = terminal.moved(f"http://{asked[1]}"), asked[2]
            until(lambda: any(line.startswith(start) for line in lines(url)))
            shown = [line for line in lines(url) if line.startswith(start)]
    assert any(line.startswith("azure_storage_storageaccounts_transactions_total{") for line in shown)
