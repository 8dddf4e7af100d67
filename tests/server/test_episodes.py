"""Two things that were said about one alert, in any order: what holds is the later episode."""

from __future__ import annotations

from pathlib import Path

import pytest

from singlepane.server.episodes import LATE_SECONDS, Known, about, holds
from singlepane.server.journal import Journal
from singlepane.server.webhook import Alert, Notification
from tests.server.estates import NOW, alert, parsed


def _said(starts: int, ends: int | None = None) -> Alert:
    """An alert that began at this minute, and ended at that one when it is resolved."""
    body = {
        **alert("TargetDown", "prod-weu", status="firing" if ends is None else "resolved"),
        "startsAt": f"2026-11-23T03:{starts:02}:00Z",
        "endsAt": "0001-01-01T00:00:00Z" if ends is None else f"2026-11-23T03:{ends:02}:00Z",
    }
    return parsed([body]).alerts[0]


def _told(said: Alert) -> Notification:
    """A notification of it."""
    return parsed([alert("TargetDown", "prod-weu")]).model_copy(update={"alerts": [said]})


FIRES, ENDED = _said(20), _said(20, 30)


@pytest.mark.parametrize(
    ("known", "comes", "status", "starts"),
    [
        (FIRES, _said(5, 10), "firing", 20),
        (FIRES, _said(5, 20), "firing", 20),
        (FIRES, _said(20, 25), "resolved", 20),
        (FIRES, _said(10, 25), "resolved", 10),
        (FIRES, _said(5), "firing", 20),
        (FIRES, _said(40), "firing", 40),
        (ENDED, _said(5), "resolved", 20),
        (ENDED, _said(5, 10), "resolved", 20),
        (ENDED, _said(20), "firing", 20),
        (ENDED, _said(40), "firing", 40),
        (ENDED, _said(40, 45), "resolved", 40),
    ],
    ids=[
        "the end of an earlier episode hides nothing",
        "an episode that ended when this one began is an earlier one",
        "the end of this episode ends it",
        "an episode that Alertmanager merged begins earlier and ends this one",
        "an earlier firing does not move the beginning back",
        "a new episode takes over",
        "an earlier firing revives nothing",
        "the end of an earlier episode changes nothing",
        "the same episode may go on after all",
        "a new episode after an end fires",
        "a whole new episode takes over",
    ],
)
def test_which_holds(known: Alert, comes: Alert, status: str, starts: int) -> None:
    """Episodes are told apart by when they began, and by whether they were over before the other one.

    Alertmanager merges what overlaps to the earlier beginning (types/types.go, Alert.Merge).
    """
    held = holds(comes, Known(NOW, known), NOW + 60) or known
    assert (held.status, held.starts_at.minute) == (status, starts)


def test_what_is_said_long_after_is_meant() -> None:
    """A notification is late by minutes; an earlier firing that is still said after that is true: a second
    Prometheus saw the alert before the one that said it was over.
    """
    ended = Known(NOW, ENDED)
    assert holds(_said(5), ended, NOW + LATE_SECONDS) is None
    assert holds(_said(5), ended, NOW + LATE_SECONDS + 1) == _said(5)


def test_a_firing_that_nobody_takes_back_holds_after_ten_minutes(tmp_path: Path) -> None:
    """Alertmanager was started anew and forgot that a second Prometheus saw the alert before. It says that
    once, and no more for hours: the alert must not be hidden for so long, and a restart changes nothing.
    """
    kept = Journal(tmp_path)
    kept.notify(_told(FIRES), NOW - 300)
    kept.notify(_told(ENDED), NOW)
    kept.notify(_told(_said(5)), NOW + 60)
    kept.notify(_told(ENDED), NOW + 90)
    for each in (kept, Journal(tmp_path / "none")):
        assert [known.alert.status for known in each.alerts(NOW + 60 + LATE_SECONDS)] in (["resolved"], [])
    (known,) = kept.alerts(NOW + 61 + LATE_SECONDS)
    assert (known.alert, known.updated) == (_said(5), NOW + 60)
    kept.close()
    again = Journal(tmp_path)
    assert [known.alert.status for known in again.alerts(NOW + 600)] == ["resolved"]
    again.notify(_told(_said(5, 50)), NOW + 1200)
    assert [known.alert.ends_at.minute for known in again.alerts(NOW + 9000)] == [50]
    again.close()


@pytest.mark.parametrize(
    ("then", "status"),
    [
        (_said(5, 10), "resolved"),
        (_said(5, 31), "resolved"),
        (_said(5), "firing"),
        (_said(20, 31), "firing"),
        (_said(2, 3), "firing"),
    ],
    ids=[
        "its own end",
        "the end of what Alertmanager merged",
        "the same once more",
        "the end of the later episode once more",
        "the end of one before",
    ],
)
def test_what_takes_a_doubted_firing_back(tmp_path: Path, then: Alert, status: str) -> None:
    """Its own end does, which whoever said it says as well; nothing else does."""
    kept = Journal(tmp_path)
    for at, said in enumerate((ENDED, _said(5), then)):
        kept.notify(_told(said), NOW + 60 * at)
    assert [known.alert.status for known in kept.alerts(NOW + 60 + LATE_SECONDS)] == ["resolved"]
    assert [known.alert.status for known in kept.alerts(NOW + 61 + LATE_SECONDS)] == [status]
    kept.close()


def test_a_doubt_outlives_a_restart(tmp_path: Path) -> None:
    """What was doubted is read from the notifications that are kept; what came in order is not doubted."""
    kept = Journal(tmp_path)
    for at, said in ((0, _said(5)), (60, ENDED), (120, _said(5)), (180, ENDED)):
        kept.notify(_told(said), NOW + at)
    kept.close()
    again = Journal(tmp_path)
    assert [known.alert.status for known in again.alerts(NOW + 120 + LATE_SECONDS)] == ["resolved"]
    assert [known.updated for known in again.alerts(NOW + 121 + LATE_SECONDS)] == [NOW + 120]
    again.close()


def test_the_cluster_it_is_about() -> None:
    """What the hub misses is about the one that is missing."""
    row = alert("ClusterSilent", "hub-weu")
    row["labels"]["expected_cluster"] = "prod-neu"
    assert about(parsed([row]).alerts[0]) == "prod-neu"
    assert about(FIRES) == "prod-weu"
