"""The exporter beside Telegraf's azure_monitor input, which a proxy leads to the simulator.

It reads machine by machine, so the fleet has a hundred; of a thousand is shown what it brings in a minute.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

from tests.bench import telegraf
from tests.bench.azure_load import cpu_seconds, resident
from tests.bench.azure_stand import Simulator, cores, exporter, own_process, simulator
from tests.bench.azure_truth import Truth
from tests.bench.figures import Benchmark, Figure, Series
from tests.ports import free_port
from tests.processes.azure_fleet import CLIENT, METRICS, SECRET, SUBSCRIPTION, TENANT, TYPE, Size

FEW, MANY = Size(100), Size(1_000)
SECONDS = 60
_NAME = re.compile(r"[./ ()]")
_FIELD = re.compile(r'average=([^,\s]+).*?timeStamp="([^"]+)"|timeStamp="([^"]+)".*?average=([^,\s]+)')


@dataclass(frozen=True, slots=True)
class Once:
    """One reading of all, with the start before it. `samples` are (resource name, metric, minute, value)."""

    code: int
    seconds: float
    cpu: float
    memory: float
    calls: dict[tuple[str, int], int]
    samples: list[tuple[str, str, int, float]]

    def count(self, *apis: str) -> float:
        """Calls of these APIs that were answered."""
        return float(sum(count for (api, code), count in self.calls.items() if api in apis and code == 200))

    @property
    def throttled(self) -> float:
        """Calls that Azure's limits refused."""
        return float(sum(count for (_, code), count in self.calls.items() if code == 429))


def run(place: Path) -> Iterator[Figure]:
    """Telegraf is the baseline."""
    binary = telegraf.binary()
    with _azure(place / "few", FEW) as azure, _proxied(place / "few", azure) as proxy:
        theirs = _once(binary, place / "few", azure, proxy)
        wrong = _wrong(Truth(FEW), theirs.samples)
        azure.ask("/calls", "DELETE")
        with exporter(place / "few", azure, "1m") as ours:
            _, seconds = ours.cycles()
            cpu, memory = cpu_seconds(ours.process), resident(ours.process)[1]
        rows = azure.ask("/calls")["calls"]
    mine = {
        api: sum(row["count"] for row in rows if row["api"] == api) for api in {row["api"] for row in rows}
    }
    for what, unit, value, base in (
        (
            "metric calls per reading, 100 machines",
            "calls",
            mine["metrics-batch"],
            theirs.count("metrics"),
        ),
        ("definition calls to start", "calls", mine["definitions"], theirs.count("definitions")),
        ("seconds of the first reading, discovery included", "s", seconds, theirs.seconds),
        ("processor seconds, start included", "s", cpu, theirs.cpu),
        ("peak resident memory", "MB", memory, theirs.memory),
    ):
        yield Figure(Series(what, (float(value),)), unit, Series("Telegraf azure_monitor", (float(base),)))
    expected = float(FEW.series)
    yield Figure(
        Series("Telegraf: samples of 100 machines", (float(len(theirs.samples)),)),
        "",
        Series("there are", (expected,)),
    )
    yield Figure(
        Series("Telegraf: of these not the final value", (float(wrong),)),
        "",
        Series("samples", (float(len(theirs.samples)),)),
    )
    with _azure(place / "many", MANY) as azure, _proxied(place / "many", azure) as proxy:
        many = _once(binary, place / "many", azure, proxy)
    yield Figure(
        Series(f"Telegraf: samples of 1,000 machines in {SECONDS} s", (float(len(many.samples)),)),
        "",
        Series("there are", (float(MANY.series),)),
    )
    yield Figure(Series("Telegraf: calls refused by Azure's limits meanwhile", (many.throttled,)), "calls")


@contextlib.contextmanager
def _azure(place: Path, size: Size) -> Iterator[Simulator]:
    # Real time: Telegraf has no other clock.
    with simulator(place, size, 1.0) as azure:
        yield azure


@contextlib.contextmanager
def _proxied(place: Path, azure: Simulator) -> Iterator[str]:
    port = free_port()
    words = ["tests.processes.azure_proxy", str(port), azure.origin.rpartition(":")[2]]
    with own_process(words, place / "proxy.log", cores()[1]):
        time.sleep(1)
        yield f"http://127.0.0.1:{port}"


def _once(binary: Path, place: Path, azure: Simulator, proxy: str) -> Once:
    file, out = place / "telegraf.conf", place / "telegraf.out"
    file.write_text(_configuration(out))
    azure.ask("/calls", "DELETE")
    began = time.monotonic()
    with (place / "telegraf.log").open("wb") as log:
        process = subprocess.Popen(
            [str(binary), "--config", str(file), "--once"],
            stdout=log,
            stderr=log,
            env={**os.environ, "HTTPS_PROXY": proxy, "SSL_CERT_FILE": str(azure.ca), "NO_PROXY": ""},
        )
        # What wait4 says of memory includes the moment before exec, when the process was a copy of this one.
        peak, ended = 0.0, 0
        while not ended:
            with contextlib.suppress(OSError, StopIteration, psutil.Error):
                peak = max(peak, resident(psutil.Process(process.pid))[1])
            time.sleep(0.1)
            if time.monotonic() - began > SECONDS:
                process.terminate()
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
        process.returncode = os.waitstatus_to_exitcode(status)
    rows = azure.ask("/calls")["calls"]
    calls: dict[tuple[str, int], int] = {}
    for row in rows:
        key = (row["api"], row["status"])
        calls[key] = calls.get(key, 0) + row["count"]
    return Once(
        process.returncode,
        time.monotonic() - began,
        used.ru_utime + used.ru_stime,
        peak,
        calls,
        _samples(out.read_text() if out.exists() else ""),
    )


def _configuration(out: Path) -> str:
    names = ", ".join(f'"{each}"' for each in METRICS)
    return f"""[agent]
interval = "60s"
omit_hostname = true
[[inputs.azure_monitor]]
subscription_id = "{SUBSCRIPTION}"
client_id = "{CLIENT}"
client_secret = "{SECRET}"
tenant_id = "{TENANT}"
[[inputs.azure_monitor.subscription_target]]
resource_type = "{TYPE}"
metrics = [{names}]
aggregations = ["Average"]
[[outputs.file]]
files = ["{out}"]
data_format = "influx"
"""


def _samples(text: str) -> list[tuple[str, str, int, float]]:
    """From lines of InfluxDB's line protocol."""
    by_name = {f"azure_monitor_{_NAME.sub('_', f'{TYPE}_{each}'.lower())}": each for each in METRICS}
    found = []
    for line in text.splitlines():
        measurement = line.partition(",")[0]
        resource = re.search(r"resource_name=([^,\s]+)", line)
        field = _FIELD.search(line)
        if resource and field and measurement in by_name:
            value, stamp = (field[1], field[2]) if field[1] else (field[4], field[3])
            minute = int(datetime.fromisoformat(stamp).timestamp()) // 60
            found.append((resource[1], by_name[measurement], minute, float(value)))
    return found


def _wrong(truth: Truth, samples: list[tuple[str, str, int, float]]) -> int:
    ids = {each.rpartition("/")[2].lower(): each for each in truth.ids}
    return truth.wrong(
        (ids[name.lower()], metric, "average", minute, value) for name, metric, minute, value in samples
    )


BENCHMARK = Benchmark(
    "azure-telegraf",
    "The exporter of Azure metrics beside Telegraf, which is built first (two minutes).",
    run,
    by_name_only=True,
)
