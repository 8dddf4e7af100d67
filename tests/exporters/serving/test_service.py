"""The service over HTTP: scrapes, readiness, pages, reloading; and the board behind it."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from deploy import engines
from exporters.collector import Collector, CollectorError
from exporters.configuration.load import load
from exporters.exposition.metrics import Family, Labels, Sample, gauge
from exporters.running import own
from exporters.running.board import Board
from exporters.running.cycle import Cycle
from exporters.running.own import Counts
from exporters.serving import runtime as runtimes
from exporters.serving.runtime import Runtime
from exporters.serving.service import app, landing
from tests.exporters.doubles import Scripted, gives, hangs, raises

CONFIG = """\
apiVersion: singlepane/v1
name: {name}
inventory:
  estate: shop
  hub: hub-weu
  clusters:
    hub-weu: {{region: westeurope, subscription: hub, version: "1.36"}}
exporters:
  inventory: {{kind: estate}}
"""
OPENMETRICS = "application/openmetrics-text;version=1.0.0"
ONE = gauge("one", "One.", 1.0)


@asynccontextmanager
async def served(folder: Path, *collectors: Collector) -> AsyncIterator[tuple[httpx.AsyncClient, FastAPI]]:
    """The service with its own lifespan; with given collectors in the place of the configured ones."""
    file = folder / "exporter.yaml"
    file.write_text(CONFIG.format(name="under-test"))
    config = load(file)
    patch = pytest.MonkeyPatch()
    if collectors:
        patch.setattr(runtimes, "build", lambda *_: collectors)
    service = app(lambda: Runtime(config, file, folder))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="http://exporter")
    async with service.router.lifespan_context(service), client:
        try:
            yield client, service
        finally:
            patch.undo()


async def ready(client: httpx.AsyncClient) -> None:
    """Wait for the first cycle."""
    for _ in range(1000):
        if (await client.get("/readyz")).status_code == 200:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("never ready")


async def until(client: httpx.AsyncClient, text: str) -> str:
    """A scrape that has a text, once there is one."""
    for _ in range(1000):
        scraped = (await client.get("/metrics")).text
        if text in scraped:
            return scraped
        await asyncio.sleep(0.01)
    raise AssertionError(f"{text!r} never came")


def promtool(text: str) -> tuple[int, str]:
    """Exit code and words of `promtool check metrics`."""
    command = [str(engines.find("promtool")), "check", "metrics"]
    checked = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
    return checked.returncode, checked.stdout + checked.stderr


def series(text: str) -> dict[str, str]:
    """Values by name and labels."""
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


async def test_a_scrape(tmp_path: Path) -> None:
    """Text by default, OpenMetrics and gzip on demand, and the same series in both."""
    async with served(tmp_path) as (client, _):
        await ready(client)
        plain = await client.get("/metrics", headers={"accept": "*/*", "accept-encoding": "identity"})
        assert plain.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert plain.headers["vary"] == "Accept, Accept-Encoding"
        assert "content-encoding" not in plain.headers
        assert 'singlepane_estate_cluster_info{expected_cluster="hub-weu"' in plain.text
        packed = await client.get("/metrics", headers={"accept": OPENMETRICS, "accept-encoding": "gzip"})
        assert packed.headers["content-type"] == f"{OPENMETRICS.replace(';', '; ')}; charset=utf-8"
        assert packed.headers["content-encoding"] == "gzip"
        parse: Any = text_string_to_metric_families
        names = {sample.name for family in parse(packed.text) for sample in family.samples}
        assert names == {each.split("{")[0] for each in series(plain.text)}


async def test_the_whole_exposition_passes_promtool(tmp_path: Path) -> None:
    """The linter that Prometheus ships has nothing to say, with all of the exporter's own metrics in it."""
    good = Scripted(gives(ONE), own=(gauge("shop_api_calls_open", "Calls.", 1.0),))
    async with served(tmp_path, good, Scripted(raises(CollectorError("no")))) as (client, service):
        await ready(client)
        await client.get("/metrics")
        await service.state.runtime.board.refresh()
        text = (await client.get("/metrics")).text
    assert promtool(text) == (0, "")


