"""Addresses and marks: what keeps clusters of one machine apart."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import asdict
from ipaddress import ip_address, ip_network
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from tests.cluster import marks
from tests.cluster.addresses import NUMBERS, Addresses
from tests.cluster.marks import Mark


def test_networks_of_all_clusters_are_apart() -> None:
    """No two ranges overlap, and every address of a cluster is in its own range."""
    ranges = [ip_network(routed) for number in NUMBERS for routed in Addresses(number).routed]
    links = [ip_network(f"{Addresses(number).machine}/30", strict=False) for number in NUMBERS]
    every = sorted([*ranges, *links])
    assert all(not one.overlaps(two) for one, two in pairwise(every))
    for number in (NUMBERS[0], NUMBERS[-1]):
        addresses = Addresses(number)
        assert ip_address(addresses.balancer(0)) in ip_network(addresses.balancers)
        assert ip_address(addresses.balancer(249)) in ip_network(addresses.balancers)
        assert {ip_address(addresses.dns), ip_address(addresses.kubernetes)} <= set(
            ip_network(addresses.services)
        )
        assert ip_address(addresses.node) in ip_network(f"{addresses.machine}/30", strict=False)


@pytest.fixture
def own_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of marks that no real cluster uses."""
    monkeypatch.setattr(marks, "FOLDER", tmp_path / "marks")
    return tmp_path / "marks"


def test_two_clusters_get_two_numbers(own_marks: Path, tmp_path: Path) -> None:
    """A number is taken by whoever makes its mark, until the mark is gone."""
    first, second = marks.claim("one", tmp_path / "one"), marks.claim("two", tmp_path / "two")
    assert (first.number, second.number) == (1, 2)
    assert (first.owner, first.orphaned()) == (os.getpid(), False)
    first.path.unlink()
    assert marks.claim("three", tmp_path / "three").number == 1
    assert [mark.name for mark in marks.marks()] == ["three", "two"]


def test_only_what_is_orphaned_is_swept(own_marks: Path, tmp_path: Path) -> None:
    """What an owner that has ended left goes, also when its id is reused; that of a living one stays."""
    with subprocess.Popen(["/bin/true"]) as ended:
        began = psutil.Process(ended.pid).create_time()
    kept = marks.claim("kept", tmp_path / "kept")
    gone = Mark(200, "gone", str(tmp_path / "gone"), ended.pid, began)
    reused = Mark(201, "reused", str(tmp_path / "reused"), os.getpid(), 1.0)
    for mark in (kept, gone, reused):
        Path(mark.folder).mkdir()
    for mark in (gone, reused):
        mark.path.write_text(json.dumps(asdict(mark)))
    assert marks.sweep() == [gone, reused]
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["kept", "marks"]
    assert marks.marks() == [kept]
