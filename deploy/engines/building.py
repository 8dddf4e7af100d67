"""Builds one engine: under its lock, in a folder of its own, checked, then put in its place in one step."""

from __future__ import annotations

import errno
import os
import tempfile
import threading
import time
from pathlib import Path

from deploy.engines import cache, gobuild, lock, npminstall
from deploy.engines.printed import printed_version
from deploy.engines.progress import Progress, Step
from deploy.engines.spec import Engine, GoBuild
from deploy.engines.work import Work
from estate.errors import EngineError


def build(engine: Engine, progress: Progress, cancelled: threading.Event) -> Path:
    """Path of the executable, built now unless another process has just done it.

    Whatever ends the build early, even SIGKILL, the place of the entry stays empty; what was left half done
    is removed by the next build. Raises EngineError and Cancelled.
    """
    try:
        return _build(engine, progress, cancelled)
    except OSError as error:
        raise _unusable(engine, error) from error


def _build(engine: Engine, progress: Progress, cancelled: threading.Event) -> Path:
    home = cache.entry(engine)
    home.parent.mkdir(parents=True, exist_ok=True)
    waiting = Step("waiting for another process that builds", engine.name, engine.version)
    with lock.held(home.parent / f"{engine.name}.lock", waiting, progress, cancelled):
        if found := cache.cached(engine):
            return found.path
        for leftover in home.parent.glob(f".{engine.name}-*"):
            cache.discard(leftover)
        cache.discard(home)
        begun = time.monotonic()
        temporary = Path(tempfile.mkdtemp(prefix=f".{engine.name}-", dir=home.parent))
        try:
            work = Work(
                temporary / "product",
                temporary / "scratch",
                home.parent / f"{engine.name}.log",
                progress,
                cancelled,
            )
            work.product.mkdir()
            work.scratch.mkdir()
            toolchain, needs = _make(engine, work)
            _check(engine, work.product)
            cache.seal(work.product, engine.file, toolchain, time.monotonic() - begun, needs)
            work.product.rename(home)
        finally:
            cache.discard(temporary)
    return home / engine.file


def _make(engine: Engine, work: Work) -> tuple[str, tuple[Path, ...]]:
    """Make the executable. Returns the toolchain's version, and the other files that must stay."""
    if isinstance(engine.recipe, GoBuild):
        return gobuild.build(engine, engine.recipe, work), ()
    version, node = npminstall.install(engine, engine.recipe, work)
    return version, (node, Path("node_modules") / engine.recipe.script)


def _check(engine: Engine, folder: Path) -> None:
    """What was built must run here and say that it is what was wanted."""
    version = printed_version(engine, folder / engine.file)
    if version != engine.version:
        raise EngineError(
            f"{engine.name} was built, but says it is {version or 'of no version'} and not {engine.version}",
            f"The pins in {engine.folder} and estate/versions.py must name the same version.",
        )


def _unusable(engine: Engine, error: OSError) -> EngineError:
    # Of a copy that failed, the second name is where it was to go.
    where = error.filename2 or error.filename or cache.root()
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = "Free some space, or set XDG_CACHE_HOME to a folder on a larger disk."
    else:
        remedy = "Set XDG_CACHE_HOME to a folder that this user may write to."
    return EngineError(f"{engine.name} cannot be built: {where}: {os.strerror(error.errno or 0)}", remedy)
