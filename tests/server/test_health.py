"""Health and verdict: each fact alone changes what it should, and the worst comes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.verify.results import Verification
from singlepane.server.episodes import Known
from singlepane.server.facts import Facts
from singlepane.server.health import clusters
from singlepane.server.journal import Beat
from singlepane.server.recorded import Reading
from singlepane.server.verdict import verdict
from tests.server.estates import NOW, alert, deployment, estate, parsed, verification

ESTATE = estate()


def _facts(**changed: Any) -> Facts:
    """An estate in which all is well."""
    values: dict[str, Any] = {
        "estate": ESTATE,
        "now": NOW,
        "started": NOW - 7_200,
        "status": Reading(deployment(ESTATE, Path("/state")), NOW - 200),
        "alive": True,
        "verification": Reading(verification(ESTATE), NOW - 12),
        "heartbeats": {name: Beat(NOW - 8, 120) for name in ESTATE.clusters},
        "alerts": (),
        "verify_every": 60.0,
    }
    return Facts(**{**values, **changed})


def _known(name: str, cluster: str, severity: str, updated: float = NOW, status: str = "firing") -> Known:
    one = alert(name, cluster, severity, status, summary="Something is so.")
    return Known(updated, parsed([one]).alerts[0])


def _said(facts: Facts) -> tuple[str, str, str]:
    found = verdict(facts, clusters(facts))
    return found.level, found.headline, found.detail


def test_all_is_well() -> None:
    """Nothing is wrong, and the sentence says what that rests on."""
    facts = _facts()
    assert [row.level for row in clusters(facts)] == ["well"] * 3
    assert _said(facts) == (
        "well",
        "All 3 clusters are well",
        "All 30 hops of the data path were proven 12 s ago. Nothing fires.",
    )


@pytest.mark.parametrize(
    ("beat", "started", "level", "headline"),
    [
        (Beat(NOW - 180, 9), NOW - 7_200, "well", "All 3 clusters are well"),
        (Beat(NOW - 181, 9), NOW - 7_200, "bad", "prod-neu is silent"),
        (Beat(NOW - 9_000, 9), NOW - 60, "attention", "prod-neu has not reported yet"),
        (None, NOW - 60, "attention", "prod-neu has not reported yet"),
        (None, NOW - 181, "bad", "prod-neu has never reported"),
        (Beat(NOW + 3_600, 9), NOW - 7_200, "well", "All 3 clusters are well"),
    ],
)
def test_heartbeats(beat: Beat | None, started: float, level: str, headline: str) -> None:
    """Silent after three missed beats, but not while the server itself has just begun to listen."""
    beats = {name: Beat(NOW - 8, 120) for name in ("hub-weu", "prod-weu")}
    facts = _facts(heartbeats={**beats, **({"prod-neu": beat} if beat else {})}, started=started)
    assert _said(facts)[:2] == (level, headline)


@pytest.mark.parametrize(
    ("state", "error", "level", "headline", "detail"),
    [
        (
            "failed",
            "exit 1\nno space left\n",
            "bad",
            "prod-neu has lost sidecar-prod-neu-0",
            "sidecar-prod-neu-0 failed: no space left",
        ),
        (
            "failed",
            "",
            "bad",
            "prod-neu has lost sidecar-prod-neu-0",
            "sidecar-prod-neu-0 failed: it gave up",
        ),
        (
            "backoff",
            "x",
            "attention",
            "prod-neu misses sidecar-prod-neu-0",
            "sidecar-prod-neu-0 died and starts again soon.",
        ),
        (
            "stopped",
            "",
            "attention",
            "prod-neu misses sidecar-prod-neu-0",
            "sidecar-prod-neu-0 is stopped.",
        ),
        (
            "starting",
            "",
            "attention",
            "prod-neu is starting",
            "sidecar-prod-neu-0 is starting.",
        ),
        (
            "waiting",
            "",
            "attention",
            "prod-neu is starting",
            "sidecar-prod-neu-0 waits for what it needs.",
        ),
    ],
)
def test_components(state: str, error: str, level: str, headline: str, detail: str) -> None:
    """A component that is not ready is named with its last words."""
    changed = {"sidecar-prod-neu-0": {"state": state, "last_error": error}}
    facts = _facts(status=Reading(deployment(ESTATE, Path("/state"), changed), NOW))
    assert _said(facts) == (level, headline, detail)


def test_a_broken_hop_names_cluster_replica_hop_and_cause() -> None:
    """The first broken hop is the reason."""
    facts = _facts(verification=Reading(verification(ESTATE, {"prod-weu": "block-in-bucket"}), NOW))
    assert _said(facts) == (
        "bad",
        "prod-weu has a broken data path",
        "Data path breaks at “block in bucket”: nothing of prod-weu came within 20 s.",
    )
    row = clusters(facts)[0]
    assert (row.name, row.held, row.hops) == ("prod-weu", 4, 10)


def test_a_broken_hop_right_after_the_start_is_no_fault() -> None:
    """Blocks take their time: until then the estate comes up."""
    running = deployment(ESTATE, Path("/state"), started=NOW - 60)
    facts = _facts(
        status=Reading(running, NOW),
        verification=Reading(verification(ESTATE, dict.fromkeys(ESTATE.clusters, "block-in-bucket")), NOW),
    )
    assert _said(facts)[:2] == ("attention", "Coming up")


def test_an_old_failure_is_not_held_against_a_cluster() -> None:
    """What failed long ago asks for a look, not for a person at night."""
    old = verification(ESTATE, {"prod-weu": "scraped"}, started=NOW - 3_600)
    assert _said(_facts(verification=Reading(old, NOW)))[:2] == (
        "attention",
        "prod-weu was not verified lately",
    )


@pytest.mark.parametrize(
    ("known", "level", "headline"),
    [
        (_known("KubeDown", "prod-weu", "critical"), "bad", "prod-weu has a critical alert"),
        (_known("KubeSlow", "prod-weu", "warning"), "attention", "prod-weu has a warning alert"),
        (_known("Note", "prod-weu", "info"), "well", "All 3 clusters are well"),
        (_known("Watchdog", "prod-weu", "none"), "well", "All 3 clusters are well"),
        (_known("KubeDown", "prod-weu", "critical", status="resolved"), "well", "All 3 clusters are well"),
        (_known("KubeDown", "prod-weu", "critical", NOW - 28_800), "bad", "prod-weu has a critical alert"),
        (_known("KubeDown", "prod-weu", "critical", NOW - 28_801), "well", "All 3 clusters are well"),
        (_known("KubeDown", "elsewhere", "critical"), "bad", "hub-weu has a critical alert"),
        (_known("KubeDown", "", "critical"), "bad", "hub-weu has a critical alert"),
    ],
)
def test_alerts(known: Known, level: str, headline: str) -> None:
    """Severity decides; what was not repeated for twice the repeat interval no longer counts."""
    assert _said(_facts(alerts=(known,)))[:2] == (level, headline)


def test_an_alert_about_a_missing_cluster_is_that_clusters() -> None:
    """The hub tells it, with the missed cluster in `expected_cluster`."""
    one = alert("ClusterSilent", "hub-weu")
    one["labels"]["expected_cluster"] = "prod-neu"
    facts = _facts(alerts=(Known(NOW, parsed([one]).alerts[0]),))
    assert next((row.name, row.level) for row in clusters(facts)) == ("prod-neu", "bad")


def test_advice_means_this_estate() -> None:
    """Where the state folder is not the usual one, a command that the page advises names it, and the file."""
    state = Path("/srv/my shop")
    unknown = _said(_facts(status=Reading(), alive=False, state=state))
    assert unknown[2].endswith("Start the estate with `singlepane up --state '/srv/my shop'`.")
    file = deployment(ESTATE, state).estate_file
    gone = _said(_facts(alive=False, state=state))
    assert gone[2].endswith(f"`singlepane up {file} --state '/srv/my shop'` starts it again.")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"status": Reading(), "alive": False},
            (
                "unknown",
                "Nothing is known to run",
                "No supervisor has said what runs. Start the estate with `singlepane up`.",
            ),
        ),
        (
            {"alive": False},
            (
                "unknown",
                "The supervisor is gone",
                "What this page shows is the last it wrote, 3 min ago. `singlepane up` starts it again.",
            ),
        ),
        (
            {"verification": Reading()},
            (
                "attention",
                "Running, never verified",
                "All components are ready, but no verification has followed the data from end to end yet.",
            ),
        ),
        (
            {"verification": Reading(verification(ESTATE, started=NOW - 1_503), NOW), "attempt": "It hung."},
            (
                "attention",
                "Last verified 25 min ago",
                "Since then nobody has followed the data from end to end. It hung.",
            ),
        ),
        (
            {"verification": Reading(verification(ESTATE, results=()), NOW)},
            ("bad", "The verification failed", "It found nothing to verify."),
        ),
    ],
)
def test_what_is_not_known_is_never_called_well(changed: dict[str, Any], said: tuple[str, str, str]) -> None:
    """No status, no supervisor, no proof or an old one: each is said."""
    assert _said(_facts(**changed)) == said


def test_several_clusters_are_counted_and_the_first_are_named() -> None:
    """Three are named, the rest is a number."""
    names = ("hub", "a", "b", "c", "d")
    shown = estate(names)
    facts = replace(
        _facts(),
        estate=shown,
        status=Reading(deployment(shown, Path("/state")), NOW),
        verification=Reading(verification(shown), NOW),
        heartbeats={"hub": Beat(NOW, 1), "d": Beat(NOW - 600, 1)},
    )
    assert _said(facts) == (
        "bad",
        "4 of 5 clusters need you",
        "a, b and c: No heartbeat has ever come. d: No heartbeat for 10 min.",
    )
    only = replace(facts, heartbeats={})
    assert _said(only) == ("bad", "All 5 clusters need you", "No heartbeat has ever come.")


def test_many_different_reasons_are_cut_short() -> None:
    """Three are told, the rest is a number of clusters."""
    names = ("hub", *(f"c{number}" for number in range(9)))
    shown = estate(names)
    ages = {name: Beat(NOW - 600 * place, 1) for place, name in enumerate(names)}
    facts = replace(
        _facts(),
        estate=shown,
        status=Reading(deployment(shown, Path("/state")), NOW),
        verification=Reading(verification(shown), NOW),
        heartbeats=ages,
    )
    assert _said(facts) == (
        "bad",
        "9 of 10 clusters need you",
        "c0: No heartbeat for 10 min. c1: No heartbeat for 20 min. c2: No heartbeat for 30 min."
        " And 6 more clusters.",
    )


def test_worst_first_and_all_reasons() -> None:
    """A cluster's reasons are all there, its worst decides its place."""
    facts = _facts(
        status=Reading(
            deployment(ESTATE, Path("/state"), {"shop-orders-prod-weu": {"state": "backoff"}}), NOW
        ),
        heartbeats={"hub-weu": Beat(NOW, 1), "prod-weu": Beat(NOW, 1), "prod-neu": Beat(NOW - 999, 1)},
        alerts=(_known("Slow", "prod-neu", "warning"),),
    )
    assert [(row.name, row.level, [r.text for r in row.reasons]) for row in clusters(facts)] == [
        ("prod-neu", "bad", ["No heartbeat for 16 min.", "Slow fires: Something is so."]),
        ("prod-weu", "attention", ["shop-orders-prod-weu died and starts again soon."]),
        ("hub-weu", "well", []),
    ]


