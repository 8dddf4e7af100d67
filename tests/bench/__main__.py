"""Run benchmarks by name, or all of them, and print their tables. An absolute time never fails a run."""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path

from singlepane import output
from tests.bench import BENCHMARKS
from tests.bench.figures import noise, table


def main(names: list[str]) -> int:
    """Exit code: 0, or 2 for a name that no benchmark has."""
    # Told to stop, a benchmark still takes its estate down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    known = {benchmark.name: benchmark for benchmark in BENCHMARKS}
    if unknown := [name for name in names if name not in known]:
        output.message(f"no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    usual = [benchmark for benchmark in BENCHMARKS if not benchmark.by_name_only]
    for benchmark in [known[name] for name in names] or usual:
        output.console.print(f"{benchmark.name}: {benchmark.about}")
        output.console.print(f"machine before: {noise()}")
        with tempfile.TemporaryDirectory(prefix=f"singlepane-{benchmark.name}-") as place:
            figures = tuple(benchmark.run(Path(place)))
        output.console.print(f"machine after:  {noise()}")
        table("", figures)
    return 0


sys.exit(main(sys.argv[1:]))
