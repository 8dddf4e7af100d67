"""What Alertmanager told us, kept on disk: notifications, the last state of each alert, heartbeats.

Every write is committed with a full sync before the call returns, so an answer of 200 means that it
survives a kill. What pages read is in memory; notifications are on disk alone. All is bounded, by count
and by bytes, and what a write costs depends on what is written, not on what is known.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from estate.errors import StateFolderError
from singlepane.server import tables
from singlepane.server.bounded import Bounded
from singlepane.server.episodes import Doubts, Known, holds
from singlepane.server.tables import Group
from singlepane.server.webhook import Alert, Notification

NOTIFICATIONS = 500
NOTIFICATION_BYTES = 4 * 2**20
# Alerts of one notification that are kept with it; the last state of each is kept beside it anyway.
NOTIFICATION_ALERTS = 50
ALERTS = 5_000
ALERT_BYTES = 16 * 2**20
GROUPS = 1_000
CLUSTERS = 5_000
_RESOLVED, _FIRING = 0, 1

_log = logging.getLogger("singlepane.server")


@dataclass(frozen=True, slots=True)
class Received:
    """A notification and when it came (Unix seconds)."""

    received: float
    notification: Notification


@dataclass(frozen=True, slots=True)
class Beat:
    """The last heartbeat of a cluster (Unix seconds), and how many there were."""

    last: float
    count: int


class Journal:
    """The journal in one folder; safe to use from several threads. Use from one process."""

    def __init__(self, folder: Path) -> None:
        """Open or make it.

        A damaged file is set aside and said; raises StateFolderError when the folder is unusable.
        """
        self.path = folder / "journal.sqlite3"
        self.set_aside: Path | None = None
        # The first is held while a write reaches the disk, the second while memory changes: readers want it.
        self._lock = threading.Lock()
        self._memory = threading.Lock()
        self._empty()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._database = self._open()
        except (OSError, sqlite3.OperationalError) as error:
            raise StateFolderError(
                f"the server cannot keep its journal in {folder}: {error}",
                "Name a folder that can be written and has space with --data.",
            ) from error

    def _empty(self) -> None:
        self._kept: Bounded[int, None] = Bounded(NOTIFICATIONS, NOTIFICATION_BYTES)
        self._alerts: Bounded[str, Known] = Bounded(ALERTS, ALERT_BYTES, ranks=2)
        self._doubts = Doubts()
        self._groups: Bounded[str, Group] = Bounded(GROUPS, ALERT_BYTES)
        self._beats: Bounded[str, tuple[str, Beat]] = Bounded(CLUSTERS, ALERT_BYTES)
        # What memory has forgotten and the next write forgets on disk.
        self._gone: dict[str, list[str | int]] = {table: [] for table in tables.KEYS}

    def notify(self, notification: Notification, now: float) -> None:
        """Keep a notification. Raises sqlite3.Error when it could not be kept; nothing is changed then."""
        record = _record(notification)
        with self._lock:
            changed = self._changed(notification, now)
            group = self._group(notification, now)
            with self._transaction() as database:
                number = tables.add_notification(database, now, record)
                rows = {key: (known, known.alert.model_dump_json()) for key, known in changed.items()}
                tables.put_alerts(database, rows)
                if group:
                    tables.put_group(database, group)
            with self._memory:
                self._weigh(notification, now)
                self._kept.put(number, None, len(record))
                for key, (known, document) in rows.items():
                    self._alerts.put(key, known, len(document), _rank(known.alert))
                if group:
                    self._groups.put(group.key, group)
                self._forget()

    def beat(self, clusters: Collection[str], now: float) -> None:
        """Count one heartbeat of each cluster. Raises sqlite3.Error when it could not be kept."""
        with self._lock:
            beats = {}
            for cluster in clusters:
                known = self._beats.get(cluster)
                beats[cluster] = Beat(now, known[1].count + 1 if known else 1)
            with self._transaction() as database:
                tables.put_beats(database, {name: (beat.last, beat.count) for name, beat in beats.items()})
            with self._memory:
                for cluster, beat in beats.items():
                    self._beats.put(cluster, (cluster, beat), len(cluster))
                self._forget()

    def notifications(self, limit: int = NOTIFICATIONS) -> tuple[Received, ...]:
        """The last notifications, newest first, with as many alerts of each as are kept with it."""
        with self._lock:
            rows = tables.notifications(self._database, min(limit, len(self._kept)))
        return tuple(
            Received(received, Notification.model_validate_json(document)) for received, document in rows
        )

    def alerts(self, now: float) -> tuple[Known, ...]:
        """The last state of every alert that is remembered, as it holds by now (Unix seconds)."""
        with self._memory:
            settled = self._doubts.settled(now)
            return tuple(settled.get(known.alert.fingerprint, known) for known in self._alerts)

    def cut(self) -> tuple[Group, ...]:
        """Groups of which the last notification did not hold all alerts."""
        with self._memory:
            return tuple(group for group in self._groups if group.truncated)

    def heartbeats(self) -> Mapping[str, Beat]:
        """The last heartbeat by cluster."""
        with self._memory:
            return dict(self._beats)

    def close(self) -> None:
        """Wait for a write that is going on, then close the file."""
        with self._lock:
            self._database.close()

    def _changed(self, notification: Notification, now: float) -> dict[str, Known]:
        """What this notification changes, by fingerprint."""
        group = tables.group_key(notification)
        changed: dict[str, Known] = {}
        for alert in notification.alerts:
            known = changed.get(alert.fingerprint) or self._alerts.get(alert.fingerprint)
            held = holds(alert, known, now)
            if held is not None:
                changed[alert.fingerprint] = Known(now, held, group)
        before = self._groups.get(group)
        if before and before.truncated and not notification.truncated_alerts:
            # What ended while the group was cut was never said to have ended; this is the whole group again.
            said = {alert.fingerprint for alert in notification.alerts}
            for known in self._alerts:
                alert = known.alert
                if known.group == group and alert.status == "firing" and alert.fingerprint not in said:
                    ended = {"status": "resolved", "ends_at": datetime.fromtimestamp(now, UTC)}
                    changed[alert.fingerprint] = Known(now, alert.model_copy(update=ended), group)
        return changed

    def _weigh(self, notification: Notification, now: float) -> None:
        """Remember what is doubted of this notification; what holds must not be changed by it yet."""
        group = tables.group_key(notification)
        for alert in notification.alerts:
            self._doubts.weigh(alert, self._alerts.get(alert.fingerprint), now, group)

    def _group(self, notification: Notification, now: float) -> Group | None:
        """The group as it is now, None where none of it is cut and none was."""
        key = tables.group_key(notification)
        if not notification.truncated_alerts and self._groups.get(key) is None:
            return None
        labels = dict(notification.group_labels)
        return Group(key, now, notification.truncated_alerts, labels)

    def _forget(self) -> None:
        self._gone["notifications"] += self._kept.beyond()
        gone = self._alerts.beyond()
        self._gone["alerts"] += gone
        for key in gone:
            self._doubts.held.pop(key, None)
        self._gone["groups"] += self._groups.beyond()
        self._gone["heartbeats"] += self._beats.beyond()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Begin and commit, or roll back when anything fails; what memory forgot goes with it."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            for table, keys in self._gone.items():
                tables.forget(self._database, table, keys)
            yield self._database
            self._database.execute("COMMIT")
        except BaseException:
            # SQLite has rolled back by itself after some failures, such as a full disk.
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise
        for keys in self._gone.values():
            keys.clear()

    def _open(self) -> sqlite3.Connection:
        """The database, sound, of this schema and read into memory."""
        try:
            return self._connect()
        except sqlite3.OperationalError:
            raise
        except (sqlite3.DatabaseError, ValueError) as error:
            aside = self.path.with_name(f"{self.path.name}.damaged-{int(time.time())}")
            self.path.rename(aside)
            for suffix in ("-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
            self.set_aside = aside
            _log.error("the journal is damaged (%s): set aside as %s, starting a new one", error, aside)
            self._empty()
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        database = tables.connect(self.path)
        try:
            self._read(database)
        except BaseException:
            database.close()
            raise
        return database

    def _read(self, database: sqlite3.Connection) -> None:
        """Take all into memory. Raises ValueError for a row that is not what this version writes."""
        then: dict[str, Known] = {}
        for number, received, document in tables.all_notifications(database):
            notification = Notification.model_validate_json(document)
            self._kept.put(number, None, len(document))
            # What is doubted is not on disk by itself: it is told once more, in the same order.
            group = tables.group_key(notification)
            for alert in notification.alerts:
                known = then.get(alert.fingerprint)
                self._doubts.weigh(alert, known, received, group)
                if held := holds(alert, known, received):
                    then[alert.fingerprint] = Known(received, held, group)
        for updated, group, document in tables.all_alerts(database):
            alert = Alert.model_validate_json(document)
            self._alerts.put(alert.fingerprint, Known(updated, alert, group), len(document), _rank(alert))
        for cut in tables.all_groups(database):
            self._groups.put(cut.key, cut)
        for cluster, last, count in tables.all_beats(database):
            self._beats.put(cluster, (cluster, Beat(last, count)), len(cluster))
        self._forget()


def _rank(alert: Alert) -> int:
    return _FIRING if alert.status == "firing" else _RESOLVED


def _record(notification: Notification) -> str:
    """The document that is kept of a notification: not more alerts than somebody reads."""
    over = len(notification.alerts) - NOTIFICATION_ALERTS
    if over > 0:
        notification = notification.model_copy(
            update={
                "alerts": notification.alerts[:NOTIFICATION_ALERTS],
                "truncated_alerts": notification.truncated_alerts + over,
            }
        )
    return notification.model_dump_json()