def _absent(status: str, starts: float, ends: float, updated: float = NOW) -> Known:
    row = alert("ClusterSilent", "prod-neu", "critical", status, summary="prod-neu is silent.")
    row["startsAt"] = datetime.fromtimestamp(starts, UTC).isoformat()
    row["endsAt"] = datetime.fromtimestamp(ends, UTC).isoformat()
    return Known(updated, parsed([row]).alerts[0])


@pytest.mark.parametrize(
    ("told", "beat", "fires"),
    [
        (_absent("resolved", NOW - 900, NOW - 60), NOW - 1_200, True),
        (_absent("resolved", NOW - 900, NOW - 60), None, True),
        (_absent("resolved", NOW - 900, NOW - 60), NOW - 30, False),
        (_absent("resolved", NOW - 900, NOW - 60), NOW - 100, False),
        (_absent("resolved", NOW - 9_000, NOW - 6_000), NOW - 4_000, False),
        (_absent("firing", NOW - 9_000, 0, NOW - 10**6), NOW - 10**6 - 60, True),
        (_absent("firing", NOW - 9_000, 0, NOW - 10**6), NOW - 30, False),
        (_absent("firing", NOW - 900, 0), NOW - 30, True),
    ],
    ids=[
        "told as resolved, never heard again",
        "told as resolved, never heard at all",
        "heard after the end",
        "beating since it began",
        "heard after the end, silent again since: that is another silence",
        "no longer repeated, and still not heard",
        "no longer repeated, and heard since",
        "fires although heartbeats come: the query does not see it",
    ],
)
def test_an_absence_ends_with_a_heartbeat_alone(told: Known, beat: float | None, fires: bool) -> None:
    """ClusterSilent was told as resolved while its cluster stayed dead: its ruler had lost it. What says that
    something is missing ends when that is heard again, and not before.
    """
    beats = {name: Beat(NOW - 8, 120) for name in ("hub-weu", "prod-weu")}
    facts = _facts(
        alerts=(told,), heartbeats={**beats, **({"prod-neu": Beat(beat, 9)} if beat is not None else {})}
    )
    assert (facts.firing() == (told,), facts.resolved() == (told,)) == (
        fires,
        not fires and told.alert.status == "resolved",
    )


