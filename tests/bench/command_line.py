"""What a first look at the command line costs, beside the same with every verb loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Benchmark, Figure, Series

RUNS = 9
_GOAL = 0.4
_MEASURE = """
import json, resource, sys
words = json.loads(sys.argv[1])
sys.argv = ["singlepane", *words]
from singlepane import main, program
if {all_loaded}:
    import importlib
    for name in (*program.VERBS, *program.GROUPS):
        importlib.import_module(f"singlepane.commands.{{name}}")
try:
    main.main()
except SystemExit:
    pass
sys.stderr = sys.__stderr__
print("\\n" + json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_utime))
"""
_ASKED = {"--help": ["--help"], "a mistyped command": ["chekc"], "--version": ["--version"]}


def run(place: Path) -> Iterator[Figure]:
    """Processor seconds in user mode, each run in a process of its own, in turn."""
    measured: dict[tuple[str, bool], list[float]] = {}
    for _ in range(RUNS):
        for name, words in _ASKED.items():
            for all_loaded in (False, True):
                measured.setdefault((name, all_loaded), []).append(_seconds(words, all_loaded))
    for name in _ASKED:
        baseline = Series("with every verb loaded", tuple(measured[name, True]))
        yield Figure(
            Series(f"singlepane {name}", tuple(measured[name, False])), "s", baseline, _GOAL * baseline.median
        )


def _seconds(words: list[str], all_loaded: bool) -> float:
    program = _MEASURE.format(all_loaded=all_loaded)
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, json.dumps(words)], capture_output=True, text=True, check=True
    )
    return float(done.stdout.splitlines()[-1])


BENCHMARK = Benchmark("command-line", "Help, a mistyped command and the version.", run)
