"""Checking passwords against bcrypt hashes, slowly in a thread the first time, and quickly after that.

As other exporters do, one check runs at a time and outcomes are remembered, wrong ones too. No password is
kept: an outcome is remembered by a keyed digest, whose key lives as long as the process.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import bcrypt

# Each kind of outcome has room of its own, so that a flood of wrong passwords displaces no right one.
REMEMBERED = 100
# More than these waiting for the one thread are turned away: at 0.1 s each the last would wait too long.
MOST_WAITING = 16
# bcrypt reads no further; https://www.openbsd.org/papers/bcrypt-paper.pdf
_LONGEST_BYTES = 72
_BCRYPT_BASE64 = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Busy(Exception):
    """Too many passwords wait to be checked."""


def decoy(users: Mapping[str, str]) -> str:
    """A hash that no password has and that takes as long as the slowest of the users': what an unknown user
    is checked against, so that time does not tell who is known.
    """
    cost = max((int(each.split("$")[2]) for each in users.values()), default=10)
    digest = "".join(secrets.choice(_BCRYPT_BASE64) for _ in range(31))
    return bcrypt.gensalt(cost).decode() + digest


class Passwords:
    """Checks of one process. `close` it at the end."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "bcrypt")
        self._key = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._wrong: OrderedDict[bytes, None] = OrderedDict()
        self._running: dict[bytes, asyncio.Future[bool]] = {}

    async def fit(self, users: Mapping[str, str], decoy: str, user: str, password: bytes) -> bool:
        """Whether a user has this password. Raises Busy."""
        hashed = users.get(user, decoy)
        key = hmac.digest(self._key, repr((user, hashed, password)).encode(), "sha256")
        for remembered, outcome in ((self._right, True), (self._wrong, False)):
            if key in remembered:
                remembered.move_to_end(key)
                return outcome
        running = self._running.get(key)
        if running is None:
            if len(self._running) >= MOST_WAITING:
                raise Busy
            running = self._running[key] = asyncio.get_running_loop().run_in_executor(
                self._thread, _fits, hashed, password
            )
            running.add_done_callback(lambda ended: self._remember(key, user in users, ended))
        # Another request may wait for the same check: it goes on when this one is given up.
        return await asyncio.shield(running) and user in users

    def close(self) -> None:
        """End the thread; what waits is given up."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _remember(self, key: bytes, known: bool, ended: asyncio.Future[bool]) -> None:
        self._running.pop(key, None)
        if ended.cancelled() or ended.exception() is not None:
            return
        remembered = self._right if ended.result() and known else self._wrong
        remembered[key] = None
        if len(remembered) > REMEMBERED:
            remembered.popitem(last=False)


def _fits(hashed: str, password: bytes) -> bool:
    return bcrypt.checkpw(password[:_LONGEST_BYTES], hashed.encode())
