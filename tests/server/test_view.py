"""The server in the hub: what runs is what the global view has samples of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.cluster_wiring import cluster_components
from deploy.targets.kubernetes.objects.expected import expected
from estate.components import Component, Own
from estate.errors import UsageError
from estate.load import load
from estate.running import Running
from singlepane.commands.serve import serve
from singlepane.server.app import create
from singlepane.server.service import Service
from singlepane.server.view import BELIEVED_SECONDS, PATIENCE_SECONDS, Seen, View, judged
from tests.server.conftest import speak
from tests.server.estates import NOW
from tests.server.query import CLUSTERS, Query, all_up, view_of
from tests.thanos.estates import files_setting, pair
from tests.thanos.running import Stack, eventually
from thanos.topology import components

ROW = Running("store", "store", "hub-weu", "unknown")


def test_what_a_cluster_brings_by_itself_is_expected() -> None:
    """Beside the estate's own, each cluster has the operator and what tells of objects and nodes."""
    estate = load(CLUSTERS).estate
    names = [each.name for each in expected(estate, cluster_components(estate))]
    assert {"server", "query", "alertmanager-2", "sidecar-prod-weu-1", "shop-orders-prod-neu"} <= set(names)
    for cluster in estate.clusters:
        for kind in ("prometheus-operator", "kube-state-metrics", "node-exporter"):
            assert f"{kind}-{cluster}" in names
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("seen", "state", "note", "error"),
    [
        (Seen(1, 1, 5.0), "ready", "", ""),
        (Seen(3, 3, 5.0), "ready", "3 pods", ""),
        (Seen(3, 2, 5.0), "backoff", "2 of 3 pods answer", "1 of 3 pods do not answer their Prometheus"),
        (Seen(1, 0), "backoff", "", "it does not answer its Prometheus"),
        (None, "waiting", "", "no Prometheus scrapes it: it has no pod, or its monitor selects none"),
    ],
)
def test_a_component_is_as_its_targets_are(seen: Seen | None, state: str, note: str, error: str) -> None:
    """All of its targets up, some, none; or no target at all in a cluster that has others."""
    told: dict[tuple[str, str], Seen] = {("hub-weu", "query"): Seen(1, 1)}
    if seen is not None:
        told["hub-weu", "store"] = seen
    (row,) = judged([ROW], told, NOW)
    assert (row.state, row.note, row.last_error) == (state, note, error)
    assert row.since == (5.0 if state == "ready" else NOW)


def test_of_a_cluster_without_samples_nothing_is_known() -> None:
    """Its own Prometheus may run and be out of reach: that is neither well nor broken."""
    (row,) = judged([ROW], {("prod-weu", "x"): Seen(1, 1)}, NOW)
    assert (row.state, row.since) == ("unknown", NOW)
    assert row.last_error == "the global view has nothing of hub-weu"
    assert judged([row], {}, NOW + 60) == (row,)


@pytest.mark.parametrize("gone", [Seen(1, 0), None])
def test_what_is_away_for_long_is_lost(gone: Seen | None) -> None:
    """A pod that is replaced is away for a moment; one that stays away has failed, and comes back ready."""
    told: dict[tuple[str, str], Seen] = {("hub-weu", "query"): Seen(1, 1)}
    away = told | ({("hub-weu", "store"): gone} if gone else {})
    back = told | {("hub-weu", "store"): Seen(1, 1, NOW + 400)}
    rows = judged([ROW], away, NOW)
    rows = judged(rows, away, NOW + PATIENCE_SECONDS - 1)
    assert rows[0].state in ("backoff", "waiting")
    rows = judged(rows, away, NOW + PATIENCE_SECONDS)
    assert (rows[0].state, rows[0].since) == ("failed", NOW)
    assert judged(rows, back, NOW + 420)[0].state == "ready"


def test_some_pods_of_many_are_no_reason_to_call_all_lost() -> None:
    """A node that is away for days does not make a node exporter fail at once when the others blink."""
    some, none = {("hub-weu", "store"): Seen(3, 2)}, {("hub-weu", "store"): Seen(3, 0)}
    rows = judged(judged([ROW], some, NOW), some, NOW + 9_000)
    assert (rows[0].state, rows[0].since) == ("backoff", NOW)
    assert judged(rows, none, NOW + 9_015)[0].state == "backoff"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[tuple[Service, View, list[float]]]:
    """The server of the example in its hub, and its clock."""
    estate = load(CLUSTERS).estate
    now = [NOW]
    view = view_of(estate, lambda: now[0])
    service = Service(estate, tmp_path, tmp_path, clock=lambda: now[0], view=view)
    service.started = NOW - 7_200
    service.journal.beat(list(estate.clusters), NOW - 8)
    yield service, view, now
    service.journal.close()


