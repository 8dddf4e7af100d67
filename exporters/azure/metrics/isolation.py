"""Sending a batch, and finding what of it Azure refuses: an id, a metric, a metric of one id, or all of it.

One bad part fails the whole call, and only some refusals name it. What is named is left out at once.
What is not is looked for: ids and metrics are tried alone, and the half that is refused is halved. No part is
left out that was not refused by itself, and the search is bounded.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from exporters.azure.calls.refusal import of_a_metric, of_an_id, of_type
from exporters.azure.discovery.resources import Resource
from exporters.azure.discovery.wanted import Wanted
from exporters.azure.errors import AzureError
from exporters.azure.metrics.omissions import Why
from exporters.azure.metrics.plan import Batch

# Enough to find three bad ids among 50 (twice the depth of the tree for each).
MOST_SPLITS = 36
# Calls whose replies are not used, to find out what is refused.
MOST_PROBES = 24
# Where so many that lie apart are each refused alone, it is none of them.
ALONE = 4

T = TypeVar("T")
Send = Callable[[Batch], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A metric that is refused: of these resources, of all of the type where there are none."""

    metric: Wanted
    why: Why
    error: AzureError
    resources: tuple[Resource, ...] = ()


@dataclass(slots=True)
class Outcome:
    """What became of a batch and its pieces: those that were read, ids refused alone, metrics that are not to
    be asked for, and pieces that failed for another reason. `splits` is how often a piece was halved."""

    read: list[Batch] = field(default_factory=list)
    refused: list[tuple[Resource, AzureError]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    failed: list[tuple[Batch, AzureError]] = field(default_factory=list)
    splits: int = 0


async def read(
    batch: Batch,
    send: Send,
    *,
    probe: Send | None = None,
    splits: bool = True,
    others: bool = False,
    lone: bool = False,
) -> Outcome:
    """Send a batch, and what is left of it without what is refused. Never raises AzureError. `send` takes in
    the reply to the piece that it is given, or raises; `probe` only raises.

    `splits` False: the call is the same for fewer resources. `others` says that the group has calls for other
    resources, so that a bad id alone in its call is the fault of that id; `lone` that each has only one: then
    a metric refused for no known reason is refused for all.
    """
    search = _Search(batch, send, probe or send, splits, others, lone)
    return await search.run()


class _Search:
    """One batch on its way."""

    def __init__(self, batch: Batch, send: Send, probe: Send, splits: bool, others: bool, lone: bool) -> None:
        self.batch = batch
        self.outcome = Outcome()
        self._send = send
        self._try = probe
        self._splits = splits
        self._several = others or len(batch.resources) > 1
        self._lone = lone
        self._probes = 0

    async def run(self) -> Outcome:
        """Send it all."""
        outcome = self.outcome
        error = await self._attempt(self.batch)
        if error is not None:
            await self._resolve(self.batch, error)
        if len(self.batch.resources) > 1 and outcome.refused and not outcome.read and not outcome.failed:
            # Every single id was refused: then it is not the ids.
            outcome.refused.clear()
            outcome.failed.append((self.batch, error or AzureError("batch: refused", api="batch")))
        return outcome

    async def _attempt(self, piece: Batch) -> AzureError | None:
        try:
            await self._send(piece)
        except AzureError as error:
            return error
        self.outcome.read.append(piece)
        return None

    async def _probe(self, piece: Batch) -> AzureError | None:
        self._probes += 1
        try:
            await self._try(piece)
        except AzureError as error:
            return error
        return None

    async def _resolve(self, piece: Batch, error: AzureError, among_ids: bool = False) -> None:
        """`among_ids`: it is known that other ids are not refused."""
        said = of_a_metric(error)
        named = [each for each in piece.metrics if said and each.definition.name.lower() == said[0]]
        if said and named:
            await self._named(piece, named[0], said[1], error)
        elif error.status == 400 and not of_type(error):
            await self._unexplained(piece, error, among_ids)
        else:
            await self._by_ids(piece, error)

    async def _named(self, piece: Batch, metric: Wanted, why: Why, error: AzureError) -> None:
        """Azure says which metric it is, but not whose. The others are read first."""
        await self._rest(piece, (metric,))
        if why != "missing" or not self._splits:
            self.outcome.left_out.append(LeftOut(metric, why, error))
            return
        lacking: list[Resource] = []
        sought: list[Resource] = []
        await self._lacking(piece.of_metrics((metric,)), lacking, sought)
        if lacking:
            self.outcome.left_out.append(LeftOut(metric, why, error, tuple(lacking)))
        if sought:
            self.outcome.left_out.append(LeftOut(metric, "sought", error, tuple(sought)))

    async def _lacking(self, piece: Batch, lacking: list[Resource], sought: list[Resource]) -> None:
        """Which resources lack the one metric of a piece that is refused."""
        if len(piece.resources) == 1:
            lacking.append(piece.resources[0])
            return
        first, second = piece.halves()
        self.outcome.splits += 1
        whole = False
        for half in (first, second):
            # Of two halves of which one is well the other is refused: that need not be asked.
            error = None
            if not whole:
                if self._probes >= MOST_PROBES:
                    sought.extend(half.resources)
                    continue
                error = await self._probe(half)
                if error is None:
                    whole = half is first
                    continue
            if error is None or of_a_metric(error):
                await self._lacking(half, lacking, sought)
            else:
                sought.extend(half.resources)

    async def _unexplained(self, piece: Batch, error: AzureError, among_ids: bool) -> None:
        """A refusal that names nothing: is it an id, a metric, or the call as a whole?"""
        ids = self._splits and of_an_id(error)
        if ids and not among_ids and len(piece.resources) > 1:
            among_ids = await self._any(piece.of_resources((each,)) for each in apart(piece.resources))
        if among_ids and len(piece.resources) > 1:
            await self._by_ids(piece, error, among_ids=True)
            return
        if len(piece.metrics) > 1 and await self._any(
            piece.of_metrics((each,)) for each in apart(piece.metrics)
        ):
            found = await self._refused(piece)
            if found:
                whose = piece.resources if len(piece.resources) == 1 and not self._lone else ()
                self.outcome.left_out.extend(
                    LeftOut(metric, "refused", failure, whose) for metric, failure in found
                )
                await self._rest(piece, tuple(metric for metric, _ in found))
                return
        if ids and len(piece.resources) == 1 and self._several:
            self.outcome.refused.append((piece.resources[0], error))
        else:
            self.outcome.failed.append((piece, error))

    async def _any(self, pieces: Iterable[Batch]) -> bool:
        """Whether one of them is not refused."""
        for each in pieces:
            if self._probes >= MOST_PROBES:
                return False
            if await self._probe(each) is None:
                return True
        return False

    async def _refused(self, piece: Batch) -> list[tuple[Wanted, AzureError]]:
        """The metrics that are refused alone, of a piece that is refused."""
        found: list[tuple[Wanted, AzureError]] = []
        middle = len(piece.metrics) // 2
        for part in (piece.of_metrics(piece.metrics[:middle]), piece.of_metrics(piece.metrics[middle:])):
            error = await self._probe(part) if self._probes < MOST_PROBES else None
            if error is None:
                continue
            if len(part.metrics) > 1:
                found += await self._refused(part)
            elif error.status == 400:
                found.append((part.metrics[0], error))
        return found

    async def _rest(self, piece: Batch, without: tuple[Wanted, ...]) -> None:
        metrics = tuple(each for each in piece.metrics if each not in without)
        if not metrics:
            return
        rest = piece.of_metrics(metrics)
        error = await self._attempt(rest)
        if error is not None:
            await self._resolve(rest, error)

    async def _by_ids(self, piece: Batch, error: AzureError, among_ids: bool = False) -> None:
        """Halve as long as that can single out a bad id."""
        outcome = self.outcome
        alone = len(piece.resources) == 1
        if alone and self._splits and of_an_id(error) and (self._several or error.status == 404):
            outcome.refused.append((piece.resources[0], error))
            return
        if alone or not self._splits or not of_an_id(error) or outcome.splits >= MOST_SPLITS:
            outcome.failed.append((piece, error))
            return
        outcome.splits += 1
        halves = [(half, await self._attempt(half)) for half in piece.halves()]
        if error.status >= 500 and all(failure for _, failure in halves):
            # Not one resource but the service: more calls would only add to its trouble.
            outcome.failed.extend((half, failure) for half, failure in halves if failure)
            return
        for half, failure in halves:
            if failure is not None:
                await self._resolve(half, failure, among_ids)


def apart(several: Sequence[T]) -> list[T]:
    """Up to `ALONE` of them, from the first to the last."""
    last = len(several) - 1
    if last < ALONE:
        return list(several)
    return [several[round(last * place / (ALONE - 1))] for place in range(ALONE)]
