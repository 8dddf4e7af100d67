"""The exporter beside the published SDK used plainly: same fleet, simulator and run, one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.bench.azure_load import cpu_seconds, resident
from tests.bench.azure_shown import Place, points, wrong
from tests.bench.azure_stand import Simulator, answers, cores, exporter, own_process, simulator, until
from tests.bench.azure_truth import Truth
from tests.bench.figures import Benchmark, Figure, Series
from tests.bench.waiting import each_cycle
from tests.ports import free_port
from tests.processes.azure_fleet import Size
from tests.processes.probing import Answers, probing

SIZE = Size(1_000)
REFRESHES = 3
# As in azure_refresh.
INTERVAL, SPEED = "3s", 30.0
# A scrape a second: rendering alone keeps prometheus-client busy for half of it.
PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Result:
    """What one of both did; lists are by refresh, `wrong` and `missing` are samples of the last one."""

    calls: float
    seconds: tuple[float, ...]
    cpu: tuple[float, ...]
    memory: float
    scrapes: Answers
    missing: int
    wrong: int


def run(place: Path) -> Iterator[Figure]:
    """Ours is the figure, the SDK the baseline."""
    truth = Truth(SIZE)
    with simulator(place, SIZE, SPEED) as azure:
        sdk = _sdk(place, azure, truth)
        ours = _ours(place, azure, truth)
    for what, unit, mine, theirs in (
        ("calls per refresh", "calls", (ours.calls,), (sdk.calls,)),
        ("seconds per refresh", "s", ours.seconds, sdk.seconds),
        ("processor seconds per refresh", "s", ours.cpu, sdk.cpu),
        ("peak resident memory", "MB", (ours.memory,), (sdk.memory,)),
        ("/metrics, longest of a scrape a second", "ms", (ours.scrapes.worst,), (sdk.scrapes.worst,)),
        ("/metrics, median", "ms", (ours.scrapes.quantile(0.5),), (sdk.scrapes.quantile(0.5),)),
        (f"missing of {SIZE.series:,} samples", "", (float(ours.missing),), (float(sdk.missing),)),
        ("wrong samples", "", (float(ours.wrong),), (float(sdk.wrong),)),
    ):
        yield Figure(Series(what, mine), unit, Series("azure-monitor-querymetrics", theirs))


def _ours(place: Path, azure: Simulator, truth: Truth) -> Result:
    with exporter(place, azure, INTERVAL, timestamps="point") as ours:
        url = f"{ours.url}/metrics"
        next(each_cycle(ours, 1))
        before = points(httpx.get(url, trust_env=False, timeout=60).text, truth.units)
        azure.ask("/calls", "DELETE")
        busy = cpu_seconds(ours.process)
        seconds, cpu = [], []
        with probing(url, PAUSE_SECONDS) as scrapes:
            for took in each_cycle(ours, REFRESHES):
                seconds.append(took)
                cpu.append(cpu_seconds(ours.process) - busy)
                busy = cpu_seconds(ours.process)
        calls = _batches(azure)
        after = points(httpx.get(url, trust_env=False, timeout=60).text, truth.units)
        missing = len(truth.expected() - after.keys())
        return Result(
            calls / len(seconds),
            tuple(seconds),
            tuple(cpu),
            resident(ours.process)[1],
            scrapes,
            missing,
            wrong(before, after, truth),
        )


def _sdk(place: Path, azure: Simulator, truth: Truth) -> Result:
    ids, out = place / "ids", place / "sdk.json"
    ids.write_text("\n".join(truth.ids))
    port = free_port()
    azure.ask("/calls", "DELETE")
    words = [str(azure.ca), str(ids), str(port), str(out), str(REFRESHES), *azure.pace.words]
    with own_process(
        ["tests.processes.azure_sdk", azure.origin, *words], place / "sdk.log", cores()[0]
    ) as process:
        url = f"http://127.0.0.1:{port}/metrics"
        until(lambda: answers(url), process, place)
        with probing(url, PAUSE_SECONDS) as scrapes:
            until(out.exists, process, place, 240)
        memory = resident(process)[1]
    rounds = json.loads(out.read_text())
    shown: dict[Place, tuple[float, float]] = {}
    for key, point in rounds[-1][2].items():
        resource, metric, kind = key.lower().split("|")
        shown[resource, metric, kind] = point
    return Result(
        _batches(azure) / len(rounds),
        tuple(each[0] for each in rounds),
        tuple(each[1] for each in rounds),
        memory,
        scrapes,
        len(truth.expected() - shown.keys()),
        truth.wrong((*key, int(at) // 60, value) for key, (at, value) in shown.items()),
    )


def _batches(azure: Simulator) -> int:
    return sum(row["count"] for row in azure.ask("/calls")["calls"] if row["api"] == "metrics-batch")


BENCHMARK = Benchmark(
    "azure-peers", "The exporter of Azure metrics beside the published SDK behind prometheus-client.", run
)
