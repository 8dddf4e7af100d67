"""What the server holds while it runs: the estate, the journal, the state folder, its counters."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from deploy.verify.results import Verification
from estate.model import Estate
from estate.running import Deployment
from singlepane.server.facts import Facts
from singlepane.server.journal import Journal
from singlepane.server.recorded import Reading, Recorded, deployment, supervisor_alive

_VERIFICATION = TypeAdapter(Verification)
Named = TypeVar("Named", Deployment, Verification)


class Service:
    """One estate's server.

    `verify_every` is seconds between verifications, 0 for none; `clock` gives Unix seconds.
    """

    def __init__(
        self,
        estate: Estate,
        state: Path,
        data: Path,
        verify_every: float = 0.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open the journal in `data`. Raises StateFolderError when that cannot be written."""
        self.estate = estate
        self.verify_every = verify_every
        self.clock = clock
        self.started = clock()
        self.journal = Journal(data)
        self.status = Recorded(state / "status.json", deployment)
        self.verification = Recorded(state / "verification.json", _verification)
        self.attempt = ""
        # By reason and by result, since the start; counted from the event loop and from worker threads alike.
        self.refused: Counter[str] = Counter()
        self.received: Counter[str] = Counter()
        self.verifications: Counter[str] = Counter()

    def facts(self) -> Facts:
        """All that is known now. A status or verification of another estate counts as none, and is said."""
        status = self._own(self.status.read())
        running = status.value
        return Facts(
            estate=self.estate,
            now=self.clock(),
            started=self.started,
            status=status,
            alive=running is not None and supervisor_alive(running),
            verification=self._own(self.verification.read()),
            heartbeats=self.journal.heartbeats(),
            alerts=self.journal.alerts(),
            verify_every=self.verify_every,
            attempt=self.attempt,
        )

    def _own(self, reading: Reading[Named]) -> Reading[Named]:
        if reading.value is None or reading.value.estate == self.estate.name:
            return reading
        return Reading(problem=f"The state folder belongs to the estate “{reading.value.estate}”.")


def _verification(content: bytes) -> Verification:
    """The document of `verify -o json`. Raises ValueError for another shape."""
    return _VERIFICATION.validate_json(content)
