"""A reload touches what changed and nothing else: series, counters, tokens and connections go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import time
from typing import Any

import httpx
import pytest
import yaml

from exporters.collector import CollectorError, keep_seconds
from exporters.configuration import parts
from exporters.configuration.config import Config
from exporters.configuration.load import load
from exporters.exposition.metrics import Family, Labels, Sample, gauge
from exporters.running import cycle as cycles
from exporters.running.carried import continued
from exporters.running.cycle import Cycle
from exporters.serving.runtime import Runtime
from exporters.serving.service import app
from tests.exporters.doubles import Scripted, gives, raises
from tests.exporters.serving.test_service import ready, series
from tests.exporters.simulated import SECRET, STORAGE, SUBSCRIPTIONS, TENANT, Azure, azure, fleet_text

FLEET = fleet_text(
    {
        name: [{"type": STORAGE, "name": f"{part}store{{n}}", "count": 3, "region": "westeurope"}]
        for name, part in (("shop-a", "a"), ("shop-b", "b"))
    }
)
TOTAL = "azure_storage_storageaccounts_transactions_total"


def document(sim: Azure) -> dict[str, Any]:
    """An exporter of each subscription, and the inventory."""
    metrics = [{"type": STORAGE, "names": ["Transactions"], "aggregations": ["Total"]}]
    row = {"kind": "azure", "identity": f"env:{SECRET}", "metrics": metrics}
    return {
        "apiVersion": "singlepane/v1",
        "name": "reloading",
        "azure": sim.endpoints.model_dump(mode="json", exclude_unset=True, by_alias=True),
        "tenants": {"main": {"id": TENANT}},
        "subscriptions": {name: {"id": id, "tenant": "main"} for name, id in SUBSCRIPTIONS.items()},
        "inventory": {
            "estate": "shop",
            "hub": "hub",
            "clusters": {"hub": {"region": "westeurope", "subscription": "hub", "version": "1.36"}},
        },
        "exporters": {
            "first": {**row, "scope": ["shop-a"]},
            "second": {**row, "scope": ["shop-b"]},
            "inventory": {"kind": "estate"},
        },
    }


@asynccontextmanager
async def reloading(
    sim: Azure, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[httpx.AsyncClient, Runtime]]:
    """The service, without a state folder, once all rows have data."""
    monkeypatch.setenv(SECRET, "simulator")
    sim.clock.jump(time())
    file = sim.folder / "exporter.yaml"
    file.write_text(yaml.safe_dump(document(sim)))
    service = app(lambda: Runtime(load(file), file, None))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="http://exporter")
    async with service.router.lifespan_context(service), client:
        await ready(client)
        runtime: Runtime = service.state.runtime
        await runtime.board.refresh()
        yield client, runtime


async def reload(client: httpx.AsyncClient, sim: Azure, changed: dict[str, Any]) -> None:
    """Write the file and have it read."""
    (sim.folder / "exporter.yaml").write_text(yaml.safe_dump(changed))
    assert (await client.post("/-/reload")).text == "reloaded\n"


def counters(scraped: dict[str, str]) -> dict[str, float]:
    """The values of what may never fall."""
    return {
        each: float(value) for each, value in scraped.items() if each.partition("{")[0].endswith("_total")
    }


async def test_reloads_under_scrapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over and over, the file unchanged, then one row changed: no series is missing in any scrape or stands
    there twice, no counter falls, no token is asked for, and the row that is as before is not touched.
    """
    with azure(tmp_path, FLEET) as sim:
        async with reloading(sim, monkeypatch) as (client, runtime):
            texts: list[str] = []
            stop = asyncio.Event()

            async def scrape() -> None:
                while not stop.is_set():
                    texts.append((await client.get("/metrics")).text)
                    await asyncio.sleep(0.005)

            scraping = asyncio.create_task(scrape())
            tokens = sim.world.tokens_issued
            first = {each.collector.exporter: each for each in runtime.cycles}
            for turn in range(8):
                changed = document(sim)
                if turn % 2:
                    changed["exporters"]["second"]["budget"] = {"total": 1000 + turn}
                await reload(client, sim, changed)
                for _ in range(1000):
                    if all(not each._inherits for each in runtime.cycles):
                        break
                    await asyncio.sleep(0.01)
                await runtime.board.refresh()
                await asyncio.sleep(0.02)
            stop.set()
            await scraping
            last = {each.collector.exporter: each for each in runtime.cycles}
            assert sim.world.tokens_issued == tokens
            assert (last["first"], last["inventory"]) == (first["first"], first["inventory"])
            assert last["second"] is not first["second"]
            assert list(last) == sorted(last) == ["first", "inventory", "second"]
    began = series(texts[0])
    assert sum(each.startswith(TOTAL) for each in began) == 6
    before = counters(began)
    for text in texts:
        names = [line.rsplit(" ", 1)[0] for line in text.splitlines() if not line.startswith("#")]
        assert len(names) == len(set(names))
        now = series(text)
        assert began.keys() - now.keys() == set()
        found = counters(now)
        assert {each: (value, found[each]) for each, value in before.items() if found[each] < value} == {}
        before = found


