"""The journal's tables: SQL and nothing else. Times are Unix seconds."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from singlepane.server.episodes import Known
from singlepane.server.webhook import Notification

SCHEMA = 2
# What the file of changes may keep on disk after a large one.
_LOG_BYTES = 8 * 2**20
KEYS = {"notifications": "id", "alerts": "fingerprint", "groups": "key", "heartbeats": "cluster"}

_FIRST = """
CREATE TABLE notifications (id INTEGER PRIMARY KEY, received REAL NOT NULL, document TEXT NOT NULL);
CREATE TABLE alerts (
  fingerprint TEXT PRIMARY KEY, updated REAL NOT NULL, firing INTEGER NOT NULL, document TEXT NOT NULL
);
CREATE TABLE heartbeats (cluster TEXT PRIMARY KEY, last REAL NOT NULL, count INTEGER NOT NULL);
"""
_SECOND = """
ALTER TABLE alerts ADD COLUMN in_group TEXT NOT NULL DEFAULT '';
CREATE TABLE groups (
  key TEXT PRIMARY KEY, updated REAL NOT NULL, truncated INTEGER NOT NULL, labels TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of alerts, and how many of it the last notification left out."""

    key: str
    updated: float
    truncated: int
    labels: Mapping[str, str] = field(default_factory=dict)


def group_key(notification: Notification) -> str:
    """What tells one group of one receiver from another, in a bounded length."""
    whole = f"{notification.receiver}\n{notification.group_key}"
    return hashlib.blake2b(whole.encode(), digest_size=16).hexdigest()


def connect(path: Path) -> sqlite3.Connection:
    """The database, made or brought to this schema. Raises sqlite3.DatabaseError when it is not sound."""
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, 1, SCHEMA):
            raise sqlite3.DatabaseError(f"schema {version} is not {SCHEMA}")
        if version < SCHEMA:
            script = (_FIRST if version == 0 else "") + _SECOND
            database.executescript(f"BEGIN; {script} PRAGMA user_version = {SCHEMA}; COMMIT;")
        problem = database.execute("PRAGMA quick_check(1)").fetchone()[0]
        if problem != "ok":
            raise sqlite3.DatabaseError(problem)
    except BaseException:
        database.close()
        raise
    return database


def add_notification(database: sqlite3.Connection, now: float, document: str) -> int:
    """Its number."""
    row = database.execute("INSERT INTO notifications (received, document) VALUES (?, ?)", (now, document))
    return int(row.lastrowid or 0)


def put_alerts(database: sqlite3.Connection, rows: Mapping[str, tuple[Known, str]]) -> None:
    """Alerts by fingerprint, each with its document."""
    database.executemany(
        "INSERT INTO alerts (fingerprint, updated, firing, in_group, document) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET updated = excluded.updated, firing = excluded.firing,"
        " in_group = excluded.in_group, document = excluded.document",
        [
            (fingerprint, known.updated, known.alert.status == "firing", known.group, document)
            for fingerprint, (known, document) in rows.items()
        ],
    )


def put_group(database: sqlite3.Connection, group: Group) -> None:
    """One group as it is now."""
    database.execute(
        "INSERT OR REPLACE INTO groups VALUES (?, ?, ?, ?)",
        (group.key, group.updated, group.truncated, json.dumps(dict(group.labels))),
    )


def put_beats(database: sqlite3.Connection, beats: Mapping[str, tuple[float, int]]) -> None:
    """The last heartbeat of each cluster, and how many there were."""
    database.executemany(
        "INSERT INTO heartbeats VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
        " SET last = excluded.last, count = excluded.count",
        [(cluster, last, count) for cluster, (last, count) in beats.items()],
    )


def forget(database: sqlite3.Connection, table: str, keys: Collection[str | int]) -> None:
    """Delete rows of one of `KEYS` by their keys."""
    # Both names are ours.
    statement = f"DELETE FROM {table} WHERE {KEYS[table]} = ?"  # noqa: S608
    database.executemany(statement, [(key,) for key in keys])


def notifications(database: sqlite3.Connection, limit: int) -> list[tuple[float, str]]:
    """When each of the last came, and its document; newest first."""
    return database.execute(
        "SELECT received, document FROM notifications ORDER BY id DESC LIMIT ?", (limit,)
    ).fetchall()


def all_notifications(database: sqlite3.Connection) -> Iterable[tuple[int, float, str]]:
    """Number of each, when it came, and its document, oldest first."""
    return database.execute("SELECT id, received, document FROM notifications ORDER BY id")


def all_alerts(database: sqlite3.Connection) -> Iterable[tuple[float, str, str]]:
    """When each was last told, its group, its document; the one that was told longest ago first."""
    return database.execute("SELECT updated, in_group, document FROM alerts ORDER BY updated, rowid")


def all_groups(database: sqlite3.Connection) -> Iterable[Group]:
    """Groups, the one that was told longest ago first."""
    for key, updated, truncated, labels in database.execute(
        "SELECT key, updated, truncated, labels FROM groups ORDER BY updated, rowid"
    ):
        yield Group(key, updated, truncated, json.loads(labels))


def all_beats(database: sqlite3.Connection) -> Iterable[tuple[str, float, int]]:
    """Cluster, last heartbeat, count; the one that was heard longest ago first."""
    return database.execute("SELECT cluster, last, count FROM heartbeats ORDER BY last, rowid")
