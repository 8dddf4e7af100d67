"""What the server holds while it runs: the estate, the journal, the state folder, its counters."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from alerts.routing import NOTIFICATIONS
from deploy.verify.results import Verification
from estate.model import Estate
from estate.running import Deployment
from singlepane.server.facts import Facts
from singlepane.server.journal import Journal
from singlepane.server.recorded import Reading, Recorded, deployment, supervisor_alive
from singlepane.server.view import View
from singlepane.server.witness import QUERY, SUPERVISOR
from web.bounds import Bounds
from web.crowd import Crowd

_log = logging.getLogger("singlepane.server")
_VERIFICATION = TypeAdapter(Verification)
Named = TypeVar("Named", Deployment, Verification)


class Service:
    """One estate's server.

    `verify_every` is seconds between verifications, 0 for none; `clock` gives Unix seconds. With a `view`
    that tells what runs, and not the supervisor's file in `state`.
    """

    def __init__(
        self,
        estate: Estate,
        state: Path,
        data: Path,
        verify_every: float = 0.0,
        clock: Callable[[], float] = time.time,
        view: View | None = None,
    ) -> None:
        """Open the journal in `data`. Raises StateFolderError when that cannot be written."""
        self.estate = estate
        self.verify_every = verify_every
        self.view = view
        self.clock = clock
        self.started = clock()
        self.journal = Journal(data)
        self.status = Recorded(state / "status.json", deployment)
        self.verification = Recorded(state / "verification.json", _verification)
        self.attempt = ""
        self._proofs: tuple[Verification | None, Verification | None] = (None, None)
        # By reason and by result, since the start; counted from the event loop and from worker threads alike.
        self.refused: Counter[str] = Counter()
        self.received: Counter[str] = Counter()
        self.verifications: Counter[str] = Counter()
        # When the last notification was refused for its size (Unix seconds), 0 for never.
        self.oversized = 0.0
        self.crowd = Crowd(Bounds(), _log.warning)

    def refuse(self, reason: str, path: str = "") -> None:
        """Count a refused request."""
        self.refused[reason] += 1
        if reason == "size" and path == NOTIFICATIONS:
            self.oversized = self.clock()

    def facts(self) -> Facts:
        """All that is known now. A status or verification of another estate counts as none, and is said."""
        status, alive = self._running()
        now = self.clock()
        verification = self._own(self.verification.read())
        return Facts(
            estate=self.estate,
            now=now,
            started=self.started,
            status=status,
            alive=alive,
            verification=verification,
            before=self._before(verification.value),
            heartbeats=self.journal.heartbeats(),
            alerts=self.journal.alerts(now),
            cut=self.journal.cut(),
            oversized=self.oversized,
            verify_every=self.verify_every,
            attempt=self.attempt,
            state=None if self.view else self.status.path.parent.absolute(),
            witness=QUERY if self.view else SUPERVISOR,
        )

    def _running(self) -> tuple[Reading[Deployment], bool]:
        """What runs, and whether who told it would tell of a change."""
        if self.view is not None:
            return self.view.read(), self.view.believed
        status = self._own(self.status.read())
        return status, status.value is not None and supervisor_alive(status.value)

    def _before(self, last: Verification | None) -> Verification | None:
        """The verification that the last one took the place of, since this server started."""
        before, seen = self._proofs
        if last is not None and (seen is None or last.started != seen.started):
            before, seen = self._proofs = (seen, last)
        return before

    def _own(self, reading: Reading[Named]) -> Reading[Named]:
        if reading.value is None or reading.value.estate == self.estate.name:
            return reading
        return Reading(problem=f"The state folder belongs to the estate “{reading.value.estate}”.")


def _verification(content: bytes) -> Verification:
    """The document of `verify -o json`. Raises ValueError for another shape."""
    return _VERIFICATION.validate_json(content)
