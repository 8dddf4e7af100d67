"""`/probe` for Azure: a module against the simulator, through the service as Prometheus asks it."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

import exporters.serving.service
from exporters.azure.calls.clock import Clock
from exporters.collectors.azure_metrics import AzureMetrics
from exporters.configuration.load import load
from exporters.probe import azure as of_azure
from exporters.probe import probes
from exporters.probe.azure import tidy
from exporters.serving.runtime import Runtime
from exporters.serving.service import app
from tests.exporters.serving.test_service import promtool, series
from tests.exporters.simulated import SECRET, START, STORAGE, SUBSCRIPTIONS, TENANT, Azure, azure, fleet_text

FLEET = fleet_text(
    {
        name: [{"type": STORAGE, "name": f"{part}store{{n}}", "count": 3, "region": "westeurope"}]
        for name, part in (("shop-a", "a"), ("shop-b", "b"))
    }
)
TOTAL = "azure_storage_storageaccounts_transactions_total"
RESOURCE = "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Storage/storageAccounts/{}"


def document(sim: Azure, **more: Any) -> dict[str, Any]:
    """A configuration with one module over both subscriptions."""
    endpoints = sim.endpoints.model_dump(mode="json", exclude_unset=True, by_alias=True)
    module = {
        "kind": "azure",
        "identity": f"env:{SECRET}",
        "targets": ["shop-a", f"/subscriptions/{SUBSCRIPTIONS['shop-b'].upper()}/resourceGroups"],
        "metrics": [{"type": STORAGE, "names": ["Transactions"], "aggregations": ["Total"]}],
    }
    return {
        "apiVersion": "singlepane/v1",
        "name": "probing",
        "azure": endpoints,
        "tenants": {"main": {"id": TENANT}},
        "subscriptions": {name: {"id": id, "tenant": "main"} for name, id in SUBSCRIPTIONS.items()},
        "modules": {"storage": {**module, **more}},
    }


@asynccontextmanager
async def probing(
    sim: Azure, monkeypatch: pytest.MonkeyPatch, state: Path | None = None, **more: Any
) -> AsyncIterator[tuple[httpx.AsyncClient, Runtime]]:
    """The service of a configuration, whose clock is the simulator's."""
    monkeypatch.setenv(SECRET, "simulator")
    monkeypatch.setattr(of_azure, "REAL", Clock(sim.clock.now, sim.clock.now))
    monkeypatch.setattr(probes, "monotonic", sim.clock.now)
    monkeypatch.setattr(exporters.serving.service, "monotonic", sim.clock.now)
    file = sim.folder / "exporter.yaml"
    file.write_text(yaml.safe_dump(document(sim, **more)))
    service = app(lambda: Runtime(load(file), file, state))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="http://exporter")
    async with service.router.lifespan_context(service), client:
        yield client, service.state.runtime


async def probe(client: httpx.AsyncClient, target: str) -> tuple[int, str, dict[str, str]]:
    """Status, text, and series of one probe."""
    reply = await client.get("/probe", params={"module": "storage", "target": target})
    return reply.status_code, reply.text, series(reply.text) if reply.status_code == 200 else {}


def asked(sim: Azure) -> Counter[str]:
    """What the simulator was asked, by API."""
    found: Counter[str] = Counter()
    for (api, _, _), number in sim.world.calls.items():
        found[api] += number
    return found


def value(found: dict[str, str], name: str, resource: str) -> float:
    """The one series of a metric and a resource."""
    (key,) = [each for each in found if each.startswith(f"{name}{{") and f'="{resource}"' in each]
    return float(found[key])


def id_of(sim: Azure, name: str) -> str:
    """The id of a resource of the fleet, as Azure spells it."""
    return sim.resource(name).id


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[Azure]:
    """Two subscriptions of three accounts each."""
    with azure(tmp_path, FLEET) as running:
        yield running


