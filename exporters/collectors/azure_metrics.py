"""Metrics of Azure resources, read in batches from Azure Monitor: totals as counters, the rest as gauges."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from estate.model import AzureExporter
from estate.quantities import seconds
from exporters.azure.calls.clients import Clients
from exporters.azure.calls.clock import REAL, Clock
from exporters.azure.calls.pace import spread
from exporters.azure.discovery.access import Access
from exporters.azure.discovery.catalogue import Catalogue, Scope
from exporters.azure.discovery.definitions import Types
from exporters.azure.discovery.resources import Resource, info_labels, series_labels, tag_spellings
from exporters.azure.discovery.selection import like, selection
from exporters.azure.metrics import own, state, table
from exporters.azure.metrics.budget import Dropped
from exporters.azure.metrics.lag import settled
from exporters.azure.metrics.ledger import Ledger
from exporters.azure.metrics.plan import Group, Key, groups
from exporters.azure.metrics.pool import Offer
from exporters.azure.metrics.reader import GroupState, Reader
from exporters.collector import Collection, Collector, keep_seconds
from exporters.configuration.config import Config
from exporters.exposition.metrics import Family, Sample
from exporters.shard import WHOLE, Shard
from exporters.work import worked

# A grain of an hour has nothing new each minute; late points are looked for this often.
LOOK_AGAIN_SECONDS = 300.0
SAVE_SECONDS = 60.0
LEAST_TIMEOUT_SECONDS = 60.0
# Once resources are known, a cycle waits so long for news of them.
REFRESH_SECONDS = 5.0
# When no group has ended for so long, the cycle gives what it has.
QUIET_SECONDS = 10.0
# The last seconds of a cycle are for writing down what it brought.
_CLOSING_SECONDS = 3.0
_LOOK_SECONDS = 0.5
_MOST_PROBLEMS = 5

log = structlog.get_logger()


class AzureMetrics:
    """One exporter row of kind azure. `mine` are the resources that this process reads, where several share
    them; with `only` there is this one alone.
    """

    name = "azure-metrics"

    def __init__(
        self,
        exporter: str,
        row: AzureExporter,
        scopes: tuple[Scope, ...],
        clients: Clients,
        state_file: Path | None,
        clock: Clock = REAL,
        mine: Callable[[Resource], bool] = bool,
        only: Resource | None = None,
    ) -> None:
        self.exporter = exporter
        self.clock = clock
        self.interval = float(seconds(row.interval))
        self.timeout = max(LEAST_TIMEOUT_SECONDS, self.interval)
        self.clients = clients
        self.catalogue = Catalogue(
            scopes,
            row.metrics,
            clock,
            selection(row.select, row.exclude),
            tuple(row.management_groups),
            mine,
            only,
            clients.memory(Types),
        )
        least_lag = seconds(clients.endpoints.lag)
        self.ledger = Ledger(least_lag, self._series_labels, row.budget, row.timestamps == "point")
        self.reader = Reader(self.catalogue, clients, self.ledger, clock)
        self.groups: list[Group] = []
        self.states: dict[Key, GroupState] = {}
        self.state_problems = 0
        self._state_file = state_file
        self._saved = clock.steady()
        self._saved_tracks = 0
        self._restored = False
        self._seen_change = -1
        self._tag_labels = tuple(row.tag_labels)
        self._tags: dict[str, str] = {}
        self._said_dropped: Dropped = Counter()
        self._refreshing: asyncio.Task[None] | None = None
        self._reading: dict[Key, asyncio.Task[None]] = {}

    async def collect(self) -> Collection:
        """Discover, read what is due, and give all that is held. Raises AzureError when nothing is known.

        A group whose subscription Azure asks to wait is not waited for: it goes on by itself, and what it
        brings is given with the next cycle.
        """
        deadline = self.clients.clock.steady() + self.timeout - _CLOSING_SECONDS
        if not self._restored:
            await asyncio.to_thread(self._restore)
        await self.clients.renew()
        await self._refresh(deadline)
        self._plan()
        self._finish()
        self._begin(deadline)
        await self._settle()
        # A counter that is shown and not written would begin again after a crash.
        if self.clock.steady() - self._saved > SAVE_SECONDS or len(self.ledger.tracks) > self._saved_tracks:
            await asyncio.to_thread(self._save)
        families = await worked(self._families)
        self._say_dropped()
        return Collection(families, tuple(self._problems()))

    def own(self) -> Iterable[Family]:
        """Calls, pace, groups, points and state."""
        return own.families(
            own.Shown(
                self.clients,
                self.catalogue,
                self.reader,
                self.ledger,
                self.groups,
                self.states,
                self.state_problems,
                self.clock,
                self.scope_name,
                self.knows,
            )
        )

    def follow(self, before: Collector) -> None:
        """Count on from a closed collector of the same row. What has a file reads it there."""
        if isinstance(before, AzureMetrics) and self._state_file is None:
            self._restored = True
            self.ledger.spellings.restore(before.ledger.spellings.spelt())
            self.ledger.restore(before.ledger.tracks, before.ledger.learnt())
            self.reader.refusals.until.update(before.reader.refusals.until)
            self.reader.omissions.restore(before.reader.omissions.current(self.clock.wall()))

    async def close(self) -> None:
        """Stop reading, write the state and close all connections."""
        tasks = [*self._reading.values(), *([self._refreshing] if self._refreshing else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._restored:
            await asyncio.to_thread(self._save)
        await self.clients.close()

    def scope_name(self, subscription: str) -> str:
        """The name of a subscription: the estate's, or Azure's where a management group brought it."""
        try:
            return self.catalogue.scope(subscription).name
        except KeyError:
            return subscription

    def knows(self, subscription: str) -> bool:
        """Whether a subscription is one of this row's."""
        try:
            return self.catalogue.scope(subscription).id == subscription
        except KeyError:
            return False

    def keep_seconds(self, key: Key) -> float:
        """How long the values of a group are served while it cannot be read."""
        return keep_seconds(self.interval) + (LOOK_AGAIN_SECONDS if key.step > self.interval else 0.0)

    def _series_labels(self, resource: Resource) -> dict[str, str]:
        return series_labels(resource, self.scope_name(resource.subscription))

    def _plan(self) -> None:
        if self.catalogue.changed == self._seen_change:
            return
        self._seen_change = self.catalogue.changed
        self.groups = groups(self.catalogue.resources.values(), self.catalogue.wanted)
        self._tags = tag_spellings(self.catalogue.resources.values())
        keys = {group.key for group in self.groups}
        self.states = {key: self.states.get(key, GroupState()) for key in keys}
        self.ledger.keep(self.groups, self.catalogue.resources)
        log.info(
            "planned",
            exporter=self.exporter,
            groups=len(self.groups),
            calls=sum(self.reader.calls(group) for group in self.groups),
        )

    def _due(self) -> list[Group]:
        """Groups that have settled points to read, or failed, or may have got late points, or from which
        nothing need be left out any more.
        """
        due: list[Group] = []
        now = self.clock.wall()
        for group in self.groups:
            status = self.states[group.key]
            step = group.key.step
            lag = self.ledger.lag(group.key)
            horizon = lag.horizon(now, step)
            # A lag that grows must not take a horizon back; a clock that was set back must.
            jumped = horizon < status.horizon - max(LOOK_AGAIN_SECONDS, step) - 900
            waits = self.clock.steady() - status.asked < LOOK_AGAIN_SECONDS
            if self.clock.steady() < status.refused_until or group.key in self._reading:
                continue
            # Where the lag grew, what is held is read again each step: it would get old, and nobody would
            # watch what is to come.
            stepped = settled(now, status.lag, step) > status.settled
            news = jumped or stepped or horizon > status.horizon or status.error or not waits
            if news or self.reader.returned(group, status):
                status.lag, status.settled = lag.seconds, horizon
                status.horizon = horizon if jumped else max(horizon, status.horizon)
                due.append(group)
        return due

    async def _refresh(self, deadline: float) -> None:
        """Look for resources and metrics; where some are known, a slow answer holds up nobody."""
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self.catalogue.refresh(self.clients, deadline))
        task = self._refreshing
        await asyncio.wait({task}, timeout=REFRESH_SECONDS if self.groups else None)
        if task.done():
            self._refreshing = None
            task.result()

    def _begin(self, deadline: float) -> None:
        due = self._due()
        calls = Counter[str]()
        for group in due:
            calls[group.key.subscription] += self.reader.calls(group)
        for group in due:
            spread_over = spread(calls[group.key.subscription], self.interval)
            reading = self.reader.read(group, self.states[group.key], deadline, spread_over)
            self._reading[group.key] = asyncio.create_task(reading)

    async def _settle(self) -> None:
        """Wait for the groups that are read, but not for those that Azure asks to wait."""
        steady = self.clients.clock.steady
        heard = steady()
        while waiting := {key: task for key, task in self._reading.items() if not task.done()}:
            if steady() - heard > QUIET_SECONDS or all(self.reader.held(key) for key in waiting):
                break
            done, _ = await asyncio.wait(
                waiting.values(), timeout=_LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            heard = steady() if done else heard
        self._finish()

    def _finish(self) -> None:
        """Let go of readings that have ended, so that their groups are due again."""
        for key in [key for key, task in self._reading.items() if task.done()]:
            self._reading.pop(key).result()

    def _families(self) -> list[Family]:
        tags = (self._tag_wanted, self._tags)
        infos = tuple(
            Sample(info_labels(resource, self.scope_name(resource.subscription), *tags), 1.0)
            for resource in self.catalogue.resources.values()
        )
        return [
            Family(
                "azure_resource_info",
                "info",
                "Resources that are read, with their ids and tags.",
                infos,
            ),
            *self.ledger.families(self.clock.wall(), self.keep_seconds),
        ]

    def _tag_wanted(self, tag: str) -> bool:
        return any(like(tag, each) for each in self._tag_labels)

    def _say_dropped(self) -> None:
        dropped = self.ledger.tallies.dropped
        if dropped != self._said_dropped:
            over = ", ".join(
                f"{series} of {metric} ({type}) over {limit}"
                for (limit, type, metric), series in sorted(dropped.items())
            )
            log.warning("series over budget", exporter=self.exporter, left_out=over or "none any more")
            self._said_dropped = dropped

    def _problems(self) -> list[str]:
        only = self.catalogue.only
        missing = only is not None and only.id not in self.catalogue.resources
        found = dict.fromkeys(
            ["the resource is not there, not selected, or not to be read by this identity"] * missing
            + [f"{self.scope_name(place)}: {why}" for place, why in self.catalogue.problems.items()]
            + [
                f"{self.scope_name(key.subscription)} {key.type}: {status.error}"
                for key, status in self.states.items()
                if status.error
            ]
            + [
                f"{self.scope_name(key.subscription)} {key.type}: Azure asks to wait"
                for key in self._reading
                if self.reader.held(key)
            ]
        )
        listed = list(found)
        more = len(listed) - _MOST_PROBLEMS
        return listed if more <= 0 else [*listed[:_MOST_PROBLEMS], f"and {more} more"]

    def _restore(self) -> None:
        self._restored = True
        if self._state_file is None:
            return
        found = state.load(self._state_file)
        if found.problem:
            self.state_problems += 1
            log.error("state not restored", exporter=self.exporter, problem=found.problem)
        self.ledger.spellings.restore(found.spelt)
        now = self.clock.wall()
        self.ledger.restore(found.tracks, found.learnt, self._offers(now), now)
        self._saved_tracks = len(found.tracks)
        self.reader.refusals.until.update(found.refused)
        self.reader.omissions.restore(found.omitted)

    def _offers(self, now: float) -> list[Offer]:
        """What others have learnt, where it was put beside the state file."""
        if self._state_file is None:
            return []
        try:
            lags = table.load(self._state_file.with_name(table.FILE), now).lags
        except FileNotFoundError:
            return []
        except (OSError, table.TableError) as error:
            self.state_problems += 1
            log.error("offered lags not taken up", exporter=self.exporter, problem=str(error))
            return []
        return [each.offer for each in lags]

    def _save(self) -> None:
        self._saved = self.clock.steady()
        self._saved_tracks = len(self.ledger.tracks)
        if self._state_file is None:
            return
        try:
            now = self.clock.wall()
            refused = self.reader.refusals.current(now)
            omitted = self.reader.omissions.current(now)
            with self.ledger.lock:
                learnt, spelt = self.ledger.learnt(), self.ledger.spellings.spelt()
                state.save(self._state_file, self.ledger.tracks, learnt, now, refused, spelt, omitted)
        except OSError as error:
            self.state_problems += 1
            log.error("state not written", exporter=self.exporter, error=error.strerror)


def build(
    name: str,
    row: AzureExporter,
    config: Config,
    state: Path | None,
    shard: Shard = WHOLE,
    access: Access | None = None,
) -> AzureMetrics:
    """The collector of a row, over this shard's part of the subscriptions in its scope."""
    # The number of shards is not part of the name: when it changes, what stays here counts on. The first
    # takes up what an exporter that was not divided has counted.
    part = "" if shard.first else f".shard-{shard.index}"
    file = state / f"{name}{part}.counters" if state is not None else None
    access = access or Access(config, shard)
    scopes = tuple(map(access.scope, row.scope))
    return AzureMetrics(name, row, scopes, access.clients(row.identity), file, mine=shard.mine)
