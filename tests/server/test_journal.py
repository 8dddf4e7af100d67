"""The journal: what was taken is there after any end, all is bounded, damage is said and survived."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from estate.errors import StateFolderError
from singlepane.server import journal
from singlepane.server.journal import Beat, Journal
from tests.server.estates import alert, parsed


def _names(kept: Journal) -> list[str]:
    return [row.notification.alerts[0].labels["alertname"] for row in kept.notifications()]


def test_all_is_there_again_after_a_restart(tmp_path: Path) -> None:
    """Notifications, alerts and heartbeats are the same when the folder is opened again."""
    first = Journal(tmp_path)
    first.notify(parsed([alert("A", "prod-weu")]), 10.0)
    first.notify(parsed([alert("A", "prod-weu", status="resolved")]), 20.0)
    first.notify(parsed([alert("B", "prod-neu", fingerprint="00000000000000bb")]), 30.0)
    first.beat(["prod-weu", "prod-neu"], 40.0)
    first.beat(["prod-weu"], 50.0)
    before = (first.notifications(), first.alerts(0.0), first.heartbeats())
    first.close()

    again = Journal(tmp_path)
    assert (again.notifications(), again.alerts(0.0), again.heartbeats()) == before
    assert _names(again) == ["B", "A", "A"]
    assert {known.alert.fingerprint: known.alert.status for known in again.alerts(0.0)} == {
        "00000000000000aa": "resolved",
        "00000000000000bb": "firing",
    }
    assert again.heartbeats() == {"prod-weu": Beat(50.0, 2), "prod-neu": Beat(40.0, 1)}
    again.close()


def test_what_another_process_left_uncommitted_is_not_there(tmp_path: Path) -> None:
    """A copy of the files, taken while the journal is open, holds all that was answered for."""
    kept = Journal(tmp_path / "one")
    kept.notify(parsed([alert("A", "prod-weu")]), 10.0)
    copied = tmp_path / "two"
    copied.mkdir()
    for path in (tmp_path / "one").iterdir():
        (copied / path.name).write_bytes(path.read_bytes())
    assert _names(Journal(copied)) == ["A"]
    kept.close()


def test_keeps_the_last_notifications_by_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go first, in memory and on disk alike."""
    monkeypatch.setattr(journal, "NOTIFICATIONS", 3)
    kept = Journal(tmp_path)
    for number in range(5):
        kept.notify(parsed([alert(f"A{number}", "prod-weu")]), float(number))
    assert _names(kept) == ["A4", "A3", "A2"]
    kept.close()
    assert _names(Journal(tmp_path)) == ["A4", "A3", "A2"]


def test_keeps_the_last_notifications_by_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large ones push out more; the newest stays, however large it is."""
    monkeypatch.setattr(journal, "NOTIFICATION_BYTES", 2_000)
    kept = Journal(tmp_path)
    for number in range(4):
        kept.notify(parsed([alert(f"A{number}", "prod-weu", summary="x" * 400)]), float(number))
    assert _names(kept) == ["A3", "A2"]
    kept.notify(parsed([alert("large", "prod-weu", **{f"a{n}": "x" * 1_000 for n in range(9)})]), 9.0)
    assert _names(kept) == ["large"]
    kept.close()
    assert _names(Journal(tmp_path)) == ["large"]


def test_forgets_resolved_alerts_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fires is remembered longest."""
    monkeypatch.setattr(journal, "ALERTS", 2)
    kept = Journal(tmp_path)
    for number, status in enumerate(("firing", "resolved", "firing", "firing")):
        fingerprint = f"{number:016x}"
        kept.notify(parsed([alert("A", "x", status=status, fingerprint=fingerprint)]), float(number))
    found = [known.alert.fingerprint for known in kept.alerts(0.0)]
    assert found == [f"{2:016x}", f"{3:016x}"]
    kept.close()
    assert [known.alert.fingerprint for known in Journal(tmp_path).alerts(0.0)] == found


def test_keeps_the_clusters_that_reported_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of made-up cluster names has an end."""
    monkeypatch.setattr(journal, "CLUSTERS", 2)
    kept = Journal(tmp_path)
    for number in range(4):
        kept.beat([f"c{number}"], float(number))
    assert set(kept.heartbeats()) == {"c2", "c3"}
    kept.close()
    assert set(Journal(tmp_path).heartbeats()) == {"c2", "c3"}


def test_a_full_disk_refuses_and_changes_nothing(tmp_path: Path) -> None:
    """What cannot be written is not shown either, and the journal goes on when there is space again."""
    kept = Journal(tmp_path)
    kept.notify(parsed([alert("A", "prod-weu")]), 1.0)
    pages = kept._database.execute("PRAGMA page_count").fetchone()[0]
    kept._database.execute(f"PRAGMA max_page_count = {pages}")
    large = parsed(
        [alert("B", "prod-weu", fingerprint="00000000000000bb", **{f"a{n}": "x" * 2_000 for n in range(60)})]
    )
    with pytest.raises(sqlite3.OperationalError, match="full"):
        kept.notify(large, 2.0)
    assert _names(kept) == ["A"]
    assert [known.alert.labels["alertname"] for known in kept.alerts(0.0)] == ["A"]
    kept._database.execute("PRAGMA max_page_count = 1000000")
    kept.notify(large, 3.0)
    assert _names(kept) == ["B", "A"]
    kept.close()


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 8_000])
def test_a_damaged_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    """A new journal begins, the damaged one is kept for a look, and it is known that this happened."""
    (tmp_path / "journal.sqlite3").write_bytes(content)
    kept = Journal(tmp_path)
    assert kept.set_aside is not None
    assert kept.set_aside.read_bytes() == content
    kept.beat(["prod-weu"], 1.0)
    kept.close()
    assert set(Journal(tmp_path).heartbeats()) == {"prod-weu"}


def test_a_journal_of_another_version_is_set_aside(tmp_path: Path) -> None:
    """It is not read as if it were of this one."""
    kept = Journal(tmp_path)
    kept.beat(["prod-weu"], 1.0)
    kept._database.execute("PRAGMA user_version = 99")
    kept.close()
    again = Journal(tmp_path)
    assert again.set_aside is not None
    assert again.heartbeats() == {}


def test_a_row_of_another_shape_is_damage(tmp_path: Path) -> None:
    """A document that does not read as one does not stop the server either."""
    kept = Journal(tmp_path)
    kept._database.execute("INSERT INTO notifications (received, document) VALUES (1, '{}')")
    kept.close()
    again = Journal(tmp_path)
    assert again.set_aside is not None
    assert again.notifications() == ()


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    """The error names the folder and what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StateFolderError) as refused:
        Journal(tmp_path / "file" / "data")
    assert str(tmp_path / "file" / "data") in refused.value.message
    assert refused.value.remedy == "Name a folder that can be written and has space with --data."


def test_threads_write_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    """Four threads of 25 heartbeats are 100 heartbeats."""
    kept = Journal(tmp_path)

    def beat() -> None:
        for _ in range(25):
            kept.beat(["prod-weu"], 1.0)

    threads = [threading.Thread(target=beat) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept.heartbeats()["prod-weu"].count == 100
    kept.close()
    assert Journal(tmp_path).heartbeats()["prod-weu"].count == 100
