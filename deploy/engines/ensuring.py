"""Builds what is missing of several engines, as many at once as the machine has cores."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path

from deploy.engines import building, lookup
from deploy.engines.process import Cancelled
from deploy.engines.progress import Progress
from deploy.engines.spec import Engine


def ensure(wanted: Iterable[Engine], order: Sequence[Engine], progress: Progress) -> dict[str, Path]:
    """Paths of these engines by name; what is missing is built, in the order of `order`.

    The compiler keeps all cores busy, but fetching and linking do not: a build beside it fills the gaps.
    The first build that fails ends the others (what they have compiled stays in Go's cache). Raises
    EngineError, and KeyboardInterrupt after everything that was started has ended.
    """
    names = {engine.name for engine in wanted}
    engines = [engine for engine in order if engine.name in names]
    found = {engine.name: lookup.found_or_none(engine) for engine in engines}
    missing = [engine for engine in engines if found[engine.name] is None]
    if missing:
        found |= _build_all(missing, progress)
    return {name: path for name, path in found.items() if path is not None}


def _build_all(engines: Sequence[Engine], progress: Progress) -> dict[str, Path]:
    cancelled = threading.Event()
    with ThreadPoolExecutor(max_workers=len(os.sched_getaffinity(0)), thread_name_prefix="build") as workers:
        builds = {
            engine.name: workers.submit(building.build, engine, progress, cancelled) for engine in engines
        }
        try:
            done, _ = wait(builds.values(), return_when=FIRST_EXCEPTION)
        except BaseException:
            cancelled.set()
            workers.shutdown(cancel_futures=True)
            raise
        errors = [error for build in done if (error := build.exception())]
        if errors:
            cancelled.set()
            workers.shutdown(cancel_futures=True)
            raise next((error for error in errors if not isinstance(error, Cancelled)), errors[0])
        return {name: build.result() for name, build in builds.items()}
