"""The hop that asks Grafana, by replies of the shapes that Grafana 13 gives."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dashboards.grafana import DATA_SOURCE_UID
from deploy.verify.ground import Broken, Ground
from deploy.verify.hops import grafana_shows
from deploy.verify.replica import Replica
from estate.model import Estate
from tests.verify.stack import estate
from tests.verify.test_chain import engine
from tests.verify.test_in_clusters import REPLICA, ROWS, Answers, deployment, row, way

HEALTH = ("grafana", "/api/health")
SOURCE = ("grafana", "/api/datasources/uid/thanos/health")
ENTRA = {"tenant": "main", "client_id": "00000000-0000-0000-0000-000000000003"}


async def ask_grafana(answers: Answers, **grafana: Any) -> str:
    """What the hop says of the hub of an estate that has a Grafana."""
    document = estate().model_dump(by_alias=True, exclude_unset=True)
    given = Estate.model_validate({**document, "grafana": grafana})
    runs = deployment(*ROWS, row("grafana", "grafana", "hub"))
    replica = Replica("hub", 0, {"cluster": "hub"})

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=answers[request.url.host.removesuffix(".local"), request.url.path])

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        ground = Ground(given, runs, client, engine, way())
        assert grafana_shows.applies(ground, replica) and not grafana_shows.applies(ground, REPLICA)
        return await grafana_shows.prove(ground, replica)


async def test_grafana_and_its_data_source_answer() -> None:
    """Without accounts anybody who gets there may ask."""
    well = {"database": "ok", "version": "13.2.2"}
    good = {HEALTH: well, SOURCE: {"status": "OK", "message": "Successfully queried the Prometheus API."}}
    assert await ask_grafana(good) == "Grafana 13.2.2, data source ok"


async def test_behind_entra_only_a_person_can_ask_the_data_source() -> None:
    """The hop says so, and asks nothing that it may not."""
    said = await ask_grafana({HEALTH: {"database": "ok", "version": "13.2.2"}}, entra=ENTRA)
    assert said == "Grafana 13.2.2; only who signs in can ask its data source"


async def test_a_grafana_without_its_database_is_broken() -> None:
    """Its volume may be full."""
    with pytest.raises(Broken) as caught:
        await ask_grafana({HEALTH: {"database": "failing"}})
    assert caught.value.cause == "Grafana's database is 'failing'"


async def test_a_data_source_that_is_gone_is_broken() -> None:
    """As after an update of it that failed."""
    answers = {HEALTH: {"database": "ok"}, SOURCE: {"status": "ERROR", "message": "Plugin not registered"}}
    with pytest.raises(Broken) as caught:
        await ask_grafana(answers)
    assert caught.value.cause == "Grafana's data source is ERROR: Plugin not registered"


def test_the_data_source_is_asked_by_the_uid_that_is_provisioned() -> None:
    """It is written twice because dashboards take a second to load."""
    assert grafana_shows.DATA_SOURCE == DATA_SOURCE_UID


def test_an_estate_without_grafana_has_no_such_hop() -> None:
    """Nor does any other cluster than the hub."""
    ground = Ground(estate(), deployment(), httpx.AsyncClient(), engine, way())
    assert not grafana_shows.applies(ground, Replica("hub", 0, {"cluster": "hub"}))
