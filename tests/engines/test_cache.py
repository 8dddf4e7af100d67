"""The cache: what counts as a whole entry, and what its key covers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.engines import cache as engine_cache
from deploy.engines import ensuring, lookup
from deploy.engines.progress import SILENT
from deploy.engines.spec import Engine, GoBuild, NpmInstall
from estate.errors import EngineError
from tests.engines import tiny


def shorten(path: Path) -> None:
    """A write that ended early."""
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path) -> None:
    """One byte is another one; the size stays."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    # Damage comes later than within the second of the build.
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime + 60))


def stop_execution(path: Path) -> None:
    """A copy that lost the permission."""
    path.chmod(0o644)


def garble_manifest(path: Path) -> None:
    """A manifest that is no JSON."""
    (path.parent / "entry.json").write_text("{")


def empty_manifest(path: Path) -> None:
    """A manifest without its keys."""
    (path.parent / "entry.json").write_text("[]")


def need_more(path: Path) -> None:
    """A file that the engine cannot run without is gone."""
    manifest = path.parent / "entry.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "needs": ["/nowhere/node"]}))


@pytest.mark.parametrize(
    "damage",
    [shorten, flip, stop_execution, Path.unlink, garble_manifest, empty_manifest, need_more],
    ids=lambda damage: damage.__name__,
)
def test_damaged_entry_is_found_out_and_replaced(
    cache: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """A damaged engine is never handed out: `find` says so, and the next build makes it anew."""
    engine = tiny.engine(tiny.write(tmp_path / "tiny"))
    path = ensuring.ensure([engine], [engine], SILENT)["tiny"]
    whole = path.read_bytes()
    damage(path)
    assert lookup.status(engine).state == "damaged"
    with pytest.raises(EngineError) as caught:
        lookup.find(engine)
    assert caught.value.message == "tiny 1.0.0 is damaged in the cache"
    assert caught.value.remedy == "Build it with `singlepane engines build tiny`."
    heard = tiny.Heard()
    assert ensuring.ensure([engine], [engine], heard)["tiny"].read_bytes() == whole
    assert "done building tiny 1.0.0" in heard.lines


def test_copied_entry_is_taken(cache: Path, tmp_path: Path) -> None:
    """Other times of change, as after a restore of the cache by a CI system, do not lead to a build."""
    engine = tiny.engine(tiny.write(tmp_path / "tiny"))
    path = ensuring.ensure([engine], [engine], SILENT)["tiny"]
    os.utime(path, (0, 0))
    assert lookup.find(engine) == path


GO = GoBuild("example.org/x", ("netgo",))


@pytest.mark.parametrize(
    ("change", "file"),
    [
        ({"version": "1.0.1"}, ""),
        ({"name": "other"}, ""),
        ({"recipe": replace(GO, package="example.org/y")}, ""),
        ({"recipe": replace(GO, tags=())}, ""),
        ({"recipe": replace(GO, stamps="main")}, ""),
        ({}, "go.mod"),
        ({}, "go.sum"),
    ],
)
def test_key_covers_what_decides_the_program(tmp_path: Path, change: dict[str, object], file: str) -> None:
    """Another version, recipe or pin is another entry."""
    engine = Engine("tiny", "1.0.0", tiny.write(tmp_path / "tiny"), GO, "tiny")
    before = engine_cache.key(engine)
    if file:
        (engine.folder / file).write_text("other")
    assert engine_cache.key(replace(engine, **change)) != before  # type: ignore[arg-type]


def test_key_leaves_the_rest_out(tmp_path: Path) -> None:
    """The folder's path and files that are no pins do not change the entry."""
    one = Engine("tiny", "1.0.0", tiny.write(tmp_path / "one"), GO, "tiny")
    two = replace(one, folder=tiny.write(tmp_path / "two"))
    (two.folder / "notes").write_text("nothing")
    assert engine_cache.key(one) == engine_cache.key(two)


def test_kinds_of_recipes_differ(tmp_path: Path) -> None:
    """A Go program and an npm program never share an entry."""
    folder = tiny.write(tmp_path / "tiny")
    (folder / "package.json").write_text((folder / "go.mod").read_text())
    (folder / "package-lock.json").write_text((folder / "go.sum").read_text())
    one = Engine("tiny", "1.0.0", folder, GO, "tiny")
    assert engine_cache.key(one) != engine_cache.key(replace(one, recipe=NpmInstall("example.org/x")))


@pytest.mark.parametrize(
    ("value", "expected"), [("/somewhere", "/somewhere"), ("", "HOME/.cache"), ("here", "HOME/.cache")]
)
def test_root_follows_xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, expected: str) -> None:
    """XDG_CACHE_HOME counts when it is absolute; else the default of the XDG specification."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    assert engine_cache.root() == Path(expected.replace("HOME", str(tmp_path))) / "singlepane"


def test_user_without_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user that the system does not know, as in some containers, is told which variable helps."""

    def home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", home)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    with pytest.raises(EngineError) as caught:
        engine_cache.root()
    assert caught.value.remedy == "Set XDG_CACHE_HOME to a folder."
