"""More alerts than anybody reads: what is needed is taken, and what is left out is said."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx

from singlepane.server import journal, webhook
from singlepane.server.journal import Journal
from singlepane.server.service import Service
from tests.server.estates import NOW, alert, notification, parsed

GROUP = {
    "groupKey": "{}:{alertname='TargetDown'}",
    "groupLabels": {"alertname": "TargetDown", "cluster": "prod-weu"},
}


def _rows(count: int, first: int = 0, status: str = "firing") -> list[dict[str, object]]:
    return [
        alert("TargetDown", "prod-weu", status=status, fingerprint=f"{number:016x}")
        for number in range(first, first + count)
    ]


def test_texts_labels_and_alerts_are_cut() -> None:
    """Nothing in the contract bounds them; a page and a disk do. What a page is made of stays."""
    row = alert("TargetDown", "prod-weu", summary="x" * 100_000)
    row["labels"] |= {f"l{number:03}": "y" * 5_000 for number in range(200)}
    row["generatorURL"] = "http://127.0.0.1/" + "z" * 10_000
    taken = parsed([row] * 3_000, truncatedAlerts=7, groupKey="k" * 9_000)
    assert (len(taken.alerts), taken.truncated_alerts, len(taken.group_key)) == (2_000, 1_007, 2_000)
    one = taken.alerts[0]
    assert {"alertname", "cluster", "severity"} < one.labels.keys()
    assert (len(one.labels), max(map(len, one.labels.values()))) == (webhook.LABELS, 1_000)
    assert (len(one.annotations["summary"]), one.annotations["summary"][-1]) == (2_000, "…")
    # A URL that is cut would lead elsewhere.
    assert one.generator_url == ""


def test_a_notification_keeps_as_many_alerts_as_somebody_reads(tmp_path: Path) -> None:
    """All 300 are known as firing; the record of the notification holds 50 and says how many more."""
    kept = Journal(tmp_path)
    kept.notify(parsed(_rows(300)), NOW)
    assert len(kept.alerts(0.0)) == 300
    record = kept.notifications()[0].notification
    assert (len(record.alerts), record.truncated_alerts) == (50, 250)
    kept.close()


def test_bytes_of_alerts_are_bounded(tmp_path: Path) -> None:
    """Alerts that are as large as they may be: the disk and the memory hold 16 MiB of them, those that were
    told last.
    """
    kept = Journal(tmp_path)
    texts = {f"a{number:02}": "x" * 1_900 for number in range(30)}
    for start in range(0, 600, 50):
        rows = [{**row, "annotations": texts} for row in _rows(50, start)]
        kept.notify(parsed(rows), NOW + start)
    size = sum(len(known.alert.model_dump_json()) for known in kept.alerts(0.0))
    assert journal.ALERT_BYTES * 0.9 < size <= journal.ALERT_BYTES
    assert f"{599:016x}" in {known.alert.fingerprint for known in kept.alerts(0.0)}
    kept.close()
    again = Journal(tmp_path)
    assert {known.alert.fingerprint for known in again.alerts(0.0)} == {
        known.alert.fingerprint for known in kept.alerts(0.0)
    }
    again.close()


async def test_what_was_left_out_is_said_on_the_page(client: httpx.AsyncClient, service: Service) -> None:
    """A recorded key of Alertmanager's document (`truncatedAlerts`), in words, until the group is whole."""
    body = notification(_rows(3), truncatedAlerts=4_500, **GROUP)
    await client.post("/api/v1/alertmanager", json=body)
    text = (await client.get("/")).text
    assert "4,500 more alerts" in text
    assert "singlepane_alerts_truncated 4500.0" in (await client.get("/metrics")).text
    await client.post("/api/v1/alertmanager", json=notification(_rows(3), **GROUP))
    assert "4,500 more" not in (await client.get("/")).text
    assert service.facts().left_out() == ()


def test_what_ended_while_its_group_was_cut_is_no_longer_firing(tmp_path: Path) -> None:
    """The end of an alert beyond `max_alerts` is never told: the next whole notification of its group is the
    whole truth. A group that was never cut is told alert by alert, silences included.
    """
    kept = Journal(tmp_path)
    other = parsed([alert("Other", "prod-weu", fingerprint="00000000000000ff")], groupKey="other")
    kept.notify(other, NOW)
    kept.notify(parsed(_rows(4), **GROUP), NOW)
    kept.notify(parsed(_rows(2), truncatedAlerts=2, **GROUP), NOW + 300)
    kept.close()
    kept = Journal(tmp_path)
    kept.notify(parsed(_rows(2), **GROUP), NOW + 600)
    found = {known.alert.fingerprint[-2:]: known.alert.status for known in kept.alerts(0.0)}
    assert found == {"00": "firing", "01": "firing", "02": "resolved", "03": "resolved", "ff": "firing"}
    ended = [known.alert.ends_at for known in kept.alerts(0.0) if known.alert.status == "resolved"]
    assert set(ended) == {datetime.fromtimestamp(NOW + 600, UTC)}
    kept.notify(parsed(_rows(1), **GROUP), NOW + 900)
    assert {known.alert.fingerprint[-2:] for known in kept.alerts(0.0) if known.alert.status == "firing"} == {
        "00",
        "01",
        "ff",
    }
    kept.close()


async def test_a_notification_that_was_refused_for_its_size_is_not_silence(
    client: httpx.AsyncClient, service: Service
) -> None:
    """The page says that something came and could not be taken, and what to set; not that nothing came."""
    answer = await client.post(
        "/api/v1/alertmanager",
        content=b" " * (4 * 2**20 + 1),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 413
    text = (await client.get("/")).text
    assert "refused for its size" in text
    assert "max_alerts" in text
    assert "has not sent anything" not in text
    # A page of anybody that posts too much elsewhere is no notification.
    service.oversized = 0.0
    await client.post(
        "/api/v1/heartbeat", content=b" " * (4 * 2**20 + 1), headers={"Content-Type": "application/json"}
    )
    assert "refused for its size" not in (await client.get("/")).text


def test_a_journal_of_the_version_before_is_read(tmp_path: Path) -> None:
    """What was kept before groups were known is still there."""
    kept = Journal(tmp_path)
    kept.notify(parsed(_rows(1)), NOW)
    kept._database.executescript(
        "ALTER TABLE alerts DROP COLUMN in_group; DROP TABLE groups; PRAGMA user_version = 1;"
    )
    kept.close()
    again = Journal(tmp_path)
    assert again.set_aside is None
    assert [known.alert.labels["alertname"] for known in again.alerts(0.0)] == ["TargetDown"]
    again.close()
