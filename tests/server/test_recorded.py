"""Files that others write: read when they change, kept when they break."""

from __future__ import annotations

import json
import os
from pathlib import Path

import psutil
import pytest

from singlepane.server.recorded import Reading, Recorded, deployment, supervisor_alive
from tests.server.estates import NOW, estate
from tests.server.estates import deployment as made


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "status.json"
    temporary = folder / "next"
    temporary.write_bytes(content)
    temporary.replace(path)
    return path


def test_reads_what_is_there_and_only_when_it_changed(tmp_path: Path) -> None:
    """The same file is parsed once; a new one is seen at once, the end of it too."""
    parsed: list[bytes] = []

    def parse(content: bytes) -> bytes:
        parsed.append(content)
        return content

    recorded = Recorded(tmp_path / "status.json", parse)
    assert recorded.read() == Reading()
    path = _file(tmp_path, b"one")
    assert (recorded.read().value, recorded.read().value, parsed) == (b"one", b"one", [b"one"])
    _file(tmp_path, b"two")
    assert recorded.read().value == b"two"
    path.unlink()
    assert recorded.read() == Reading()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "status.json cannot be read: 1 validation error for Deployment"),
        (b'{"estate": "shop"', "status.json cannot be read: 1 validation error for Deployment"),
        (b"[]", "status.json cannot be read: 1 validation error for Deployment"),
        (b"\xff\xfe", "status.json cannot be read: 1 validation error for Deployment"),
    ],
)
def test_keeps_the_last_good_value_beside_the_problem(tmp_path: Path, content: bytes, problem: str) -> None:
    """A half-written file takes nothing off the page."""
    good = made(estate(), tmp_path)
    _file(tmp_path, json.dumps(good.document()).encode())
    recorded = Recorded(tmp_path / "status.json", deployment)
    assert recorded.read().value == good
    _file(tmp_path, content)
    assert (recorded.read().value, recorded.read().problem) == (good, problem)
    _file(tmp_path, json.dumps(good.document()).encode())
    assert recorded.read().problem == ""


def test_a_wrong_type_inside_is_a_problem_and_not_a_broken_page(tmp_path: Path) -> None:
    """Every field is checked, down to the components' addresses."""
    document = made(estate(), tmp_path).document()
    document["components"][0]["addresses"] = ["127.0.0.1:1"]
    _file(tmp_path, json.dumps(document).encode())
    reading = Recorded(tmp_path / "status.json", deployment).read()
    assert reading.value is None
    assert reading.problem == "status.json cannot be read: 1 validation error for Deployment"


def test_a_newer_key_is_no_problem(tmp_path: Path) -> None:
    """What a later supervisor adds is ignored."""
    document = made(estate(), tmp_path).document() | {"later": 1}
    document["components"][0]["later"] = 1
    _file(tmp_path, json.dumps(document).encode())
    assert Recorded(tmp_path / "status.json", deployment).read().value == made(estate(), tmp_path)


def test_the_supervisor_is_known_by_its_process(tmp_path: Path) -> None:
    """Ours lives; one that began later than it wrote took the number over; a free number is gone."""
    began = psutil.Process().create_time()

    def alive(pid: int, started: float, target: str = "local") -> bool:
        running = made(estate(), tmp_path, target=target, supervisor_pid=pid, supervisor_started=started)
        return supervisor_alive(running)

    assert alive(os.getpid(), began)
    assert alive(os.getpid(), began + 3_600)
    assert not alive(os.getpid(), began - 60)
    free = max(psutil.pids()) + 100_000
    assert not alive(free, NOW)
    assert not alive(-1, NOW)
    assert alive(free, NOW, target="kubernetes")
