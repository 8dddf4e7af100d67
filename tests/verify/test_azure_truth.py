"""Holding Query against the Azure simulator, both played by one transport that answers as they do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import httpx
import pytest

from deploy.verify.ground import Broken, Ground
from deploy.verify.hops.azure_truth import applies, prove, steps
from deploy.verify.replica import Replica
from estate.model import Estate
from estate.running import Running
from tests.verify.stack import estate
from tests.verify.test_chain import deployment, engine

NEU = Replica("neu", 0, {"cluster": "neu", "prometheus_replica": "0"})
SIMULATOR = Running("azure-simulator", "azure-simulator", "hub", "ready", addresses={"https": "sim:1"})
QUERY = Running("query", "query", "hub", "ready", addresses={"http": "query:1"})
VAULTS = "Microsoft.KeyVault/vaults"
RESOURCE = {
    **{"id": "/S/1", "name": "Vault-1", "resourceGroup": "Shop", "type": VAULTS},
    **{"listed": True, "lives": True},
}
LABELS = {"resource_group": "shop", "resource_name": "vault-1"}
NAME = "azure_keyvault_vaults_availability_average_ratio"


def azure_estate(**row: object) -> Estate:
    """The estate of the stack, with an Azure exporter in one cluster; `row` adds to its metric row."""
    document = estate().model_dump(by_alias=True)
    metric = {"type": VAULTS, "names": ["Availability"], **row}
    document["exporters"] = {"azure": {"kind": "azure", "clusters": ["neu"], "metrics": [metric]}}
    return Estate.model_validate(document)


@dataclass
class Played:
    """`truth` is the simulator's value of every minute, `held` the last values in Query of each of the series
    `names`, `asked` the paths that were asked for.
    """

    truth: float | None = 99.5
    aggregation: str = "average"
    unit: str = "Percent"
    held: list[str] = field(default_factory=lambda: ["0.9", "0.995", "0.97"])
    resources: list[dict[str, object]] = field(default_factory=lambda: [RESOURCE])

    names: tuple[str, ...] = (NAME,)
    asked: Counter[str] = field(default_factory=Counter)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The reply of either."""
        self.asked[request.url.path] += 1
        params = request.url.params
        match request.url.path:
            case "/sim/resources":
                return httpx.Response(200, json={"resources": self.resources})
            case "/sim/metrics":
                names = ("Availability", "ServiceApiHit", "Saturation")
                common = {"unit": self.unit, "primary": self.aggregation.capitalize()}
                return httpx.Response(200, json={"metrics": [{"name": name, **common} for name in names]})
            case "/sim/truth":
                return httpx.Response(200, json={"values": [self.truth] * int(params["count"])})
        values = [[1_700_000_000 + n, value] for n, value in enumerate(self.held)]
        rows: list[dict[str, object]] = []
        if values and params["query"].startswith("topk"):
            rows = [{"metric": {"__name__": each, **LABELS}, "value": values[-1]} for each in self.names]
        elif values:
            rows = [{"metric": LABELS, "values": values}]
        return httpx.Response(200, json={"status": "success", "data": {"result": rows}})

    async def prove(self, own: Estate) -> str:
        """What the hop says."""
        async with httpx.AsyncClient(transport=httpx.MockTransport(self.answer)) as client:
            return await prove(Ground(own, deployment(SIMULATOR, QUERY), client, engine), NEU)


async def test_a_true_value_among_the_last_is_enough() -> None:
    """A minute that Azure corrects later may be shown; units are those of Prometheus."""
    assert await Played().prove(azure_estate()) == "1 gauge equal to what the simulator measured"


async def test_a_value_that_was_never_measured_is_named() -> None:
    """A wrong unit, for example, is no value of any minute."""
    with pytest.raises(Broken) as broken:
        await Played(held=["99.5"]).prove(azure_estate())
    assert broken.value.cause == (
        f'Query has {NAME}{{cluster="neu",resource_group="shop",resource_name="vault-1"}} = 99.5, '
        "which the simulator measured in none of the last 38 minutes"
    )


async def test_a_metric_that_never_arrived_is_named() -> None:
    """A live resource that has the metric must have a series."""
    with pytest.raises(Broken) as broken:
        await Played(held=[]).prove(azure_estate())
    assert broken.value.cause == f'Query has no {NAME}{{cluster="neu"}} of a live resource'


async def test_a_selection_may_leave_everything_out() -> None:
    """Where the estate asks for fewer resources, none may be left."""
    narrowed = azure_estate(select={"names": ["nothing"]})
    assert await Played(held=[]).prove(narrowed) == "nothing of a live resource to compare"


