"""What Alertmanager told us, kept on disk: notifications, the last state of each alert, heartbeats.

Every write is committed with a full sync before the call returns, so an answer of 200 means that it
survives a kill. Reads come from memory. All is bounded: by count, and notifications by size too.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from estate.errors import StateFolderError
from singlepane.server.webhook import Alert, Notification

NOTIFICATIONS = 500
NOTIFICATION_BYTES = 16 * 2**20
ALERTS = 5_000
CLUSTERS = 5_000
SCHEMA = 1

_TABLES = """
CREATE TABLE notifications (id INTEGER PRIMARY KEY, received REAL NOT NULL, document TEXT NOT NULL);
CREATE TABLE alerts (
  fingerprint TEXT PRIMARY KEY, updated REAL NOT NULL, firing INTEGER NOT NULL, document TEXT NOT NULL
);
CREATE TABLE heartbeats (cluster TEXT PRIMARY KEY, last REAL NOT NULL, count INTEGER NOT NULL);
"""

_log = logging.getLogger("singlepane.server")


@dataclass(frozen=True, slots=True)
class Received:
    """A notification and when it came (Unix seconds)."""

    received: float
    notification: Notification


@dataclass(frozen=True, slots=True)
class Known:
    """The last that was said about one alert, and when."""

    updated: float
    alert: Alert


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
        self._lock = threading.Lock()
        self._notifications: tuple[Received, ...] = ()
        self._alerts: dict[str, Known] = {}
        self._heartbeats: dict[str, Beat] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._database = self._open()
        except (OSError, sqlite3.OperationalError) as error:
            raise StateFolderError(
                f"the server cannot keep its journal in {folder}: {error}",
                "Name a folder that can be written and has space with --data.",
            ) from error

    def notify(self, notification: Notification, now: float) -> None:
        """Keep a notification. Raises sqlite3.Error when it could not be kept; nothing is changed then."""
        alerts = {alert.fingerprint: Known(now, alert) for alert in notification.alerts}
        with self._lock:
            with self._transaction() as database:
                database.execute(
                    "INSERT INTO notifications (received, document) VALUES (?, ?)",
                    (now, notification.model_dump_json()),
                )
                database.executemany(
                    "INSERT INTO alerts VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
                    " SET updated = excluded.updated, firing = excluded.firing, document = excluded.document",
                    [
                        (fingerprint, now, known.alert.status == "firing", known.alert.model_dump_json())
                        for fingerprint, known in alerts.items()
                    ],
                )
                kept = self._prune(database)
                gone = self._forget(database)
            self._notifications = (Received(now, notification), *self._notifications)[:kept]
            merged = {**self._alerts, **alerts}
            self._alerts = {key: known for key, known in merged.items() if key not in gone}

    def beat(self, clusters: Collection[str], now: float) -> None:
        """Count one heartbeat of each cluster. Raises sqlite3.Error when it could not be kept."""
        with self._lock:
            beats = dict(self._heartbeats)
            for cluster in clusters:
                beats[cluster] = Beat(now, beats[cluster].count + 1 if cluster in beats else 1)
            newest = sorted(beats, key=lambda cluster: beats[cluster].last, reverse=True)[:CLUSTERS]
            with self._transaction() as database:
                database.executemany(
                    "INSERT INTO heartbeats VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
                    " SET last = excluded.last, count = excluded.count",
                    [(cluster, beats[cluster].last, beats[cluster].count) for cluster in clusters],
                )
                database.executemany(
                    "DELETE FROM heartbeats WHERE cluster = ?",
                    [(cluster,) for cluster in beats.keys() - set(newest)],
                )
            self._heartbeats = {cluster: beats[cluster] for cluster in newest}

    def notifications(self) -> tuple[Received, ...]:
        """The last notifications, newest first."""
        return self._notifications

    def alerts(self) -> tuple[Known, ...]:
        """The last state of every alert that is remembered."""
        return tuple(self._alerts.values())

    def heartbeats(self) -> Mapping[str, Beat]:
        """The last heartbeat by cluster."""
        return self._heartbeats

    def close(self) -> None:
        """Wait for a write that is going on, then close the file."""
        with self._lock:
            self._database.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Begin and commit, or roll back when anything fails."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield self._database
            self._database.execute("COMMIT")
        except BaseException:
            # SQLite has rolled back by itself after some failures, such as a full disk.
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    @staticmethod
    def _prune(database: sqlite3.Connection) -> int:
        """Drop the oldest notifications beyond the bounds, never the newest; how many are kept."""
        database.execute(
            "DELETE FROM notifications WHERE id IN (SELECT id FROM (SELECT id,"
            " ROW_NUMBER() OVER newest AS number, SUM(LENGTH(document)) OVER newest AS size"
            " FROM notifications WINDOW newest AS (ORDER BY id DESC))"
            " WHERE number > 1 AND (number > ? OR size > ?))",
            (NOTIFICATIONS, NOTIFICATION_BYTES),
        )
        return int(database.execute("SELECT COUNT(*) FROM notifications").fetchone()[0])

    @staticmethod
    def _forget(database: sqlite3.Connection) -> set[str]:
        """Drop the alerts beyond the bound, resolved and long unheard ones first; their fingerprints."""
        return {
            row[0]
            for row in database.execute(
                "DELETE FROM alerts WHERE fingerprint IN (SELECT fingerprint FROM alerts"
                " ORDER BY firing DESC, updated DESC LIMIT -1 OFFSET ?) RETURNING fingerprint",
                (ALERTS,),
            ).fetchall()
        }

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
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=10)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                database.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {SCHEMA}; COMMIT;")
            elif version != SCHEMA:
                raise sqlite3.DatabaseError(f"schema {version} is not {SCHEMA}")
            problem = database.execute("PRAGMA quick_check(1)").fetchone()[0]
            if problem != "ok":
                raise sqlite3.DatabaseError(problem)
            self._read(database)
        except BaseException:
            database.close()
            raise
        return database

    def _read(self, database: sqlite3.Connection) -> None:
        """Take all into memory. Raises ValueError for a row that is not what this version writes."""
        self._notifications = tuple(
            Received(received, Notification.model_validate_json(document))
            for received, document in database.execute(
                "SELECT received, document FROM notifications ORDER BY id DESC"
            )
        )
        self._alerts = {
            fingerprint: Known(updated, Alert.model_validate_json(document))
            for fingerprint, updated, document in database.execute(
                "SELECT fingerprint, updated, document FROM alerts"
            )
        }
        self._heartbeats = {
            cluster: Beat(last, count)
            for cluster, last, count in database.execute("SELECT cluster, last, count FROM heartbeats")
        }