async def test_the_page_of_a_hub(hub: tuple[Service, View, list[float]]) -> None:
    """Not known before Query has answered; then well, without a word of supervisors, addresses, restarts."""
    service, view, _ = hub
    async with speak(create(service, "1.2.3")) as browser:
        page = (await browser.get("/")).text
        assert "Nothing is known to run" in page
        assert "Thanos Query has not said yet what runs." in page
        async with httpx.AsyncClient(transport=httpx.MockTransport(Query(all_up(service.estate)))) as client:
            await view.look(client)
        page = (await browser.get("/?show=all")).text
        estate = (await browser.get("/api/v1/estate")).json()
        metrics = (await browser.get("/metrics")).text
    assert "All 3 clusters are well" in page
    assert "not verified from here" in page
    assert "singlepane verify ESTATE --target kubernetes" in page
    for word in ("supervisor", "singlepane up", "Restarts", "Address", "never verified"):
        assert word not in page
    assert estate["verdict"]["level"] == "well"
    assert estate["target"] == "kubernetes"
    assert [row["components_ready"] == row["components"] for row in estate["clusters"]] == [True] * 3
    assert "singlepane_supervisor_up 1.0" in metrics


async def test_a_hub_that_loses_sight(hub: tuple[Service, View, list[float]]) -> None:
    """One cluster out of sight is unknown and named; when Query answers no more, all is, and says why."""
    service, view, now = hub
    told = all_up(service.estate)
    query = Query({place: counts for place, counts in told.items() if place[0] != "prod-neu"})
    async with (
        speak(create(service, "1.2.3")) as browser,
        httpx.AsyncClient(transport=httpx.MockTransport(query)) as client,
    ):
        await view.look(client)
        estate = (await browser.get("/api/v1/estate")).json()
        assert estate["verdict"]["level"] == "unknown"
        assert estate["verdict"]["headline"] == "prod-neu is out of sight"
        assert "the global view has nothing of prod-neu." in estate["verdict"]["detail"]
        query.status = 503
        await view.look(client)
        page = (await browser.get("/")).text
        assert "Thanos Query at http://query:10902 does not tell what runs: it answers with 503" in page
        now[0] += BELIEVED_SECONDS + 1
        page = (await browser.get("/")).text
        components = (await browser.get("/api/v1/components")).json()
    assert "The global view does not answer" in page
    assert "Components are shown as it last told of them, 1 min ago." in page
    assert components["supervised"] is False
    assert "answers with 503" in components["problem"]


@pytest.mark.parametrize("reply", [b"", b"[]", b'{"data": {}}', b'{"data": {"result": [{"metric": {}}]}}'])
async def test_another_document_is_said(hub: tuple[Service, View, list[float]], reply: bytes) -> None:
    """What listens there may be something else; the page says so, and nothing is raised."""
    _, view, _ = hub
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=reply))
    async with httpx.AsyncClient(transport=transport) as client:
        await view.look(client)
    assert "does not tell what runs: another document than expected" in view.read().problem


@pytest.mark.parametrize(
    ("state", "query", "data", "every", "message"),
    [
        ("", "", "", None, "nothing says what runs"),
        ("s", "http://q:1", "d", None, "--state and --query both say what runs"),
        ("", "http://q:1", "", None, "--query needs --data"),
        ("", "q:10902", "d", None, "--query: 'q:10902' is no URL"),
        (
            "",
            "http://q:1",
            "d",
            "1m",
            "--verify-every: from the hub alone, the data path of other clusters cannot be verified",
        ),
    ],
)
def test_one_of_both_says_what_runs(
    tmp_path: Path, state: str, query: str, data: str, every: str | None, message: str
) -> None:
    """Refused before anything listens or is written."""
    folder, kept = (tmp_path / each if each else None for each in (state, data))
    with pytest.raises(UsageError) as refused:
        serve(CLUSTERS, folder, "127.0.0.1:0", every, kept, query=query)
    assert refused.value.message == message
    assert refused.value.remedy
    assert not list(tmp_path.iterdir())


async def test_a_real_global_view(tmp_path: Path) -> None:
    """Real Prometheus servers of two clusters behind a real Query: up, away, no target, out of sight."""
    estate = pair()
    made = components(estate, files_setting(estate, tmp_path / "bucket"))
    more = (
        Component("ghost", "exporter", "prod-weu", Own()),
        Component("far", "exporter", "prod-neu", Own()),
    )
    (tmp_path / "bucket").mkdir()
    with Stack(made, tmp_path) as stack:
        for kind in ("prometheus", "sidecar"):
            stack.start(f"{kind}-hub-weu-0", f"{kind}-prod-weu-0")
        stack.start("query")
        url = f"http://{stack.address('query')}"
        view = View(estate.name, (*made, *more), url)
        async with httpx.AsyncClient() as client:

            async def states() -> dict[str, str]:
                await view.look(client)
                told = view.read().value
                return {row.name: row.state for row in told.components} if told else {}

            wanted = {
                "prometheus-hub-weu-0": "ready",
                "prometheus-prod-weu-0": "ready",
                "sidecar-prod-weu-0": "ready",
                "query": "ready",
                "prometheus-prod-weu-1": "backoff",
                "store": "backoff",
                "ghost": "waiting",
                "far": "unknown",
            }
            found: dict[str, str] = {}
            for _ in range(150):
                found = await states()
                if {name: found.get(name) for name in wanted} == wanted:
                    break
                eventually(5, "Query is ready", lambda: stack.client.get(f"{url}/-/ready").is_success)
            assert {name: found.get(name) for name in wanted} == wanted
            told = view.read().value
            assert told is not None
            assert told.component("query").since > 0
            stack.stop("query")
            await view.look(client)
            assert view.read().problem == f"Thanos Query at {url} does not tell what runs: connection refused"
            assert view.read().value == told