async def test_rows_come_and_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that is removed is gone with the reload; a new one is there when it has data, and the exporter
    stays ready meanwhile.
    """
    with azure(tmp_path, FLEET) as sim:
        async with reloading(sim, monkeypatch) as (client, runtime):
            changed = document(sim)
            del changed["exporters"]["second"]
            await reload(client, sim, changed)
            await runtime.board.refresh()
            assert 'exporter="second"' not in (await client.get("/metrics")).text
            await reload(client, sim, document(sim))
            assert (await client.get("/readyz")).status_code == 200
            for _ in range(1000):
                found = series((await client.get("/metrics")).text)
                if sum(each.startswith(TOTAL) for each in found) == 6:
                    return
                await asyncio.sleep(0.01)
            raise AssertionError("the row never came back")


@pytest.mark.parametrize(
    ("path", "value", "changed"),
    [
        (("name",), "other", set()),
        (("subscriptions", "more"), {"id": "2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000c", "tenant": "main"}, set()),
        (("tenants", "more"), {"id": "6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0009"}, set()),
        (("subscriptions", "shop-b", "id"), "2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000d", {"second"}),
        (("tenants", "main", "cloud"), "china", {"first", "second"}),
        (("azure", "lag"), "4m", {"first", "second"}),
        (("inventory", "estate"), "other", {"inventory"}),
        (("exporters", "first", "interval"), "2m", {"first"}),
        (("exporters", "first", "interval"), "60s", set()),
    ],
)
def test_what_a_row_depends_on(
    path: tuple[str, ...], value: object, changed: set[str], tmp_path: Path
) -> None:
    """Its own keys, and of tenants, subscriptions, `azure` and the inventory what it uses."""
    with azure(tmp_path, FLEET) as sim:
        raw = document(sim)
    raw["exporters"]["first"]["interval"] = "60s"

    def rows() -> dict[str, str]:
        return parts.rows(Config.model_validate(raw, by_alias=True, by_name=False))

    before, place = rows(), raw
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert {name for name, text in rows().items() if before[name] != text} == changed


async def test_a_changed_row_that_fails_keeps_the_old_values_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It says at once that it fails; what it brought before is shown until it is too old, as ever."""
    now = [1_000_000.0]
    monkeypatch.setattr(cycles, "time", lambda: now[0])
    one, two = gauge("one", "One.", 1.0), gauge("two", "Two.", 2.0)
    old = Cycle(Scripted(gives(one)), lambda: None)
    await old.once()
    partly = gives(two, problems=("half of it",))
    new = Cycle(Scripted(raises(CollectorError("no")), partly, partly, gives(two)), lambda: None, old)
    assert (new.status.success, list(new.families())) == (True, [one])
    for said in ("no", "half of it"):
        await new.once()
        assert (new.status.success, new.status.error, list(new.families())) == (False, said, [one])
    assert (new.status.cycles, new.status.failures) == (3, 2)
    now[0] += keep_seconds(60.0) + 1
    await new.once()
    assert list(new.families()) == [two]


def test_counters_go_on() -> None:
    """What was counted before is added, also for labels that have not come again; gauges are not."""

    def family(type: Any, **values: float) -> Family:
        samples = tuple(Sample(Labels({"x": name}), value) for name, value in values.items())
        return Family("all_total" if type == "counter" else "level", type, "Help.", samples)

    (counter, level), gone = (
        continued(
            [family("counter", a=1.0, b=2.0), family("gauge", a=1.0)],
            [family("counter", a=10.0, c=20.0), family("gauge", a=10.0, c=20.0)],
        ),
        continued([], [family("counter", a=1.0), family("gauge", a=1.0)]),
    )
    assert {each.labels.get("x"): each.value for each in counter.samples} == {"a": 11.0, "b": 2.0, "c": 20.0}
    assert level == family("gauge", a=1.0)
    assert gone == [family("counter", a=1.0)]
