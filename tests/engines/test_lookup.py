"""Where an engine is looked for, and what is said when it is not there or another one is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deploy import engines
from deploy.engines import ensuring, lookup
from deploy.engines.progress import SILENT
from deploy.engines.spec import Engine
from estate.errors import EngineError, UsageError
from tests.engines import tiny


@pytest.fixture
def engine(cache: Path, tmp_path: Path) -> Engine:
    """An engine that is not built."""
    return tiny.engine(tiny.write(tmp_path / "tiny"))


def own(folder: Path, version: str, exit_code: int = 0) -> Path:
    """A program of the user, in a folder of the user."""
    folder.mkdir(exist_ok=True)
    path = folder / "tiny"
    path.write_text(f'#!/bin/sh\necho "tiny, version {version} (branch: HEAD)"\nexit {exit_code}\n')
    path.chmod(0o755)
    return path


def test_missing_engine_says_how_to_build_it(engine: Engine) -> None:
    """Nothing is built by looking."""
    with pytest.raises(EngineError) as caught:
        lookup.find(engine)
    assert (caught.value.message, caught.value.remedy, caught.value.exit_code) == (
        "tiny 1.0.0 is not built",
        "Build it with `singlepane engines build tiny`.",
        3,
    )


def test_own_folder_comes_first(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of the right version in $SINGLEPANE_ENGINE_PATH is taken, also when the cache has one."""
    built = ensuring.ensure([engine], [engine], SILENT)["tiny"]
    path = own(tmp_path / "own", "1.0.0")
    monkeypatch.setenv("SINGLEPANE_ENGINE_PATH", f"{tmp_path / 'empty'}{os.pathsep}{tmp_path / 'own'}")
    assert lookup.find(engine) == path
    assert lookup.status(engine).state == "given"
    monkeypatch.setenv("SINGLEPANE_ENGINE_PATH", str(tmp_path / "empty"))
    assert lookup.find(engine) == built


def test_own_engine_is_not_built(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the user brings need not be built."""
    path = own(tmp_path / "own", "1.0.0")
    monkeypatch.setenv("SINGLEPANE_ENGINE_PATH", str(tmp_path / "own"))
    heard = tiny.Heard()
    assert ensuring.ensure([engine], [engine], heard) == {"tiny": path}
    assert heard.lines == []


@pytest.mark.parametrize(
    ("version", "exit_code", "says"),
    [
        ("0.9.0", 0, "version 0.9.0"),
        ("1.0.0", 1, "no version (it may not run on this machine)"),
    ],
)
def test_own_engine_of_another_version_is_refused(
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    exit_code: int,
    says: str,
) -> None:
    """Another version is never run in the place of the pinned one, and never silently replaced."""
    path = own(tmp_path / "own", version, exit_code)
    monkeypatch.setenv("SINGLEPANE_ENGINE_PATH", str(tmp_path / "own"))
    message = f"{path} from SINGLEPANE_ENGINE_PATH says {says}, but singlepane needs tiny 1.0.0"
    for call in (lookup.find, lambda engine: ensuring.ensure([engine], [engine], SILENT)):
        with pytest.raises(EngineError) as caught:
            call(engine)
        assert caught.value.message == message
    assert caught.value.remedy == (
        "Put tiny 1.0.0 there, or leave the folder out of SINGLEPANE_ENGINE_PATH and run "
        "`singlepane engines build tiny`."
    )
    assert (lookup.status(engine).state, lookup.status(engine).note) == ("refused", message)


def test_replaced_own_engine_is_asked_again(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The version of a file is remembered for that file only, not for what is put in its place."""
    monkeypatch.setenv("SINGLEPANE_ENGINE_PATH", str(tmp_path / "own"))
    own(tmp_path / "own", "0.9.99")
    with pytest.raises(EngineError):
        lookup.find(engine)
    assert lookup.find(engine) if own(tmp_path / "own", "1.0.0") else None


def test_unknown_name_gets_the_closest() -> None:
    """A misspelt name is a wrong usage, answered with the right one."""
    with pytest.raises(UsageError) as caught:
        engines.find("promtol")
    assert (caught.value.message, caught.value.remedy) == (
        "there is no engine 'promtol'",
        f"Did you mean promtool? The engines are {', '.join(engine.name for engine in engines.ENGINES)}.",
    )


def test_unknown_name_among_others_builds_nothing(cache: Path) -> None:
    """A misspelt name is answered before the first build starts."""
    with pytest.raises(UsageError, match="there is no engine 'nothing'"):
        engines.ensure(["thanos", "nothing"])
    assert not cache.exists()
