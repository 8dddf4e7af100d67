"""Two things that were said about one alert, in any order: what holds is the later episode."""

from __future__ import annotations

import pytest

from singlepane.server.episodes import LATE_SECONDS, Known, about, holds
from singlepane.server.webhook import Alert
from tests.server.estates import NOW, alert, parsed


def _said(starts: int, ends: int | None = None) -> Alert:
    """An alert that began at this minute, and ended at that one when it is resolved."""
    body = {
        **alert("TargetDown", "prod-weu", status="firing" if ends is None else "resolved"),
        "startsAt": f"2026-11-23T03:{starts:02}:00Z",
        "endsAt": "0001-01-01T00:00:00Z" if ends is None else f"2026-11-23T03:{ends:02}:00Z",
    }
    return parsed([body]).alerts[0]


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


def test_the_cluster_it_is_about() -> None:
    """What the hub misses is about the one that is missing."""
    row = alert("ClusterSilent", "hub-weu")
    row["labels"]["expected_cluster"] = "prod-neu"
    assert about(parsed([row]).alerts[0]) == "prod-neu"
    assert about(FIRES) == "prod-weu"
