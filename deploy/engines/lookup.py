"""Where an engine is: in a folder that the user named, else in the cache. Nothing is built here."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deploy.engines import cache
from deploy.engines.printed import printed_version
from deploy.engines.spec import Engine
from estate.errors import EngineError, UsageError

# A list of folders, as in PATH: `SINGLEPANE_ENGINE_PATH=$PATH` takes what the machine has installed.
VARIABLE = "SINGLEPANE_ENGINE_PATH"

# given: found in $SINGLEPANE_ENGINE_PATH; refused: found there with another version.
State = Literal["given", "refused", "built", "missing", "damaged"]


@dataclass(frozen=True, slots=True)
class Status:
    """One engine as it is on this machine. `size` is in bytes, with all its files; `toolchain` made it."""

    engine: Engine
    state: State
    path: Path | None = None
    size: int | None = None
    toolchain: str = ""
    note: str = ""


def named(name: str, engines: Iterable[Engine]) -> Engine:
    """The engine of that name. Raises UsageError with the closest names."""
    by_name = {engine.name: engine for engine in engines}
    if name in by_name:
        return by_name[name]
    close = difflib.get_close_matches(name, by_name, n=1)
    hint = f"Did you mean {close[0]}? " if close else ""
    raise UsageError(f"there is no engine {name!r}", f"{hint}The engines are {', '.join(by_name)}.")


def given(engine: Engine) -> Path | None:
    """The executable in $SINGLEPANE_ENGINE_PATH, or None. Raises EngineError if it has another version."""
    for folder in os.environ.get(VARIABLE, "").split(os.pathsep):
        path = Path(folder) / engine.file
        if not folder or not path.is_file():
            continue
        path = path.absolute()
        version = printed_version(engine, path)
        if version == engine.version:
            return path
        says = f"version {version}" if version else "no version (it may not run on this machine)"
        raise EngineError(
            f"{path} from {VARIABLE} says {says}, but singlepane needs {engine.name} {engine.version}",
            f"Put {engine.name} {engine.version} there, or leave the folder out of {VARIABLE} and run "
            f"`singlepane engines build {engine.name}`.",
        )
    return None


def find(engine: Engine) -> Path:
    """The executable. Raises EngineError when there is none."""
    if path := given(engine) or _built(engine):
        return path
    what = "is damaged in the cache" if cache.damaged(engine) else "is not built"
    raise EngineError(
        f"{engine.name} {engine.version} {what}", f"Build it with `singlepane engines build {engine.name}`."
    )


def _built(engine: Engine) -> Path | None:
    found = cache.cached(engine)
    return found.path if found else None


def found_or_none(engine: Engine) -> Path | None:
    """The executable, or None if it must be built. Raises EngineError for a given one of another version."""
    return given(engine) or _built(engine)


def status(engine: Engine) -> Status:
    """What is known of an engine on this machine. Raises EngineError only when its pins cannot be read."""
    try:
        path = given(engine)
    except EngineError as error:
        return Status(engine, "refused", note=error.message)
    if path:
        return Status(engine, "given", path, path.stat().st_size, note=f"from {VARIABLE}")
    if found := cache.cached(engine):
        return Status(engine, "built", found.path, found.size, found.toolchain)
    return Status(engine, "damaged" if cache.damaged(engine) else "missing")
