"""Metrics of Azure resources, read in batches from Azure Monitor: totals as counters, the rest as gauges."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import structlog

from estate.model import AzureExporter
from estate.quantities import seconds
from exporters.azure import batch as batches
from exporters.azure import own, state
from exporters.azure.catalogue import Catalogue, Scope
from exporters.azure.clients import Clients
from exporters.azure.clock import REAL, Clock
from exporters.azure.errors import AzureError, Refused
from exporters.azure.ledger import Ledger
from exporters.azure.plan import Batch, Group, Key, groups
from exporters.azure.plan import batches as batches_of
from exporters.azure.resources import Resource, info_labels, series_labels
from exporters.collector import Collection
from exporters.config import Config
from exporters.cycle import keep_seconds
from exporters.metrics import Family, Sample

# What Azure refused for good is asked again after this long: rights are granted, ids come to life.
REFUSAL_SECONDS = 300.0
# A grain of an hour has nothing new each minute; late points are looked for this often.
LOOK_AGAIN_SECONDS = 300.0
SAVE_SECONDS = 60.0
LEAST_TIMEOUT_SECONDS = 60.0
# The last seconds of a cycle are for writing down what it brought.
_CLOSING_SECONDS = 3.0
_MOST_PROBLEMS = 5

log = structlog.get_logger()


@dataclass(slots=True)
class GroupState:
    """How one group fares. `horizon` and `last_success` are Unix seconds, `asked` and `refused_until` are on
    the
    monotonic clock; `error` is empty when all is well."""

    horizon: int = 0
    asked: float = float("-inf")
    refused_until: float = 0.0
    last_success: float = 0.0
    error: str = ""


class AzureMetrics:
    """One exporter row of kind azure."""

    name = "azure-metrics"

    def __init__(
        self,
        exporter: str,
        row: AzureExporter,
        scopes: tuple[Scope, ...],
        clients: Clients,
        state_file: Path | None,
        clock: Clock = REAL,
    ) -> None:
        self.exporter = exporter
        self.clock = clock
        self.interval = float(seconds(row.interval))
        self.timeout = max(LEAST_TIMEOUT_SECONDS, self.interval)
        self.clients = clients
        self.catalogue = Catalogue(scopes, row.metrics, clock)
        self.ledger = Ledger(seconds(clients.endpoints.lag), self._series_labels)
        self.groups: list[Group] = []
        self.states: dict[Key, GroupState] = {}
        self.refused: dict[str, float] = {}
        self.splits = 0
        self.state_problems = 0
        self._state_file = state_file
        self._saved = clock.steady()
        self._restored = False
        self._seen_change = -1
        self._scope_names = {scope.id: scope.name for scope in scopes}

    async def collect(self) -> Collection:
        """Discover, read what is due, and give all that is held. Raises AzureError when nothing is known."""
        deadline = monotonic() + self.timeout - _CLOSING_SECONDS
        if not self._restored:
            await asyncio.to_thread(self._restore)
        await self.clients.renew()
        await self.catalogue.refresh(self.clients, deadline)
        self._plan()
        await asyncio.gather(*(self._read_group(group, deadline) for group in self._due()))
        if self.clock.steady() - self._saved > SAVE_SECONDS:
            await asyncio.to_thread(self._save)
        return Collection(await asyncio.to_thread(self._families), tuple(self._problems()))

    def own(self) -> Iterable[Family]:
        """Calls, pace, groups, points and state."""
        return own.families(self)

    async def close(self) -> None:
        """Write the state and close all connections."""
        if self._restored:
            await asyncio.to_thread(self._save)
        await self.clients.close()

    def scope_name(self, subscription: str) -> str:
        """The name of a subscription in the estate."""
        return self._scope_names.get(subscription, subscription)

    def _series_labels(self, resource: Resource) -> dict[str, str]:
        return series_labels(resource, self.scope_name(resource.subscription))

    def _plan(self) -> None:
        if self.catalogue.changed == self._seen_change:
            return
        self._seen_change = self.catalogue.changed
        self.groups = groups(self.catalogue.resources.values(), self.catalogue.wanted)
        keys = {group.key for group in self.groups}
        self.states = {key: self.states.get(key, GroupState()) for key in keys}
        self.ledger.keep(self.groups, self.catalogue.resources)
        log.info(
            "planned",
            exporter=self.exporter,
            groups=len(self.groups),
            calls=sum(group.calls for group in self.groups),
        )

    def _due(self) -> list[Group]:
        """Groups that have settled points to read, or failed, or may have got late points."""
        due: list[Group] = []
        now = self.clock.wall()
        for group in self.groups:
            status = self.states[group.key]
            step = group.key.step
            horizon = self.ledger.lag(group.key.type).horizon(now, step)
            # A lag that grows must not take a horizon back; a clock that was set back must.
            jumped = horizon < status.horizon - max(LOOK_AGAIN_SECONDS, step) - 900
            waits = self.clock.steady() - status.asked < LOOK_AGAIN_SECONDS
            if self.clock.steady() < status.refused_until:
                continue
            if jumped or horizon > status.horizon or status.error or not waits:
                status.horizon = horizon if jumped else max(horizon, status.horizon)
                due.append(group)
        return due

    async def _read_group(self, group: Group, deadline: float) -> None:
        status = self.states[group.key]
        status.asked = self.clock.steady()
        skip = {id for id, until in self.refused.items() if self.clock.steady() < until}
        outcomes = await asyncio.gather(
            *(self._read(each, status.horizon, deadline) for each in batches_of(group, skip))
        )
        errors = [error for found in outcomes for error in found]
        status.error = str(errors[0]) if errors else ""
        if not errors:
            status.last_success = self.clock.wall()
        elif all(isinstance(error, Refused) and error.status != 401 for error in errors):
            status.refused_until = self.clock.steady() + REFUSAL_SECONDS

    async def _read(self, batch: Batch, horizon: int, deadline: float) -> list[AzureError]:
        """Read one batch into the ledger; what failed for another reason than an id of its own."""
        window = self.ledger.window(batch, horizon)
        endpoints = self.clients.endpoints
        tenant = next(scope.tenant for scope in self.catalogue.scopes if scope.id == batch.key.subscription)
        try:
            client = self.clients.of(tenant)
        except AzureError as no_client:
            return [no_client]

        async def send(piece: Batch) -> bytes:
            return await client.send(batches.call(piece, window.start, window.end, endpoints, deadline))

        outcome = await batches.read(batch, send)
        self.splits += outcome.splits
        for resource, error in outcome.refused:
            self.refused[resource.id] = self.clock.steady() + REFUSAL_SECONDS
            log.warning("resource refused, left out for a while", resource=resource.id, error=str(error))
        errors = [error for _, error in outcome.failed]
        for piece, body in outcome.replies:
            try:
                # A large reply takes longer to read than the loop may stand still.
                await asyncio.to_thread(self.ledger.apply, piece, body, window, self.clock.wall())
            except AzureError as bad_reply:
                errors.append(bad_reply)
        return errors

    def _families(self) -> list[Family]:
        infos = tuple(
            Sample(info_labels(resource, self.scope_name(resource.subscription)), 1.0)
            for resource in self.catalogue.resources.values()
        )
        return [
            Family(
                "azure_resource_info",
                "info",
                "Resources that are read, with their ids and tags.",
                infos,
            ),
            *self.ledger.families(self.clock.wall(), keep_seconds(self.interval)),
        ]

    def _problems(self) -> list[str]:
        found = dict.fromkeys(
            [f"{self.scope_name(place)}: {why}" for place, why in self.catalogue.problems.items()]
            + [
                f"{self.scope_name(key.subscription)} {key.type}: {status.error}"
                for key, status in self.states.items()
                if status.error
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
        self.ledger.restore(found.tracks, found.lags)

    def _save(self) -> None:
        self._saved = self.clock.steady()
        if self._state_file is None:
            return
        try:
            with self.ledger.lock:
                state.save(self._state_file, self.ledger.tracks, self.ledger.lags(), self.clock.wall())
        except OSError as error:
            self.state_problems += 1
            log.error("state not written", exporter=self.exporter, error=error.strerror)


def build(name: str, row: AzureExporter, config: Config, state: Path | None) -> AzureMetrics:
    """The collector of a row, over the subscriptions in its scope."""
    scopes = tuple(
        Scope(
            each,
            config.subscriptions[each].id.lower(),
            config.tenants[config.subscriptions[each].tenant].id,
        )
        for each in row.scope
    )
    file = state / f"{name}.counters" if state is not None else None
    return AzureMetrics(name, row, scopes, Clients(config.azure, row.identity), file)
