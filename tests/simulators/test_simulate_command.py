"""`singlepane simulate`: started as a user starts it, asked, and stopped."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.simulators.talk import FLEET

COMMAND = [sys.executable, "-m", "singlepane.main"]
RUN = "import sys; from singlepane.main import main; sys.argv[0] = 'singlepane'; main()"


@contextlib.contextmanager
def started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running `singlepane simulate …` and the first line it says; ended whatever happens."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "simulate", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200"},
    )
    try:
        assert process.stderr is not None
        yield process, process.stderr.readline()
    finally:
        process.kill()
        process.communicate()


def finished(*arguments: str) -> tuple[int, str]:
    """Exit code and words of a `singlepane simulate …` that ends by itself."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, "simulate", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200"},
    )
    return done.returncode, done.stderr


def test_azure(tmp_path: Path) -> None:
    """It says where it is, serves over TLS with its CA, and ends with 0 on SIGTERM."""
    (tmp_path / "fleet.yaml").write_text(FLEET)
    arguments = (
        "azure",
        "--fleet",
        str(tmp_path / "fleet.yaml"),
        "--listen",
        "127.0.0.1:0",
        "--ca-dir",
        str(tmp_path),
    )
    with started(*arguments) as (process, said):
        match = re.search(r"https://127\.0\.0\.1:\d+", said)
        assert match is not None, said
        context = ssl.create_default_context(cafile=tmp_path / "ca.pem")
        with httpx.Client(verify=context) as client:
            assert client.get(f"{match[0]}/readyz").status_code == 200
            assert client.get(f"{match[0]}/sim/clock").json()["now"] == "2026-03-02T12:00:00Z"
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0


def test_shop() -> None:
    """The shop answers, and ends with 0 on SIGINT."""
    with started("shop", "--listen", "127.0.0.1:0") as (process, said):
        match = re.search(r"http://\S+", said)
        assert match is not None, said
        regions = httpx.get(match[0]).json()["regions"]
        assert [one["name"] for one in regions] == ["west", "north", "south"]
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_bad_fleet(tmp_path: Path) -> None:
    """A mistake in the fleet file is a sentence with its place and exit code 2."""
    path = tmp_path / "fleet.yaml"
    path.write_text(FLEET + "colour: red\n")
    code, said = finished("azure", "--fleet", str(path), "--listen", "127.0.0.1:0", "--ca-dir", str(tmp_path))
    assert code == 2
    assert "fleet.yaml:" in said
    assert "colour: Extra inputs are not permitted" in said.replace("\n", "")
    assert "Traceback" not in said


@pytest.mark.parametrize("listen", ["8443", "127.0.0.1:", "127.0.0.1:70000", ":1"])
def test_bad_address(listen: str) -> None:
    """What is not HOST:PORT is refused before anything starts."""
    code, said = finished("shop", "--listen", listen)
    assert code == 2
    assert "is not HOST:PORT" in said


def test_taken_port() -> None:
    """A port in use is named, with exit code 3."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        code, said = finished("shop", "--listen", address)
    assert code == 3
    assert f"{address} is in use by another process" in said


def test_ca_folder_that_cannot_be_used(tmp_path: Path) -> None:
    """A file where the CA's folder should be is exit code 3 with a way out."""
    (tmp_path / "fleet.yaml").write_text(FLEET)
    (tmp_path / "taken").write_text("")
    code, said = finished(
        "azure",
        "--fleet",
        str(tmp_path / "fleet.yaml"),
        "--listen",
        "127.0.0.1:0",
        "--ca-dir",
        str(tmp_path / "taken"),
    )
    assert code == 3
    assert "Give another folder with --ca-dir." in said