async def test_a_subscription_without_resources_has_no_truth() -> None:
    """Nothing is asked of a type that has no live resource."""
    assert await Played(resources=[]).prove(azure_estate()) == "nothing of a live resource to compare"


async def test_the_hop_applies_where_the_simulator_runs() -> None:
    """Not of the real Azure, and not of a cluster without an Azure exporter."""
    weu = Replica("weu", 0, {"cluster": "weu"})
    async with httpx.AsyncClient() as client:
        simulated = Ground(azure_estate(), deployment(SIMULATOR), client, engine)
        real = Ground(azure_estate(), deployment(QUERY), client, engine)
    assert [applies(simulated, NEU), applies(simulated, weu), applies(real, NEU)] == [True, False, False]


def counted(truth: float | None, *held: float) -> Played:
    """A total of milliseconds a minute, and what Query has of its counter, in seconds."""
    name = "azure_keyvault_vaults_availability_seconds_total"
    return Played(truth, "total", "MilliSeconds", [str(each) for each in held], names=(name,))


@pytest.mark.parametrize(
    "held",
    [
        pytest.param((7.5, 7.5, 7.75), id="a minute"),
        pytest.param((7.5, 7.5, 8.5), id="four minutes at once"),
        pytest.param((7.5, 7.75, 0.25, 0.5), id="a reset"),
        pytest.param((7.5, 7.6, 7.85), id="one that was corrected later"),
        pytest.param((1e9, 1e9 + 0.25), id="a large one"),
    ],
)
async def test_a_counter_grows_by_what_was_measured(held: tuple[float, ...]) -> None:
    """By one minute or by some that were read at once, in Prometheus' unit."""
    said = await counted(250.0, *held).prove(azure_estate(aggregations=["Total"]))
    assert said == "1 counter equal to what the simulator measured"


async def test_a_counter_that_grows_wrongly_is_named() -> None:
    """By half of what a minute had, for example."""
    with pytest.raises(Broken) as broken:
        await counted(250.0, 7.5, 7.625).prove(azure_estate(aggregations=["Total"]))
    assert "grown by 0.125, which the simulator measured in none of the last 38 minutes" in broken.value.cause


async def test_a_counter_that_has_not_grown_is_not_judged() -> None:
    """Its first value is a minute's, its second one comes with the next."""
    silent = counted(250.0, 7.5, 7.5)
    assert await silent.prove(azure_estate(aggregations=["Total"])) == "nothing of a live resource to compare"


@pytest.mark.parametrize("row", [{"as": "gauge"}, {}], ids=["said", "by its primary aggregation"])
async def test_a_total_may_be_a_gauge(row: dict[str, object]) -> None:
    """As the row says, or as the exporter decides: a sum of percents counts nothing."""
    played = Played(99.5, "total", names=("azure_keyvault_vaults_availability_ratio",))
    said = await played.prove(azure_estate(aggregations=["Total"], **row))
    assert said == "1 gauge equal to what the simulator measured"


async def test_a_metric_that_the_type_does_not_have_is_named() -> None:
    """Trying again does not help."""
    with pytest.raises(Broken, match=r"no metric 'Colour' of Microsoft\.KeyVault/vaults") as broken:
        await Played().prove(azure_estate(names=["Colour"]))
    assert broken.value.final


async def test_of_several_series_one_of_a_live_resource_is_taken() -> None:
    """One that is gone is in sight for some minutes more."""
    gone = {**RESOURCE, "id": "/S/2", "name": "Vault-1", "lives": False}
    other = {**RESOURCE, "id": "/S/3", "name": "Vault-3"}
    played = Played(resources=[gone, other])
    with pytest.raises(Broken, match="of a live resource"):
        await played.prove(azure_estate())
    played.resources = [gone, RESOURCE]
    assert await played.prove(azure_estate()) == "1 gauge equal to what the simulator measured"


async def test_few_requests_whatever_the_number_of_metrics() -> None:
    """What rows have in common is asked once, and all minutes of a series together: nobody else is kept
    waiting.
    """
    names = ["Availability", "ServiceApiHit", "Saturation"]
    played = Played(held=["0.995"], names=(NAME,))
    assert await played.prove(azure_estate(names=names)) == "1 gauge equal to what the simulator measured"
    assert played.asked == {"/sim/resources": 1, "/sim/metrics": 1, "/sim/truth": 1, "/api/v1/query": 2}


def test_steps() -> None:
    """Only growth is one."""
    assert steps([3.0, 3.0, 4.5, 1.0, 2.0]) == [1.5, 1.0]
