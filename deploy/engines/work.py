"""One piece of building: the folders it happens in, who follows it, and the tools it runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.engines.failures import failed
from deploy.engines.process import run
from deploy.engines.progress import Progress, Step


@dataclass(frozen=True, slots=True)
class Work:
    """`product` becomes the entry of the cache if all ends well, `scratch` goes away in any case.

    `log` keeps the output of a tool that failed. When `cancelled` is set, all that runs is ended.
    """

    product: Path
    scratch: Path
    log: Path
    progress: Progress
    cancelled: threading.Event

    def tool(
        self,
        step: Step,
        command: Sequence[str | Path],
        environment: Mapping[str, str],
        at: Path,
        heard: Callable[[str], bool],
    ) -> None:
        """Run a build tool in the folder `at` as one step.

        `heard` gets every line it prints and says whether the line is worth keeping. Raises EngineError
        with the last lines when the tool fails, Cancelled, and OSError.
        """
        kept: list[str] = []

        def listen(line: str) -> None:
            if heard(line):
                kept.append(line)

        self.progress.started(step)
        begun = time.monotonic()
        try:
            code = run(command, at, environment, listen, self.cancelled)
            if code:
                self.log.write_text("\n".join(kept) + "\n", encoding="utf-8")
                raise failed(step, code, kept, self.log)
        except BaseException:
            self.progress.failed(step, time.monotonic() - begun)
            raise
        self.progress.done(step, time.monotonic() - begun)
