"""The counters' file: whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporters.azure.metrics.counters import Counter, Track, TrackKey
from exporters.azure.metrics.evidence import Evidence, evenly
from exporters.azure.metrics.state import FORGET_SECONDS, learnt, load, save

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
    lags = {
        ("a/b", "PT1M"): {"westeurope": evenly(312.5, 4000, 1.5, 2.5), "northeurope": Evidence()},
        ("a/b", "PT1H"): {"westeurope": evenly(1.0, 6)},
    }
    save(file, tracks(), lags, NOW)
    found = load(file)
    assert (found.tracks, found.learnt, found.problem) == (tracks(), lags, "")
    assert learnt(file) == lags
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


def test_a_file_of_an_earlier_version_is_taken_up(tmp_path: Path) -> None:
    """It held the greatest age at which a point had changed and the number of points, by type and grain."""
    file = tmp_path / "x.counters"
    file.write_bytes(b'{"format":1,"learnt":[["a/b","PT1M",312.5,4000]],"refused":[]}\n{"tracks":0}\n')
    found = load(file)
    assert found.problem == ""
    assert found.learnt == {("a/b", "PT1M"): {"": evenly(312.5, 4000)}}


@pytest.mark.parametrize(
    "content", [b"", b"[]\n", b'{"format":2}\n', b'{"format":1,"evidence":[["a","b","c",1,[1],1,1]]}\n']
)
def test_lags_of_what_is_no_state_are_refused(tmp_path: Path, content: bytes) -> None:
    """Whoever only looks leaves the file where it is."""
    file = tmp_path / "x.counters"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"."):
        learnt(file)
    assert file.read_bytes() == content