async def test_own_metrics(tmp_path: Path) -> None:
    """The names and labels that alerts rely on, with the values of a good and of a bad collector."""
    good = Scripted(gives(ONE), own=(gauge("x_calls", "X.", 5.0),), exporter="good")
    bad = Scripted(raises(CollectorError("no")), interval=15.0, exporter="bad")
    async with served(tmp_path, good, bad) as (client, _):
        await ready(client)
        values = series((await client.get("/metrics")).text)

    def of(name: str, exporter: str) -> str:
        return f'{name}{{collector="scripted",exporter="{exporter}"}}'

    assert values[of("exporter_collector_success", "good")] == "1"
    assert values[of("exporter_collector_success", "bad")] == "0"
    assert float(values[of("exporter_collector_last_success_timestamp_seconds", "good")]) > 1.7e9
    assert values[of("exporter_collector_last_success_timestamp_seconds", "bad")] == "0"
    assert float(values[of("exporter_collector_duration_seconds", "good")]) >= 0
    assert values[of("exporter_collector_interval_seconds", "bad")] == "15"
    assert values[of("exporter_collector_series", "good")] == "1"
    assert values[of("exporter_collector_series", "bad")] == "0"
    assert float(values[of("exporter_collector_data_age_seconds", "good")]) >= 0
    assert of("exporter_collector_data_age_seconds", "bad") not in values
    assert values[of("x_calls", "good")] == "5"
    assert values["exporter_config_last_reload_successful"] == "1"
    for name in ("process_resident_memory_bytes", "process_cpu_seconds_total"):
        assert float(values[name]) > 0
    assert float(values["exporter_event_loop_lag_seconds"]) >= 0


async def test_readiness_is_the_end_of_the_first_cycle(tmp_path: Path) -> None:
    """Before it says for whom it waits; a first cycle that failed is an end too. Health needs no cycle."""
    async with served(tmp_path, Scripted(hangs(), timeout=0.3, exporter="slow")) as (client, _):
        waiting = await client.get("/readyz")
        assert (waiting.status_code, waiting.text) == (503, "waiting for the first cycle of slow\n")
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/metrics")).status_code == 200
        await ready(client)
        assert "no result within 0.3 s" in (await client.get("/")).text


async def test_pages(tmp_path: Path) -> None:
    """The landing page names collectors and errors, escaped; the configuration is shown as it was written."""
    async with served(tmp_path, Scripted(raises(CollectorError("<script>")))) as (client, _):
        await ready(client)
        page = (await client.get("/")).text
        assert "<h1>under-test</h1>" in page
        assert "&lt;script&gt;" in page
        assert "<script>" not in page
        shown = await client.get("/config")
        assert shown.text.startswith("apiVersion: singlepane/v1\nname: under-test\n")


async def test_reload(tmp_path: Path) -> None:
    """A valid file takes over; an invalid one is answered with its findings, counted, and changes nothing."""
    async with served(tmp_path) as (client, service):
        await ready(client)
        file = tmp_path / "exporter.yaml"
        file.write_text(CONFIG.format(name="renamed").replace("hub-weu", "hub-neu"))
        assert (await client.post("/-/reload")).text == "reloaded\n"
        assert "renamed" in (await client.get("/")).text
        await until(client, 'expected_cluster="hub-neu"')

        file.write_text("apiVersion: singlepane/v1\nname: x\nexporterz: {}\n")
        refused = await client.post("/-/reload")
        assert refused.status_code == 400
        assert {each["code"] for each in refused.json()["findings"]} == {"missing-key", "unknown-key"}
        await service.state.runtime.board.refresh()
        text = (await client.get("/metrics")).text
        assert series(text)["exporter_config_last_reload_successful"] == "0"
        assert 'expected_cluster="hub-neu"' in text
        assert (await client.get("/-/reload")).status_code == 405


async def test_collectors_are_closed_at_the_end(tmp_path: Path) -> None:
    """What a collector holds is freed, also when another one fails to close."""

    class Stubborn(Scripted):
        async def close(self) -> None:
            raise RuntimeError("no")

    last = Scripted(gives())
    async with served(tmp_path, Stubborn(gives()), last) as (client, _):
        await ready(client)
    assert last.closed


async def test_scrapes_are_answered_while_a_collector_hangs(tmp_path: Path) -> None:
    """A scrape sends what is there; it calls nobody and waits for nobody."""
    quick = Scripted(gives(ONE), exporter="quick")
    slow = Scripted(hangs(), timeout=60.0, exporter="slow")
    async with served(tmp_path, quick, slow) as (client, service):
        for _ in range(500):
            if "one" in series((await client.get("/metrics")).text):
                break
            await asyncio.sleep(0.01)
        before = quick.runs
        for _ in range(100):
            await client.get("/metrics")
        assert quick.runs == before
        assert service.state.runtime.counts.scrapes["text", "gzip"] >= 100