def test_a_cluster_that_left_the_estate_may_be_silent() -> None:
    """Of a cluster that nobody expects, what Alertmanager says holds."""
    row = alert("ClusterSilent", "gone", "critical", "resolved")
    assert _facts(alerts=(Known(NOW, parsed([row]).alerts[0]),)).firing() == ()


def _slow(*broken: str) -> Verification:
    """A verification in which a hop of these clusters did not hold in the time that there was."""
    found = verification(ESTATE, dict.fromkeys(broken, "block-in-bucket"))
    return replace(found, results=tuple(replace(row, proven=False) for row in found.results))


@pytest.mark.parametrize(
    ("last", "before", "every", "level"),
    [
        (_slow("prod-weu"), verification(ESTATE), 60.0, "attention"),
        (_slow("prod-weu"), None, 60.0, "attention"),
        (_slow("prod-weu"), _slow("prod-neu"), 60.0, "attention"),
        (_slow("prod-weu"), _slow("prod-weu"), 60.0, "bad"),
        (_slow("prod-weu"), None, 0.0, "bad"),
        (verification(ESTATE, {"prod-weu": "block-in-bucket"}), verification(ESTATE), 60.0, "bad"),
    ],
    ids=[
        "slow once",
        "slow the first time",
        "another one slow each time",
        "the same one twice",
        "nobody will look again",
        "proven",
    ],
)
def test_one_slow_verification_is_no_alarm(
    last: Verification, before: Verification | None, every: float, level: str
) -> None:
    """A hop that ran out of time turns the page red when it does so twice in a row; one that is proven
    broken does at once.
    """
    facts = _facts(verification=Reading(last, NOW - 12), before=before, verify_every=every)
    assert _said(facts)[0] == level
    if level == "attention":
        assert _said(facts)[1] == "prod-weu was slow to verify"
