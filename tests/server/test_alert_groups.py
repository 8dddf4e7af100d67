"""Alerts on the page: together where they are equal, told apart where not, with ways on, never too many."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from singlepane.server.alert_groups import silence, web_url
from singlepane.server.page import page
from singlepane.server.rows import Choices
from singlepane.server.service import Service
from tests.server.conftest import Make
from tests.server.estates import HOP_NAMES, NOW, alert, deployment, parsed, verification, write


def _down(number: int, **labels: str) -> dict[str, object]:
    row = alert("TargetDown", "prod-weu", "warning", fingerprint=f"{number:016x}", summary="It is down.")
    row["labels"] |= {"namespace": "shop", "instance": f"10.0.0.{number}:9102", **labels}
    return row


def test_equal_alerts_are_together_and_told_apart(service: Service) -> None:
    """Rows of one alert share a head with what they have in common, and show what they do not."""
    service.journal.notify(parsed([_down(1), _down(2), alert("Other", "prod-weu")]), NOW)
    first, second = page(service.facts(), Choices(), frozenset()).firing
    assert (first.name, first.count, second.name, second.count) == ("Other", 1, "TargetDown", 2)
    assert second.labels == (("namespace", "shop"),)
    assert [line.labels for line in second.lines] == [
        (("instance", "10.0.0.1:9102"),),
        (("instance", "10.0.0.2:9102"),),
    ]
    assert (second.text, [line.text for line in second.lines]) == ("It is down.", ["", ""])


def test_a_silence_is_filled_in_with_what_they_share(service: Service) -> None:
    """The link opens Alertmanager's form for a new silence with matchers; quotes in a value stay in it.

    Contract: the page of Alertmanager's own button, `#/silences/new?filter={…}`.
    """
    rows = [_down(1, owner='a "b"'), _down(2, owner='a "b"')]
    service.journal.notify(parsed(rows), NOW)
    link = urlsplit(page(service.facts(), Choices(), frozenset()).firing[0].silence)
    running = service.facts().status.value
    assert running is not None
    alertmanager = running.component("alertmanager")
    assert link.netloc == alertmanager.addresses["http"]
    place, _, query = link.fragment.partition("?")
    assert place == "/silences/new"
    matchers = (
        'alertname="TargetDown", cluster="prod-weu", namespace="shop", owner="a \\"b\\"", severity="warning"'
    )
    assert parse_qs(query) == {"filter": [f"{{{matchers}}}"]}


def test_a_silence_never_says_too_much(service: Service) -> None:
    """Labels that would not fit into an address are left out together: name and cluster remain; a label that
    was cut is none, since it would match nothing.
    """
    long = {f"l{number}": "x" * 900 for number in range(5)}
    assert parse_qs(
        urlsplit(silence("http://am:9093/", {"alertname": "A", "cluster": "c", **long})).fragment
    ) == {"/silences/new?filter": ['{alertname="A", cluster="c"}']}
    assert "owner" not in silence("http://am:9093/", {"alertname": "A", "owner": "cut…"})
    assert silence("", {"alertname": "A"}) == ""
    assert silence("http://am:9093/", {"cluster": "c"}) == ""


async def test_an_alert_has_a_time_of_day_and_ways_on(client: httpx.AsyncClient, service: Service) -> None:
    """At three in the morning: since when, in which zone, what to read, where to look, how to silence."""
    row = _down(1)
    row["annotations"] = {"summary": "x", "dashboard_url": "http://127.0.0.1:9797/?cluster=prod-weu"}
    service.journal.notify(parsed([row]), NOW)
    text = (await client.get("/")).text
    assert 'since <time datetime="2026-11-23T11:45:00+00:00">11:45 UTC</time>, for 15 min' in text
    for name in ("Dashboard", "Silence", "Expression", "Runbook"):
        assert f">{name}</a>" in text
    assert '<code>instance="10.0.0.1:9102"</code>' in text


def test_a_group_leads_to_the_dashboard_of_its_first(service: Service) -> None:
    """Addresses of dashboards bear the time of the firing, each its own: the link is that of the first."""
    rows = [_down(1), _down(2)]
    for start, row in enumerate(rows):
        link = f"http://127.0.0.1:9797/dashboards/singlepane-prometheus?var-cluster=prod-weu&from={start}"
        row["annotations"] = {"summary": "x", "dashboard_url": link}
    service.journal.notify(parsed(rows), NOW)
    (group,) = page(service.facts(), Choices(), frozenset()).firing
    assert group.dashboard.endswith(("from=0", "from=1"))


def test_a_flood_is_counted_and_not_listed(service: Service) -> None:
    """However many alerts fire, a page holds at most a hundred lines, and five hundred when asked for all."""
    for start in range(0, 4_000, 1_000):
        rows = [
            alert(f"A{number % 300}", "prod-weu", "warning", fingerprint=f"{number:016x}")
            for number in range(start, start + 1_000)
        ]
        service.journal.notify(parsed(rows), NOW)
    for everything, most in ((False, 100), (True, 500)):
        made = page(service.facts(), Choices(everything=everything), frozenset())
        assert made.fires == 4_000
        assert sum(len(group.lines) for group in made.firing) == most
        assert made.hidden_firing == 4_000 - sum(group.count for group in made.firing)


async def test_a_silent_cluster_has_no_green_tick(client: httpx.AsyncClient, service: Service) -> None:
    """While nothing is heard from a cluster, that nothing fires there is not known, and a heartbeat that the
    last verification saw is no longer one.
    """
    service.journal.beat(["prod-neu"], NOW - 400)
    facts = replace(service.facts(), now=NOW)
    made = page(facts, Choices(), frozenset())
    assert made.silent == ("prod-neu",)
    assert [hop.ok for hop in made.path[0].hops if hop] == [True] * 9 + [False]
    assert (made.held, made.cut, made.untried) == (29, 1, 0)
    text = (await client.get("/")).text
    assert "which says nothing of prod-neu" in text
    assert "No alert fires." not in text


def test_one_dead_exporter_is_one_broken_hop(make: Make) -> None:
    """What lies behind a broken hop was not tried: it is not counted as broken, and not as nothing at all."""
    service = make(empty=True)
    folder = service.status.path.parent
    service.journal.beat(list(service.estate.clusters), NOW)
    write(
        folder,
        deployment(service.estate, folder),
        verification(service.estate, {"prod-neu": HOP_NAMES[0]}, replicas=2),
    )
    made = page(service.facts(), Choices(), frozenset())
    assert (made.held, made.cut, made.untried) == (40, 2, 18)
    assert {row.health.name: row.health.cut for row in made.clusters} == {
        "prod-neu": 2,
        "hub-weu": 0,
        "prod-weu": 0,
    }


def test_critical_alerts_are_never_behind_a_number(service: Service) -> None:
    """Every critical alert of a cluster is named in its row and in the verdict; what waits is counted."""
    names = [f"Critical{letter}" for letter in "ABCDEFGH"]
    rows = [
        *(alert(name, "prod-weu", "critical", fingerprint=f"{n:016x}") for n, name in enumerate(names)),
        *(alert(f"W{n}", "prod-weu", "warning", fingerprint=f"{n + 99:016x}") for n in range(6)),
    ]
    service.journal.notify(parsed(rows), NOW)
    made = page(service.facts(), Choices(), frozenset())
    shown = " ".join(reason.text for reason in made.clusters[0].reasons)
    assert all(name in shown for name in names)
    assert made.clusters[0].hidden_reasons == 3
    assert all(name in made.verdict.detail for name in names)
    assert made.verdict.lines[-1] == "And 6 more reasons."


def test_a_silent_cluster_ranks_first(service: Service) -> None:
    """Of two that are broken, the one of which nothing is known any more comes first; so does its alert."""
    rows = [
        alert("VolumeFull", "hub-weu", "critical", fingerprint="00000000000000a1"),
        alert("ClusterSilent", "prod-neu", "critical", fingerprint="00000000000000a2"),
    ]
    service.journal.notify(parsed(rows), NOW)
    service.journal.beat(["prod-neu"], NOW - 400)
    made = page(service.facts(), Choices(), frozenset())
    assert [row.health.name for row in made.clusters] == ["prod-neu", "hub-weu", "prod-weu"]
    assert [group.name for group in made.firing] == ["ClusterSilent", "VolumeFull"]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://runbooks.example/x", True),
        ("http://127.0.0.1:9090/graph?g0.expr=up", True),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)", False),
        ("data:text/html,x", False),
        ("//evil.example", False),
        (' https://x" onclick="y', False),
        ("", False),
    ],
)
def test_only_urls_of_the_web_become_links(url: str, kept: bool) -> None:
    """Annotations come from rule files that others write."""
    assert web_url(url) == (url if kept else "")
