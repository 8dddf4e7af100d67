"""The counters' file: whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporters.azure.metrics.counters import Counter, Track, TrackKey
from exporters.azure.metrics.lag import Learnt
from exporters.azure.metrics.state import FORGET_SECONDS, load, save

NOW = 1_800_000_000
KEY = TrackKey("/subscriptions/s/x", "ingress", "PT1M", ("ApiName",))


def tracks() -> dict[TrackKey, Track]:
    """Two tracks, one with counters."""
    return {
        KEY: Track(
            NOW - 600,
            NOW,
            {
                ("Total", (("api_name", 'Get"Blob\n'),)): Counter(12.5, {NOW - 60: 1.5, NOW - 120: 0.1}),
                ("Count", ()): Counter(2.0**60, {}),
            },
        ),
        TrackKey("/b", "egress", "PT1H", ()): Track(NOW - 600, NOW),
    }


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    """Every number comes back as it was."""
    file = tmp_path / "state" / "x.counters"
    learnt = {("a/b", "PT1M"): Learnt(312.5, 4000), ("a/b", "PT1H"): Learnt()}
    save(file, tracks(), learnt, NOW)
    found = load(file)
    assert (found.tracks, found.learnt, found.problem) == (tracks(), learnt, "")
    assert [each.name for each in file.parent.iterdir()] == ["x.counters"]


def test_no_file_is_an_empty_state(tmp_path: Path) -> None:
    """The first start has nothing to say."""
    found = load(tmp_path / "none")
    assert (found.tracks, found.problem) == ({}, "")


def test_any_damage_is_noticed_and_the_file_set_aside(tmp_path: Path) -> None:
    """Wherever the file is cut, nothing of it is used, it is kept for a look, and the problem is named."""
    file = tmp_path / "x.counters"
    save(file, tracks(), {}, NOW)
    whole = file.read_bytes()
    for length in range(len(whole) - 1):
        file.write_bytes(whole[:length])
        found = load(file)
        assert found.tracks == {}
        assert "corrupt" in found.problem
        (aside,) = tmp_path.glob("x.counters.corrupt-*")
        assert aside.read_bytes() == whole[:length]
        aside.unlink()
        assert not file.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"null\nnull\n", b'{"format":2}\n{"tracks":0}\n', b"\xff\xfe\n", b"[" * 5000],
)
def test_other_contents(tmp_path: Path, content: bytes) -> None:
    """A file of another format, or none of ours, is set aside too."""
    file = tmp_path / "x.counters"
    file.write_bytes(content)
    assert "corrupt" in load(file).problem


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """A full or read-only disk costs what is new, not what was there."""
    file = tmp_path / "x.counters"
    save(file, tracks(), {}, NOW)
    (tmp_path / "x.counters.new").mkdir()
    with pytest.raises(OSError, match=r"x\.counters\.new"):
        save(file, {}, {}, NOW)
    assert load(file).tracks == tracks()


def test_what_is_long_gone_is_forgotten(tmp_path: Path) -> None:
    """Tracks of resources that are gone for a week do not fill the file for ever."""
    file = tmp_path / "x.counters"
    save(file, tracks(), {}, NOW + FORGET_SECONDS + 1)
    assert load(file).tracks == {}


def test_an_unreadable_file_is_said(tmp_path: Path) -> None:
    """A folder in its place is a problem, not a crash."""
    assert "cannot be read" in load(tmp_path).problem
