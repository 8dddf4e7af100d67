"""What the page holds, before it is HTML."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from estate.running import Running
from singlepane.server.page import page, web_address
from singlepane.server.rows import Break, Choices
from singlepane.server.service import Service
from tests.server.conftest import Make
from tests.server.estates import HOP_NAMES, NOW, alert, deployment, estate, parsed, verification, write


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("127.0.0.1:9090", "http://127.0.0.1:9090/"),
        ("query.monitoring.svc:10902", "http://query.monitoring.svc:10902/"),
        ("[::1]:9090", "http://[::1]:9090/"),
        ("", ""),
        ("127.0.0.1", ""),
        ("javascript:alert(1)", ""),
        ("127.0.0.1:9090/path", ""),
        ('127.0.0.1:9090" onclick="x', ""),
    ],
)
def test_only_a_plain_address_becomes_a_link(address: str, url: str) -> None:
    """What a component listens on is a host and a port, or it is not linked."""
    running = Running("x", "query", "hub", "ready", addresses={"http": address} if address else {})
    assert web_address(running) == url


def test_a_link_opens_something() -> None:
    """A sidecar and the shop have nothing at `/`; a browser does not trust the simulator's certificate."""
    for kind, port, url in (
        ("sidecar", "http", "http://127.0.0.1:9/metrics"),
        ("shop", "http", "http://127.0.0.1:9/api/v1/orders/summary"),
        ("azure-simulator", "https", ""),
    ):
        assert web_address(Running("x", kind, "hub", "ready", addresses={port: "127.0.0.1:9"})) == url


def test_the_address_holds_the_choices() -> None:
    """Each can be changed alone."""
    assert Choices().address() == "/"
    chosen = Choices(cluster="prod-weu", everything=True, paused=True)
    assert chosen.address() == "/?cluster=prod-weu&show=all&refresh=off"
    assert chosen.address(cluster="") == "/?show=all&refresh=off"
    assert Choices().address(cluster="a&b=<") == "/?cluster=a%26b%3D%3C"


def test_broken_replicas_come_first_and_say_why(make: Make) -> None:
    """The matrix in path order, the broken rows on top, what was not reached marked as such."""
    service = make(empty=True)
    shown = service.estate
    service.journal.beat(list(shown.clusters), NOW)
    write(
        service.status.path.parent,
        deployment(shown, service.status.path.parent),
        verification(shown, {"prod-neu": HOP_NAMES[2]}, replicas=2),
    )
    made = page(service.facts(), Choices(), frozenset())
    assert made.hops == HOP_NAMES
    assert [(row.cluster, row.replica, row.broken) for row in made.path] == [
        ("prod-neu", 0, True),
        ("prod-neu", 1, True),
        ("hub-weu", 0, False),
        ("hub-weu", 1, False),
        ("prod-weu", 0, False),
        ("prod-weu", 1, False),
    ]
    states = ["held" if hop.ok else "cut" if hop.reached else "gap" for hop in made.path[0].hops if hop]
    assert states == ["held", "held", "cut", *["gap"] * 7]
    assert made.broken == (
        Break(
            HOP_NAMES[2],
            "nothing of prod-neu came within 20 s",
            "See `singlepane logs sidecar-prod-neu-0`.",
            ("prod-neu replica 0", "prod-neu replica 1"),
        ),
    )


def test_a_hop_that_does_not_apply_is_a_gap(make: Make) -> None:
    """Verification leaves out hops that a replica does not have; the columns stay in line."""
    service = make(empty=True)
    proof = verification(service.estate)
    kept = tuple(row for row in proof.results if row.hop != HOP_NAMES[6])
    folder = service.status.path.parent
    write(folder, deployment(service.estate, folder), verification(service.estate, results=kept))
    row = page(service.facts(), Choices(), frozenset()).path[0]
    assert [hop is None for hop in row.hops] == [number == 6 for number in range(10)]
    assert row.ends == (0, 9)
    write(folder, None, verification(service.estate, results=kept[:8]))
    assert page(service.facts(), Choices(), frozenset()).path[0].ends == (0, 8)


