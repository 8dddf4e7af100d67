"""The Azure collector as a whole, against the simulator's known truth and its faults."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from exporters.azure.errors import AzureError
from tests.exporters.simulated import (
    GATEWAYS,
    POSTGRES,
    SECRET,
    START,
    STORAGE,
    SUBSCRIPTIONS,
    Azure,
    azure,
    fleet_text,
    of,
    own,
)

FLEET = fleet_text(
    {
        "shop-a": [
            {"type": STORAGE, "name": "st{n}", "count": 3, "tags": {"team": "shop"}},
            {"type": POSTGRES, "name": "pg{n}", "count": 2},
            {"type": GATEWAYS, "name": "gw"},
        ],
        "shop-b": [{"type": STORAGE, "name": "far{n}", "count": 2, "region": "northeurope"}],
    }
)
TOTALS = {"type": STORAGE, "names": ["Transactions", "Ingress"]}
LOAD = {"type": POSTGRES, "names": ["cpu_percent"]}
CPU = "azure_dbforpostgresql_flexibleservers_cpu_average_ratio"
INGRESS = "azure_storage_storageaccounts_ingress_bytes_total"


@pytest.fixture
def simulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Azure]:
    """A small Azure in two subscriptions."""
    monkeypatch.setenv(SECRET, "simulator")
    with azure(tmp_path, FLEET) as running:
        yield running


async def test_hours_of_truth(simulator: Azure) -> None:
    """Over two simulated hours with late and corrected points and a restart every half hour: every counter
    is the exact sum of the truth and never falls, every gauge is a true value, and nothing is made up.
    """
    rows = (
        TOTALS,
        {"type": STORAGE, "names": ["UsedCapacity"], "interval": "PT1H"},
        {"type": STORAGE, "names": ["Egress"], "dimensions": ["ApiName"], "interval": "PT5M"},
        LOAD,
    )
    collector = simulator.collector(*rows, state="counters")
    totals: dict[str, float] = {}
    wrong = right = 0
    for cycle in range(120):
        if cycle and cycle % 30 == 0:
            await collector.close()
            collector = simulator.collector(*rows, state="counters")
        result = await collector.collect()
        assert result.problems == ()
        for name, total in of(result, INGRESS).items():
            assert total >= totals.get(name, 0.0)
            totals[name] = total
        horizon = max(
            state.horizon for key, state in collector.states.items() if key.type == POSTGRES.lower()
        )
        for name, load in of(result, CPU).items():
            true = next(
                value / 100
                for minute in range(horizon // 60 - 1, horizon // 60 - 6, -1)
                if (value := simulator.truth(name, "cpu_percent", "Average", minute)) is not None
            )
            wrong += load != true
            right += load == true
        simulator.forward()
    assert (wrong, right > 200) == (0, True)
    for _ in range(10):
        await collector.collect()
        simulator.forward()
    checked = 0
    for key, track in collector.ledger.tracks.items():
        if key.metric != "ingress":
            continue
        (counter,) = track.counters.values()
        name = key.resource.rsplit("/", 1)[1]
        minutes = range(track.since // 60, track.until // 60)
        true = sum(simulator.truth(name, "Ingress", "Total", minute) or 0.0 for minute in minutes)
        assert counter.total == pytest.approx(true, rel=1e-12)
        checked += 1
    assert checked == 5
    assert own(collector, "azure_metrics_rejected_points_total").values()
    assert sum(own(collector, "azure_metrics_rejected_points_total").values()) == 0
    await collector.close()


async def test_the_lag_is_learnt(simulator: Azure) -> None:
    """Azure's points change until five minutes after their end: the first values are a quarter of an hour
    old; within an hour the exporter waits ten seconds more than that, also after a restart, and no late point
    was seen.
    """
    rows = ({"type": STORAGE, "names": ["Transactions", "Ingress", "Egress"]}, LOAD)
    collector = simulator.collector(*rows, state="counters")
    seen: list[float] = []
    for _ in range(50):
        await collector.collect()
        seen.append(
            own(collector, "azure_metrics_lag_seconds")[f'{{interval="PT1M",type="{STORAGE.lower()}"}}']
        )
        simulator.forward()
    assert (seen[0], seen[-1]) == (900.0, 310.0)
    assert seen == sorted(seen, reverse=True)
    assert sum(collector.ledger.tallies.late.values()) == 0
    await collector.close()
    collector = simulator.collector(*rows, state="counters")
    for _ in range(10):
        await collector.collect()
        simulator.forward()
    assert collector.ledger.lags()[STORAGE.lower(), "PT1M"] == 310
    assert sum(collector.ledger.tallies.late.values()) == 0
    await collector.close()


async def test_calls_are_the_minimum(simulator: Azure) -> None:
    """One discovery, one definition per type, one batch per group; a cycle with nothing new calls nobody."""
    collector = simulator.collector(TOTALS, LOAD)
    await collector.collect()
    requests = own(collector, "azure_api_requests_total")
    assert requests == {
        '{api="batch",code="200"}': 3.0,
        '{api="definitions",code="200"}': 2.0,
        '{api="graph",code="200"}': 1.0,
    }
    simulator.forward(5)
    await collector.collect()
    assert own(collector, "azure_api_requests_total") == requests
    assert own(collector, "azure_metrics_planned_calls") == {"": 3.0}
    await collector.close()


async def test_labels_and_info(simulator: Azure) -> None:
    """Series say where they are; the info metric has the id and the tags, once per resource."""
    collector = simulator.collector(TOTALS)
    result = await collector.collect()
    infos = next(family for family in result.families if family.name == "azure_resource_info")
    assert infos.samples[0].labels.text == (
        f'{{region="westeurope",resource_group="shop-a-westeurope",resource_id="/subscriptions/'
        f"{SUBSCRIPTIONS['shop-a']}/resourcegroups/shop-a-westeurope/providers/microsoft.storage/storageaccounts/"
        f'st1",resource_name="st1",resource_type="microsoft.storage/storageaccounts",subscription="shop-a",'
        f'subscription_id="{SUBSCRIPTIONS["shop-a"]}",tag_team="shop"}}'
    )
    assert len(infos.samples) == 5
    assert set(of(result, INGRESS)) == {"st1", "st2", "st3", "far1", "far2"}
    await collector.close()


async def test_dimensions_become_labels(simulator: Azure) -> None:
    """Each combination is a series; together they are the whole."""
    collector = simulator.collector(
        {"type": GATEWAYS, "names": ["ResponseStatus"], "dimensions": ["HttpStatusGroup"]}
    )
    for _ in range(20):
        result = await collector.collect()
        simulator.forward()
    family = next(each for each in result.families if "response_status" in each.name)
    assert {sample.labels.get("http_status_group") for sample in family.samples} >= {"2xx", "5xx"}
    (track,) = collector.ledger.tracks.values()
    true = sum(
        simulator.truth("gw", "ResponseStatus", "Total", minute) or 0.0
        for minute in range(track.since // 60, track.until // 60 - 5)
    )
    counted = sum(counter.total for counter in track.counters.values())
    recent = sum(sum(counter.recent.values()) for counter in track.counters.values())
    assert counted - recent <= true <= counted
    await collector.close()


async def test_a_bad_id_does_not_take_the_others_along(simulator: Azure) -> None:
    """The refused one is left out for a while; the rest is there in the same cycle."""
    simulator.order(kind="bad-id", resource="st2")
    collector = simulator.collector(TOTALS)
    result = await collector.collect()
    assert result.problems == ()
    assert set(of(result, INGRESS)) == {"st1", "st3", "far1", "far2"}
    assert own(collector, "azure_metrics_refused_resources") == {"": 1.0}
    splits = own(collector, "azure_metrics_batch_splits_total")
    simulator.lift()
    simulator.forward()
    assert set(of(await collector.collect(), INGRESS)) == {"st1", "st3", "far1", "far2"}
    assert own(collector, "azure_metrics_batch_splits_total") == splits
    simulator.forward(300)
    assert "st2" in of(await collector.collect(), INGRESS)
    await collector.close()


async def test_one_subscription_that_fails_does_not_touch_another(simulator: Azure) -> None:
    """Its group is down and its values age out; the other one stays fresh."""
    collector = simulator.collector(TOTALS)
    await collector.collect()
    simulator.order(kind="status", status=400, subscription=SUBSCRIPTIONS["shop-b"], apis=["metrics-batch"])
    for minute in range(1, 8):
        simulator.forward()
        result = await collector.collect()
        fresh = {name for name in of(result, INGRESS) if name.startswith("st")}
        assert fresh == {"st1", "st2", "st3"}
        assert ("far1" in of(result, INGRESS)) == (minute <= 5)
        assert "shop-b microsoft.storage/storageaccounts: batch: 400 BadRequest" in result.problems[0]
    up = own(collector, "azure_metrics_up")
    assert up['{subscription="shop-a",type="microsoft.storage/storageaccounts"}'] == 1.0
    assert up['{subscription="shop-b",type="microsoft.storage/storageaccounts"}'] == 0.0
    simulator.lift()
    simulator.forward(360)
    result = await collector.collect()
    assert result.problems == ()
    assert "far1" in of(result, INGRESS)
    await collector.close()


async def test_counters_catch_up_after_an_outage(simulator: Azure) -> None:
    """Half an hour without replies leaves no hole in the sum."""
    collector = simulator.collector(TOTALS)
    for _ in range(10):
        await collector.collect()
        simulator.forward()
    simulator.order(kind="status", status=400, apis=["metrics-batch"])
    for _ in range(30):
        await collector.collect()
        simulator.forward()
    simulator.lift()
    for _ in range(15):
        await collector.collect()
        simulator.forward()
    for key, track in collector.ledger.tracks.items():
        (counter,) = track.counters.values()
        name = key.resource.rsplit("/", 1)[1]
        minutes = range(track.since // 60, track.until // 60)
        true = sum(simulator.truth(name, key.metric, "Total", minute) or 0.0 for minute in minutes)
        assert counter.total == pytest.approx(true, rel=1e-12)
    assert own(collector, "azure_metrics_lost_seconds_total") == {"": 0.0}
    await collector.close()


async def test_resources_come_and_go(simulator: Azure) -> None:
    """A deleted resource is gone within five minutes and is no failure; a new one appears."""
    far = simulator.resource("far1")
    far.created = START + 600.0
    collector = simulator.collector(TOTALS)
    assert "far1" not in of(await collector.collect(), INGRESS)
    simulator.resource("st3").deleted = START + 30.0
    seen: list[set[str]] = []
    for _ in range(20):
        simulator.forward()
        result = await collector.collect()
        assert result.problems == ()
        seen.append(set(of(result, INGRESS)))
    assert "st3" not in seen[5]
    assert "far1" in seen[-1]
    infos = next(family for family in result.families if family.name == "azure_resource_info")
    assert {sample.labels.get("resource_name") for sample in infos.samples} == {"st1", "st2", "far1", "far2"}
    await collector.close()


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 429, "retry_after": "0.05", "times": 2},
        {"kind": "status", "status": 529, "times": 1},
        {"kind": "status", "status": 503, "retry_after": "0.01", "times": 3},
        {"kind": "status", "status": 500, "times": 1},
        {"kind": "reset", "times": 1},
        {"kind": "truncated", "times": 1},
        {"kind": "expired-token", "times": 1},
        {"kind": "gzip"},
        {"kind": "mixed-case"},
        {"kind": "nextlink-null"},
        {"kind": "slow", "delay": 0.2, "times": 2},
    ],
    ids=lambda fault: f"{fault['kind']}-{fault.get('status', '')}",
)
async def test_passing_faults_cost_nothing(simulator: Azure, fault: dict[str, object]) -> None:
    """What goes away when asked again is not seen by anybody who scrapes."""
    collector = simulator.collector(TOTALS, LOAD)
    simulator.order(apis=["graph", "definitions", "metrics-batch"], **fault)
    result = await collector.collect()
    assert result.problems == ()
    assert set(of(result, INGRESS)) == {"st1", "st2", "st3", "far1", "far2"}
    assert set(of(result, CPU)) <= {"pg1", "pg2"}
    await collector.close()


@pytest.mark.parametrize("api", ["token", "graph", "definitions", "metrics-batch"])
@pytest.mark.parametrize("kind", ["html", "empty", "status", "truncated"])
async def test_lasting_faults_are_said_and_end(simulator: Azure, api: str, kind: str) -> None:
    """Whatever an API answers, the cycle ends with a sentence; when it is over, everything is there again."""
    collector = simulator.collector(TOTALS)
    simulator.order(kind=kind, apis=[api], **({"status": 400} if kind == "status" else {}))
    try:
        result = await collector.collect()
        # Where Resource Graph fails, the listing answers; where batches are refused in words that nobody
        # knows, the resource's own API does.
        assert (result.problems == ()) == (api == "graph" or (api, kind) == ("metrics-batch", "status"))
    except AzureError as error:
        assert api != "graph"
        assert str(error)
    simulator.lift()
    simulator.forward(400)
    result = await collector.collect()
    assert result.problems == ()
    assert set(of(result, INGRESS)) == {"st1", "st2", "st3", "far1", "far2"}
    await collector.close()


@pytest.mark.parametrize("kind", ["nextlink-loop", "nextlink-foreign"])
async def test_bad_links_of_the_listing(simulator: Azure, kind: str) -> None:
    """With Resource Graph down and a listing that leads in circles or away, the cycle fails and says so."""
    simulator.order(kind="html", apis=["graph"])
    simulator.order(kind=kind, apis=["resources"])
    collector = simulator.collector(TOTALS)
    with pytest.raises(AzureError, match="nextLink leads"):
        await collector.collect()
    await collector.close()


async def test_revoked_tokens_are_renewed(simulator: Azure) -> None:
    """Tokens that Azure no longer takes in the middle of a run are fetched anew, without a failed cycle."""
    collector = simulator.collector(TOTALS)
    await collector.collect()
    before = simulator.world.tokens_issued
    simulator.world.revoke()
    simulator.forward()
    assert (await collector.collect()).problems == ()
    assert simulator.world.tokens_issued > before
    await collector.close()


async def test_a_wrong_secret_is_said_without_it(simulator: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message has Entra's code and not the secret; the right one is taken up when it is there."""
    monkeypatch.setenv(SECRET, "not-the-secret")
    collector = simulator.collector(TOTALS)
    with pytest.raises(AzureError, match=r"signing in to .* failed: .*AADSTS7000215") as caught:
        await collector.collect()
    assert "not-the-secret" not in str(caught.value)
    monkeypatch.setenv(SECRET, "simulator")
    assert (await collector.collect()).problems == ()
    await collector.close()