class Given:
    """What a board is fed with."""

    def __init__(self) -> None:
        self.data: list[Family] = []
        self.own: list[Family] = []

    def board(self) -> tuple[Board, Counts]:
        """A board over it."""
        counts = Counts()

        def own(snapshot: Any) -> Iterable[Family]:
            return self.own

        return Board(lambda: self.data, own, counts), counts


def shown(board: Board) -> dict[str, str]:
    """What a scrape would get."""
    assert board.snapshot is not None
    body = board.snapshot.bodies["text"]
    assert gzip.decompress(body.gzipped) == body.plain
    return series(body.plain.decode())


async def test_the_board_renders_what_changed() -> None:
    """New data appear, data that are gone disappear, own metrics are always new."""
    given = Given()
    board, _ = given.board()
    given.own = [gauge("own", "Own.", 1.0)]
    await board.refresh()
    assert shown(board) == {"own": "1"}
    given.data = [ONE]
    given.own = [gauge("own", "Own.", 2.0)]
    board.changed()
    await board.refresh()
    assert shown(board) == {"one": "1", "own": "2"}
    given.data = []
    await board.refresh()
    assert shown(board) == {"own": "2"}


async def test_own_names_cannot_be_taken() -> None:
    """A document's metric that calls itself like one of ours is left out and counted; alerts stay right."""
    given = Given()
    board, counts = given.board()
    given.own = [gauge("exporter_collector_success", "Own.", 1.0)]
    given.data = [
        gauge("exporter_collector_success", "Fake.", 0.0),
        ONE,
        gauge("one", "One.", 2.0),
        Family("one_total", "counter", "Another type.", ONE.samples),
    ]
    await board.refresh()
    assert shown(board) == {"one": "1", "exporter_collector_success": "1"}
    assert (counts.conflicts, counts.duplicates) == (2, 1)
    assert board.unserved(given.data) == ("exporter_collector_success", "one_total")


async def test_series_that_an_external_label_would_change_are_counted() -> None:
    """Prometheus replaces their label on the way out and says nothing (thanos#1579)."""
    given = Given()
    _, counts = given.board()
    external = ["cluster", "region", "a"]
    board = Board(lambda: given.data, lambda _: given.own, counts, lambda: external)
    labels = [
        {"region": "eu"},
        {"aregion": "x"},
        {"b": 'x",region="y'},
        {"a": "1", "region": "us"},
        {"z": "a"},
    ]
    given.data = [
        gauge("one", "One.", 1.0),
        Family("two", "gauge", "Two.", [Sample(Labels(each), 1.0) for each in labels]),
    ]
    await board.refresh()
    assert counts.replaced == {"cluster": 0, "region": 2, "a": 1}
    families = {each.name: each for each in own.service(counts, None)}
    assert [
        (sample.labels.get("label"), sample.value)
        for sample in families["exporter_external_label_series"].samples
    ] == [("cluster", 0.0), ("region", 2.0), ("a", 1.0)]
    external.clear()
    board.changed()
    await board.refresh()
    assert counts.replaced == {}


async def test_a_metric_that_is_not_served_is_no_success(tmp_path: Path) -> None:
    """A gauge and a counter of one OpenMetrics family (client_python#818), which no check saw: the one that
    is left out is counted, and named in the log, on the page and by a collector that has not succeeded.
    """
    file = tmp_path / "exporter.yaml"
    file.write_text(CONFIG.format(name="under-test"))
    runtime = Runtime(load(file), file, None)
    first = gauge("shop_orders", "Orders.", 1.0)
    second = Family("shop_orders_total", "counter", "Orders.", first.samples)
    cycles = tuple(
        Cycle(Scripted(gives(family), exporter=name), runtime.board.changed)
        for name, family in (("open", first), ("all", second))
    )
    runtime._set.cycles = cycles
    with capture_logs() as said:
        for _ in range(3):
            for cycle in cycles:
                await cycle.once()
            await runtime.board.refresh()
    assert ("metrics left out: their names are taken", ["shop_orders_total"]) in [
        (each["event"], each.get("names")) for each in said
    ]
    found = shown(runtime.board)
    assert found["shop_orders"] == "1" and "shop_orders_total" not in found
    assert found["exporter_family_conflicts"] == "1"
    for metric, values in (("success", ("1", "0")), ("failures_total", ("0", "1"))):
        assert values == tuple(
            found[f'exporter_collector_{metric}{{collector="scripted",exporter="{name}"}}']
            for name in ("open", "all")
        )
    assert cycles[1].status.trouble == "left out, as their names are taken: shop_orders_total"
    assert "left out, as their names are taken: shop_orders_total" in landing(runtime)