def test_500_clusters_are_counted_and_not_listed(make: Make) -> None:
    """Only what is not well is in full; every other row is one click away."""
    names = ("hub", *(f"c{number}" for number in range(499)))
    service = make(estate(names))
    service.journal.beat([name for name in names if name != "c7"], NOW - 5)
    made = page(service.facts(), Choices(), frozenset())
    assert [row.health.name for row in made.clusters] == ["c7"]
    assert (len(made.rest), made.well, made.total) == (499, 499, 500)
    assert (len(made.components), made.hidden_components) == (0, 2_508)
    # Its heartbeat was seen by the last verification, and is not any more.
    assert [row.cluster for row in made.path] == ["c7"]
    assert (made.hidden_path, made.replicas) == (499, 500)
    assert (len(made.links), made.hidden_links) == (8, 494)
    everything = page(service.facts(), Choices(everything=True), frozenset())
    assert (len(everything.clusters), len(everything.rest)) == (500, 0)
    assert (len(everything.components), everything.hidden_components) == (2_508, 0)
    one = page(service.facts(), Choices(cluster="c7"), frozenset())
    assert [row.health.name for row in one.clusters] == ["c7"]
    assert len(one.components) == 5


def test_all_silent_is_as_usable(make: Make) -> None:
    """When everything is broken, forty are shown and the others are named."""
    names = ("hub", *(f"c{number}" for number in range(99)))
    made = page(make(estate(names)).facts(), Choices(), frozenset())
    assert (len(made.clusters), len(made.rest), made.well) == (40, 60, 0)


def test_alerts_link_to_our_runbook_first(service: Service) -> None:
    """Our own page when there is one, else the annotation when it is of the web, else nothing."""
    ours = alert("TargetDown", "prod-weu", fingerprint=f"{1:016x}", runbook_url="https://else.example/x")
    theirs = alert("Other", "prod-weu", fingerprint=f"{2:016x}", runbook_url="https://else.example/y")
    none = alert("Third", "prod-weu", fingerprint=f"{3:016x}", runbook_url="javascript:alert(1)")
    service.journal.notify(parsed([ours, theirs, none]), NOW)
    made = page(service.facts(), Choices(), frozenset({"TargetDown"}))
    assert [(row.name, row.runbook) for row in made.firing] == [
        ("TargetDown", "/runbooks/TargetDown"),
        ("Other", "https://else.example/y"),
        ("Third", ""),
    ]


def test_one_cluster_alone_shows_its_own_alerts(service: Service) -> None:
    """What no cluster of the estate is named for is the hub's."""
    rows = [("A", "prod-weu"), ("B", "prod-neu"), ("C", ""), ("D", "gone")]
    service.journal.notify(
        parsed([alert(name, where, fingerprint=f"{n:016x}") for n, (name, where) in enumerate(rows)]), NOW
    )
    found = {
        cluster: [row.name for row in page(service.facts(), Choices(cluster=cluster), frozenset()).firing]
        for cluster in service.estate.clusters
    }
    assert found == {"hub-weu": ["C", "D"], "prod-weu": ["A"], "prod-neu": ["B"]}


def test_the_problem_of_a_file_is_a_notice(service: Service) -> None:
    """A status that cannot be read is said at the top, and the last good one stays."""
    assert service.facts().status.value is not None
    service.status.path.write_text("{")
    service.attempt = "The last verification could not run: no engine."
    made = page(service.facts(), Choices(), frozenset())
    assert made.notices == (
        "status.json cannot be read: 1 validation error for Deployment",
        "The last verification could not run: no engine.",
    )
    assert made.running == 23


async def test_commands_are_shown_as_code_and_nothing_else_becomes_markup(
    client: httpx.AsyncClient, service: Service
) -> None:
    """Backticks in a remedy mark a command; angle brackets in a cause stay angle brackets."""
    folder = service.status.path.parent
    broken = verification(service.estate, {"prod-neu": HOP_NAMES[2]})
    results = [replace(row, cause="<b>`x`</b>") if row.cause else row for row in broken.results]
    write(folder, None, replace(broken, results=tuple(results)))
    text = (await client.get("/")).text
    assert "See <code>singlepane logs sidecar-prod-neu-0</code>." in text
    assert "&lt;b&gt;<code>x</code>&lt;/b&gt;." in text
    assert "<b>`" not in text
