"""Loading and checking an estate of 500 clusters, beside what reading its YAML alone costs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Benchmark, Figure, Series
from tests.estate.generate import estate

CLUSTERS = 500
RUNS = 7
BUDGET_SECONDS, BUDGET_MIB = 2.0, 300.0
_MEASURE = """
import json, sys, time
{prepare}
began = time.perf_counter()
{work}
took = time.perf_counter() - began
# Of this program alone: `ru_maxrss` would begin with the size of the process that started it.
(high,) = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(json.dumps([took, int(high) / 1024]))
"""
_YAML = _MEASURE.format(
    prepare="import yaml",
    work="kept = yaml.load(open(sys.argv[1], encoding='utf-8').read(), yaml.CSafeLoader)",
)
_LOAD = _MEASURE.format(
    prepare="from pathlib import Path\nfrom estate.load import load",
    work="kept = load(Path(sys.argv[1]))",
)
_COMMAND = _MEASURE.format(
    prepare="import subprocess",
    work=(
        "subprocess.run([sys.executable, '-P', '-c', 'from singlepane.main import main; main()', 'check', "
        "sys.argv[1]], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)"
    ),
)


def run(place: Path) -> Iterator[Figure]:
    """Each run in a process of its own, in turn, so that noise falls on all alike."""
    file = place / "estate.yaml"
    file.write_text(estate(CLUSTERS), encoding="utf-8")
    measured: dict[str, list[tuple[float, float]]] = {_YAML: [], _LOAD: [], _COMMAND: []}
    for _ in range(RUNS):
        for program, results in measured.items():
            results.append(_measured(program, file))

    def series(name: str, program: str, index: int) -> Series:
        return Series(name, tuple(pair[index] for pair in measured[program]))

    seconds = series("yaml.CSafeLoader on the same text", _YAML, 0)
    memory = series("yaml.CSafeLoader on the same text", _YAML, 1)
    title = f"{CLUSTERS} clusters, {file.stat().st_size // 1024} KiB"
    yield Figure(series(f"load and check, {title}", _LOAD, 0), "s", seconds, BUDGET_SECONDS)
    yield Figure(series(f"singlepane check, {title}", _COMMAND, 0), "s", seconds, BUDGET_SECONDS)
    yield Figure(series("memory of load and check", _LOAD, 1), "MiB", memory, BUDGET_MIB)


def _measured(program: str, file: Path) -> tuple[float, float]:
    """Seconds and the process's largest size in MiB."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, str(file)], capture_output=True, text=True, check=True
    )
    took, size = json.loads(done.stdout)
    return took, size


BENCHMARK = Benchmark("estate-500", "A large estate, loaded with positions and all checks.", run)
