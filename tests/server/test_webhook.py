"""The webhook document: what a real Alertmanager posts is taken, any other shape is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from pydantic import ValidationError

from singlepane.server.webhook import Notification
from tests.server.estates import DATA, alert, notification

RECORDED = sorted(path.name for path in DATA.glob("webhook-v4-*.json"))


@pytest.mark.parametrize("name", RECORDED)
def test_takes_what_alertmanager_posts(name: str) -> None:
    """Every recorded body is read, and written again it still holds to the schema."""
    body = json.loads((DATA / name).read_text())
    schema = OAS31Validator(json.loads((DATA / "webhook-v4.schema.json").read_text()))
    parsed = Notification.model_validate(body)
    written = parsed.model_dump(mode="json")
    schema.validate(written)
    assert [row["labels"] for row in written["alerts"]] == [row["labels"] for row in body["alerts"]]
    assert [row["startsAt"] for row in written["alerts"]] == [row["startsAt"] for row in body["alerts"]]


def test_all_recorded_bodies_are_there() -> None:
    """The test above has five bodies to read."""
    assert len(RECORDED) == 5


def _without(key: str) -> Callable[[dict[str, Any]], None]:
    def change(body: dict[str, Any]) -> None:
        del body[key]

    return change


def _with(value: Any, *path: str | int) -> Callable[[dict[str, Any]], None]:
    def change(body: dict[str, Any]) -> None:
        place: Any = body
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (_without("version"), ("version",)),
        (_with("3", "version"), ("version",)),
        (_with(4, "version"), ("version",)),
        (_with("pending", "status"), ("status",)),
        (_with([], "alerts"), ("alerts",)),
        (_with({}, "alerts"), ("alerts",)),
        (_with(None, "alerts", 0), ("alerts", 0)),
        (_with(7, "alerts", 0, "labels", "cluster"), ("alerts", 0, "labels", "cluster")),
        (_with("yesterday", "alerts", 0, "startsAt"), ("alerts", 0, "startsAt")),
        (_with("2026-11-23T02:51:08", "alerts", 0, "startsAt"), ("alerts", 0, "startsAt")),
        (_with("not-a-hash", "alerts", 0, "fingerprint"), ("alerts", 0, "fingerprint")),
        (_with(-1, "truncatedAlerts"), ("truncatedAlerts",)),
        (_with("1", "truncatedAlerts"), ("truncatedAlerts",)),
        (_with([], "groupLabels"), ("groupLabels",)),
        (_without("groupKey"), ("groupKey",)),
    ],
)
def test_names_what_is_wrong(change: Callable[[dict[str, Any]], None], where: tuple[str | int, ...]) -> None:
    """A document of another shape is refused at the very place."""
    body = notification([alert("TargetDown", "prod-weu")])
    change(body)
    with pytest.raises(ValidationError) as refused:
        Notification.model_validate(body)
    assert [row["loc"] for row in refused.value.errors()] == [where]


def test_a_heartbeat_is_one_beat_for_each_cluster_that_fires() -> None:
    """Two alerts of one cluster are one beat; a resolved one, or one without a cluster, is none."""
    body = notification(
        [
            alert("Watchdog", "prod-weu"),
            alert("Watchdog", "prod-weu", fingerprint="00000000000000ab"),
            alert("Watchdog", "prod-neu", status="resolved", fingerprint="00000000000000ac"),
            alert("Watchdog", "", fingerprint="00000000000000ad"),
        ]
    )
    assert Notification.model_validate(body).beating() == {"prod-weu"}