async def test_what_the_type_does_not_have_is_left_out_before_any_call(simulator: Azure) -> None:
    """A misspelt metric costs no data call, is counted, and does not stop the others."""
    collector = simulator.collector({"type": STORAGE, "names": ["Ingres", "Transactions"]})
    result = await collector.collect()
    assert result.problems == ()
    assert own(collector, "azure_metrics_config_problems") == {
        '{code="metric",type="microsoft.storage/storageaccounts"}': 1.0
    }
    assert [mismatch.fix for mismatch in collector.catalogue.mismatches] == ["did you mean Ingress?"]
    assert of(result, "azure_storage_storageaccounts_transactions_total")
    await collector.close()


async def test_the_ca_must_be_ours(simulator: Azure, tmp_path: Path) -> None:
    """Without the CA file nothing is trusted; a missing one is named."""
    simulator.endpoints = simulator.endpoints.model_copy(update={"ca_file": ""})
    collector = simulator.collector(TOTALS)
    with pytest.raises(AzureError, match=r"CERTIFICATE_VERIFY_FAILED.*azure\.ca_file"):
        await collector.collect()
    await collector.close()
    simulator.endpoints = simulator.endpoints.model_copy(update={"ca_file": str(tmp_path / "none.pem")})
    collector = simulator.collector(TOTALS)
    with pytest.raises(AzureError, match=r"the CA file .*none\.pem cannot be read"):
        await collector.collect()
    await collector.close()


async def test_clocks_that_jump(simulator: Azure) -> None:
    """Back or forth by hours: no counter falls, no sample comes from the future, and reading goes on."""
    collector = simulator.collector(TOTALS, LOAD)
    totals: list[dict[str, float]] = []
    for jump in (60, 60, -7200, 60, 60, 10800, 60, 60, 60):
        totals.append(of(await collector.collect(), INGRESS))
        simulator.forward(jump)
    for before, after in pairwise(totals):
        for name in before.keys() & after.keys():
            assert after[name] >= before[name]
    result = await collector.collect()
    assert result.problems == ()
    newest = own(collector, "azure_metrics_newest_point_timestamp_seconds")
    assert all(end <= simulator.clock.now() + 3600 for end in newest.values())
    assert set(of(result, INGRESS)) == {"st1", "st2", "st3", "far1", "far2"}
    await collector.close()
