"""Reads one group of resources into the ledger: by its route, batch by batch, past what Azure refuses."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection
from dataclasses import dataclass, field
from time import perf_counter

import structlog

from exporters.azure.calls.clients import Clients
from exporters.azure.calls.clock import Clock
from exporters.azure.calls.http import Call
from exporters.azure.calls.refusal import of_type, unexplained
from exporters.azure.discovery.catalogue import Catalogue
from exporters.azure.errors import AzureError, Refused
from exporters.azure.metrics import isolation
from exporters.azure.metrics.isolation import LeftOut
from exporters.azure.metrics.ledger import Ledger
from exporters.azure.metrics.omissions import Omissions
from exporters.azure.metrics.plan import Batch, Group, Key
from exporters.azure.metrics.plan import batches as batches_of
from exporters.azure.metrics.points import Window
from exporters.azure.metrics.routes import DOUBT_SECONDS, Refusals, Route
from exporters.work import worked

# What Azure refused for good is asked again after this long: rights are granted, ids come to life.
REFUSAL_SECONDS = 300.0
# Resources that a line of the log names.
_MOST_NAMED = 5

log = structlog.get_logger()


@dataclass(slots=True)
class GroupState:
    """How one group fares. `horizon` and `last_success` are Unix seconds, `asked` and `refused_until` are on
    the steady clock; `error` is empty when all is well. `lag` is that of the last reading in seconds, and
    `settled` where it put the horizon: back, where it had grown; the horizon itself never goes back for that.
    """

    horizon: int = 0
    settled: int = 0
    lag: int = 0
    asked: float = float("-inf")
    refused_until: float = 0.0
    last_success: float = 0.0
    error: str = ""


@dataclass(slots=True)
class _Brought:
    """What the calls of a group brought."""

    errors: list[AzureError] = field(default_factory=list)
    refused: list[tuple[str, AzureError]] = field(default_factory=list)
    replies: int = 0


class Reader:
    """Reads groups. `refused` are ids that are left out, until when on the steady clock; `splits` counts
    halved batches.
    """

    def __init__(self, catalogue: Catalogue, clients: Clients, ledger: Ledger, clock: Clock) -> None:
        self.refusals = clients.memory(Refusals)
        self.omissions = clients.memory(Omissions)
        self.refused: dict[str, float] = {}
        self.splits = 0
        self._catalogue = catalogue
        self._clients = clients
        self._ledger = ledger
        self._clock = clock
        # Routes that answered: before that, one call is tried instead of all.
        self._proven = self.refusals.proven
        # Groups that were asked for once: what the first call teaches the others need not learn.
        self._met: set[Key] = set()

    def route(self, key: Key) -> Route:
        """The API that a group is read by now."""
        return self.refusals.route(key, self._clock.wall())

    def calls(self, group: Group) -> int:
        """How many calls one reading of a group takes."""
        route = self.route(group.key)
        if not self.omissions.known.get(group.key.type):
            return group.calls_of(route.ids)
        now = self._clock.wall()
        return sum(
            len(self.omissions.narrowed(each, now, route.splits)) for each in self._calls(group, route, ())
        )

    def held(self, key: Key) -> bool:
        """Whether Azure asks the subscription of a group to wait."""
        try:
            client = self._clients.of(self._catalogue.scope(key.subscription).tenant)
        except (AzureError, KeyError):
            return False
        return client.held(key.subscription)

    def returned(self, group: Group, status: GroupState) -> bool:
        """Whether something that a group was last asked for without may be asked for again by now. A long
        grain has nothing new for a while, and what was left out would wait for that.
        """
        steady, wall = self._clock.steady(), self._clock.wall()
        ids = {id for id, until in self.refused.items() if status.asked < until <= steady}
        if ids and any(each.id in ids for each in group.resources):
            return True
        return self.omissions.ended(group, wall - (steady - status.asked), wall)

    async def read(self, group: Group, status: GroupState, deadline: float, spread: float) -> None:
        """Read all that is settled, and write down how it went. The calls start over `spread` seconds."""
        status.asked = self._clock.steady()
        brought = await self._by_route(group, status.horizon, deadline, spread)
        if brought.refused:
            now = self._clock.steady()
            self.refused = {id: until for id, until in self.refused.items() if until > now - REFUSAL_SECONDS}
        for id, error in brought.refused:
            self.refused[id] = self._clock.steady() + REFUSAL_SECONDS
            log.warning("resource refused, left out for a while", resource=id, error=str(error))
        errors = brought.errors
        for failure in errors:
            self._clients.traffic.note(failure)
        status.error = str(errors[0]) if errors else ""
        if not errors:
            status.last_success = self._clock.wall()
        elif all(isinstance(error, Refused) and error.status != 401 for error in errors):
            status.refused_until = self._clock.steady() + REFUSAL_SECONDS

    def _calls(self, group: Group, route: Route, skip: Collection[str]) -> list[Batch]:
        """The calls of a group; resources of which the same is left out are together."""
        omitted = self.omissions.of(group.key, self._clock.wall()) if route.splits else {}
        alike = {id: tuple(sorted(metrics)) for id, metrics in omitted.items() if id}
        return list(batches_of(group, skip, route.ids, alike))

    async def _by_route(self, group: Group, horizon: int, deadline: float, spread: float) -> _Brought:
        key = group.key
        skip = {id for id, until in self.refused.items() if self._clock.steady() < until}
        doubted: list[tuple[Route, _Brought]] = []
        # Whether it is known that no other route would do better.
        insisting = False
        while True:
            route = self.route(key)
            calls = self._calls(group, route, skip)
            place = (key.type, key.region, route.name)
            first = len(calls) if place in self._proven and key in self._met else 1
            brought = _Brought()
            sure = insisting or place in self._proven
            for some in (calls[:first], calls[first:]):
                if not any(of_type(each) or (unexplained(each) and not sure) for each in brought.errors):
                    several = len(calls) > 1
                    await asyncio.gather(
                        *(
                            self._one(each, route, several, horizon, deadline, spread, brought)
                            for each in some
                        )
                    )
            refusal = next(filter(of_type, brought.errors), None)
            now = self._clock.wall()
            if refusal is None:
                if brought.replies:
                    self._proven.add(place)
                    self._met.add(key)
                    for other, before in doubted:
                        self._say(key, other, before.errors[0])
                    return self._of_ids(brought)
                doubtful = bool(brought.errors) and all(map(unexplained, brought.errors))
                if doubtful and not sure and self.refusals.learn(key, route, now, DOUBT_SECONDS):
                    doubted.append((route, brought))
                    continue
            elif self.refusals.learn(key, route, now):
                self._say(key, route, refusal)
                continue
            if not doubted:
                return self._of_ids(brought)
            # No route answers: then it is not the routes.
            for other, _ in doubted:
                self.refusals.forget(key, other)
            doubted, insisting = [], True

    def _say(self, key: Key, route: Route, refusal: AzureError) -> None:
        self._proven.discard((key.type, key.region, route.name))
        self._clients.traffic.note(refusal)
        log.info("route refused", type=key.type, region=key.region, route=route.name, error=str(refusal))

    def _of_ids(self, brought: _Brought) -> _Brought:
        """Where each id was refused alone and none served, it is not the ids, unless they are gone."""
        if (
            brought.refused
            and not brought.replies
            and any(error.status != 404 for _, error in brought.refused)
        ):
            return _Brought([*brought.errors, *(error for _, error in brought.refused)])
        return brought

    async def _one(
        self,
        batch: Batch,
        route: Route,
        several: bool,
        horizon: int,
        deadline: float,
        spread: float,
        brought: _Brought,
    ) -> None:
        if spread > 0:
            await asyncio.sleep(random.uniform(0, spread))  # noqa: S311 - spreads load, guards nothing
        pieces = self.omissions.narrowed(batch, self._clock.wall(), route.splits)
        await asyncio.gather(
            *(self._piece(each, route, several, horizon, deadline, brought) for each in pieces)
        )

    async def _piece(
        self, batch: Batch, route: Route, several: bool, horizon: int, deadline: float, brought: _Brought
    ) -> None:
        window = await worked(self._ledger.window, batch, horizon, self._clock.wall())
        tenant = self._catalogue.scope(batch.key.subscription).tenant
        endpoints = self._clients.reach(tenant)
        try:
            client = self._clients.of(tenant)
        except AzureError as no_client:
            brought.errors.append(no_client)
            return

        async def send(piece: Batch) -> None:
            async def use(body: bytes, sent: float) -> None:
                # A large reply takes longer to read than the loop may stand still.
                await worked(self._take, route, body, piece, window, sent)

            await client.read(of(piece), use, self._clock.wall)

        async def probe(piece: Batch) -> None:
            await client.send(of(piece))

        def of(piece: Batch) -> Call:
            return route.call(piece, window.start, window.seen, endpoints, deadline)

        outcome = await isolation.read(
            batch, send, probe=probe, splits=route.splits, others=several, lone=route.ids == 1
        )
        self.splits += outcome.splits
        for each in outcome.left_out:
            self._leave_out(batch.key, each)
        brought.replies += len(outcome.read)
        brought.refused.extend((resource.id, error) for resource, error in outcome.refused)
        brought.errors.extend(error for _, error in outcome.failed)

    def _leave_out(self, key: Key, left: LeftOut) -> None:
        ids = [each.id for each in left.resources]
        metric = left.metric.definition.name
        new = self.omissions.learn(key, ids, metric, left.why, self._clock.wall())
        self._clients.traffic.note(left.error)
        if new:
            log.warning(
                "metric refused, left out for a while",
                type=key.type,
                metric=metric,
                why=left.why,
                resources=ids[:_MOST_NAMED] or "all",
                more=max(0, len(ids) - _MOST_NAMED),
                error=str(left.error),
            )

    def _take(self, route: Route, body: bytes, piece: Batch, window: Window, sent: float) -> None:
        """Decode a reply and take it in at once: decoded, it is much larger. Its values are of the moment at
        which it was asked for, however long it took.
        """
        started = perf_counter()
        try:
            items = route.decode(body, piece)
        finally:
            self._ledger.tallies.decode_seconds += perf_counter() - started
        self._ledger.apply(piece, items, window, sent)