async def test_a_resource(sim: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over an hour every total is the exact sum of the truth and never falls; it costs one call a minute and
    no Resource Graph query; the answer is clean and holds nothing of the collector.
    """
    async with probing(sim, monkeypatch) as (client, runtime):
        target = id_of(sim, "astore1")
        before = 0.0
        for _ in range(60):
            status, text, found = await probe(client, target)
            assert (status, found["probe_success"]) == (200, "1")
            assert value(found, TOTAL, "astore1") >= before
            before = value(found, TOTAL, "astore1")
            sim.forward()
        assert promtool(text) == (0, "")
        assert {each.partition("{")[0] for each in found} == {
            TOTAL,
            "azure_resource_info",
            "probe_success",
            "probe_duration_seconds",
        }
        (kept,) = runtime.probes._targets.values()
        assert isinstance(kept.reading, AzureMetrics)
        (track,) = kept.reading.ledger.tracks.values()
        minutes = range(track.since // 60, track.until // 60)
        assert len(minutes) > 30
        true = sum(sim.truth("astore1", "Transactions", "Total", minute) or 0.0 for minute in minutes)
        assert before == pytest.approx(true, rel=1e-12)
        calls = asked(sim)
        assert calls["metrics-batch"] <= 61
        assert (calls["graph"], calls["definitions"]) == (0, 1)


async def test_two_replicas_cost_one_call(sim: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once and one after the other, by the id in any case; the second is told how old the values are."""
    async with probing(sim, monkeypatch) as (client, _):
        target = id_of(sim, "astore1")
        first, same = await asyncio.gather(probe(client, target), probe(client, target.upper()))
        assert first[1] == same[1]
        calls = asked(sim)
        sim.forward(30)
        reply = await client.get("/probe", params={"module": "storage", "target": f"{target.lower()}/"})
        assert (reply.text, reply.headers["age"]) == (first[1], "30")
        assert asked(sim) == calls
        sim.forward(30)
        await probe(client, target)
        assert asked(sim)["metrics-batch"] == calls["metrics-batch"] + 1


@pytest.mark.parametrize(
    "target", ["shop-a", SUBSCRIPTIONS["shop-a"], "/subscriptions/" + SUBSCRIPTIONS["shop-a"]]
)
async def test_a_subscription(target: str, sim: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    """By name or id: the metrics of all of its resources, and only of its own."""
    async with probing(sim, monkeypatch) as (client, _):
        _, _, found = await probe(client, target)
        assert found["probe_success"] == "1"
        assert sum(each.startswith(TOTAL) for each in found) == 3
        assert all('subscription="shop-a"' in each for each in found if each.startswith("azure_"))


@pytest.mark.parametrize(
    ("target", "status", "text"),
    [
        ("shop-b", 403, "the target is not among the targets of the module storage\n"),
        (
            RESOURCE.format(SUBSCRIPTIONS["shop-b"], "x", "y").replace("Groups", "groupsx"),
            403,
            "the target is not among",
        ),
        (RESOURCE.format("00000000-0000-4000-8000-000000000001", "x", "y"), 403, "the target is not among"),
        ("shop-c", 400, "the target cannot be probed: no subscription of the configuration"),
        (
            RESOURCE.format(SUBSCRIPTIONS["shop-a"], "..", "y"),
            400,
            "the target cannot be probed: a part of the id",
        ),
        (
            RESOURCE.format(SUBSCRIPTIONS["shop-a"], "x", "y%27"),
            400,
            "the target cannot be probed: a part of",
        ),
        (
            f"/subscriptions/{SUBSCRIPTIONS['shop-a']}/resourceGroups/x",
            400,
            "the target cannot be probed: it is neither",
        ),
        (
            f"/subscriptions/{SUBSCRIPTIONS['shop-a']}/resourceGroups/x/providers/Microsoft.KeyVault/vaults/v",
            400,
            "the target cannot be probed: the module storage has no metrics of the type microsoft.keyvault",
        ),
        (
            "https://management.azure.com/subscriptions",
            400,
            "the target cannot be probed: it is no subscription",
        ),
    ],
)
async def test_what_is_not_probed(
    target: str, status: int, text: str, sim: Azure, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason as text, counted, and Azure is not called."""
    async with probing(sim, monkeypatch) as (client, runtime):
        found = await probe(client, target)
        assert (found[0], found[1][: len(text)]) == (status, text)
        assert not asked(sim)
        assert runtime.counts.refused == {"target": 1}


async def test_a_quote_ends_no_filter(sim: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name may hold quotes; what looks like a condition is a name that no resource has."""
    async with probing(sim, monkeypatch) as (client, _):
        target = id_of(sim, "astore1").replace("astore1", "y' or name ne 'x")
        status, _, found = await probe(client, target)
        assert (status, found["probe_success"]) == (200, "0")
        assert not any(each.startswith(TOTAL) for each in found)


async def test_a_resource_that_is_not_there(sim: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    """The probe has failed, and neither definitions nor data are asked for."""
    async with probing(sim, monkeypatch) as (client, _):
        target = id_of(sim, "astore1").replace("astore1", "gone")
        status, _, found = await probe(client, target)
        assert (status, found["probe_success"]) == (200, "0")
        assert {each.partition("{")[0] for each in found} == {"probe_success", "probe_duration_seconds"}
        assert asked(sim)["definitions"] + asked(sim)["metrics-batch"] == 0


async def test_a_throttled_subscription_delays_its_own_probes_only(
    sim: Azure, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where so many of its probes wait that no other could start. Its last values are served on."""
    monkeypatch.setattr(probes, "AT_ONCE", 1)
    monkeypatch.setattr(probes, "MOST_WAITING", 2)
    async with probing(sim, monkeypatch, timeout="3s") as (client, _):
        bad = id_of(sim, "bstore1")
        before = value((await probe(client, bad))[2], TOTAL, "bstore1")
        sim.order(kind="status", status=429, retry_after="40", subscription=SUBSCRIPTIONS["shop-b"])
        sim.forward()
        slow = [asyncio.create_task(probe(client, bad.replace("bstore1", f"bstore{n}"))) for n in (2, 3)]
        slow.append(asyncio.create_task(probe(client, bad)))
        await asyncio.sleep(0.2)
        for name in ("astore1", "astore2", "astore3"):
            # Within the timeout of the module, or it would have failed.
            found = (await probe(client, id_of(sim, name)))[2]
            assert found["probe_success"] == "1"
        failed = [each[2] for each in await asyncio.gather(*slow)]
        assert [each["probe_success"] for each in failed[:2]] == ["0", "0"]
        assert value(failed[2], TOTAL, "bstore1") == before


async def test_rows_and_modules_share(sim: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a row and of a module there is one client: one pace, one token, definitions read once; what a module
    calls stands under its name in /metrics.
    """
    async with probing(sim, monkeypatch) as (client, runtime):
        clients = runtime.probes._sources["storage"]._clients  # type: ignore[attr-defined]  # of kind azure
        row = runtime._set.access.clients(f"env:{SECRET}")
        assert row.of(TENANT)._buckets is clients.of(TENANT)._buckets
        assert runtime._set.access.clients(None).of(TENANT)._buckets is not clients.of(TENANT)._buckets
        for name in ("astore1", "astore2", "bstore1"):
            await probe(client, id_of(sim, name))
        calls = asked(sim)
        assert (calls["definitions"], sim.world.tokens_issued) == (1, 2)
        await runtime.board.refresh()
        own = series((await client.get("/metrics")).text)
        assert (
            own['azure_api_requests_total{api="batch",code="200",collector="probe",exporter="storage"}']
            == "3"
        )
        assert row.traffic.requests == {}


async def test_counters_go_on(sim: Azure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Past a target that made room, and past a restart, by the file of each target: the exact sum of the
    truth.
    """
    monkeypatch.setattr(probes, "KEPT", 1)
    before = dict.fromkeys(("astore1", "astore2"), 0.0)
    for _ in range(2):
        async with probing(sim, monkeypatch, tmp_path / "state") as (client, runtime):
            for _ in range(10):
                for name, least in before.items():
                    found = (await probe(client, id_of(sim, name)))[2]
                    assert found["probe_success"] == "1"
                    before[name] = value(found, TOTAL, name)
                    assert before[name] >= least
                assert len(runtime.probes._targets) == 1
                sim.forward()
            (kept,) = runtime.probes._targets.values()
            assert isinstance(kept.reading, AzureMetrics)
            (track,) = kept.reading.ledger.tracks.values()
    minutes = range(track.since // 60, track.until // 60)
    assert len(minutes) >= 19
    true = sum(sim.truth("astore2", "Transactions", "Total", minute) or 0.0 for minute in minutes)
    assert before["astore2"] == pytest.approx(true, rel=1e-12)
    assert len(list((tmp_path / "state" / "probes").iterdir())) == 2


def test_old_files_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of targets that nobody probes, and the oldest of too many; nothing else."""
    monkeypatch.setattr(of_azure, "MOST_FILES", 2)
    for name, age in (("a.counters", 10), ("b.counters", 20), ("c.counters", 30), ("other", 10**9)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (START - age, START - age))
    tidy(tmp_path, START)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.counters", "b.counters", "other"]
    tidy(tmp_path, START + 7 * 86_400 - 15)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.counters", "other"]
    tidy(tmp_path / "none", START)
