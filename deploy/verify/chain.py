"""Walking the hops of one replica in order: each tried again while waiting helps, none after a broken one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop, Pending
from deploy.verify.replica import Replica
from deploy.verify.results import NOT_REACHED, HopResult, Progress, Waiting

PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 4.0
# A hop reached at the last moment still gets this long for its one attempt.
LAST_ATTEMPT_SECONDS = 20.0


@dataclass(slots=True)
class Walk:
    """All chains of one verification. `deadline` is on the monotonic clock."""

    ground: Ground
    hops: Sequence[Hop]
    deadline: float
    progress: Progress
    _by_cluster: dict[tuple[str, str], asyncio.Task[HopResult]] = field(default_factory=dict)

    async def chain(self, replica: Replica) -> tuple[HopResult, ...]:
        """One result for each hop that applies to this replica."""
        results: list[HopResult] = []
        intact = True
        for hop in self.hops:
            if not hop.applies(self.ground, replica):
                continue
            if intact:
                result = await self._hop(hop, replica)
                self.progress(result)
                intact = result.ok
            else:
                result = HopResult(
                    hop.name, replica.cluster, replica.number, False, NOT_REACHED, reached=False
                )
            results.append(result)
        return tuple(results)

    async def _hop(self, hop: Hop, replica: Replica) -> HopResult:
        """A hop of scope `cluster` is shared by the chains of its replicas."""
        if hop.scope == "replica":
            return await self._tried(hop, replica)
        key = (hop.name, replica.cluster)
        if key not in self._by_cluster:
            self._by_cluster[key] = asyncio.create_task(self._tried(hop, replica))
        return replace(await self._by_cluster[key], replica=replica.number)

    async def _tried(self, hop: Hop, replica: Replica) -> HopResult:
        """Try until it holds, waiting is of no use, or time is up."""
        started = time.monotonic()
        until = self.deadline if hop.patience is None else min(self.deadline, started + hop.patience)
        whole = hop.patience is not None and started + hop.patience <= self.deadline
        pause = PAUSE_SECONDS
        while True:
            broken = await self._attempt(hop, replica)
            took = time.monotonic() - started
            if isinstance(broken, str):
                result = HopResult(hop.name, replica.cluster, replica.number, True, broken, seconds=took)
                return replace(result, pending=isinstance(broken, Pending))
            if broken.final or time.monotonic() + pause > until:
                return HopResult(
                    hop.name,
                    replica.cluster,
                    replica.number,
                    False,
                    "broken",
                    self._said(broken.cause),
                    self._advised(broken.remedy),
                    took,
                    proven=broken.final or whole,
                )
            cause = self._said(broken.cause)
            self.progress(Waiting(hop.name, replica.cluster, replica.number, cause, took))
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)

    def _said(self, cause: str) -> str:
        """Commands of one machine mean nothing in clusters, not in a cause either."""
        return self._advised(cause) if self.ground.in_clusters else cause

    def _advised(self, text: str) -> str:
        return self.ground.way.advised(self.ground.deployment, text)

    async def _attempt(self, hop: Hop, replica: Replica) -> str | Broken:
        """What the hop saw, or why it does not hold."""
        seconds = max(LAST_ATTEMPT_SECONDS, self.deadline - time.monotonic())
        try:
            async with asyncio.timeout(seconds):
                return await hop.prove(self.ground, replica)
        except Broken as broken:
            return broken
        except TimeoutError:
            return Broken(
                f"{hop.name} took longer than {seconds:.0f} s",
                "Verify again with a longer --timeout; if it stays, the machine is overloaded.",
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            # A reply of another shape than its API documents: the component is not the version we pin.
            return Broken(
                f"a reply on the way has another shape than expected: {error!r}",
                "See with `singlepane engines list` whether the running versions are the pinned ones.",
            )
