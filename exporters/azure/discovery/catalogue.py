"""What there is to read: resources, noticed within five minutes, and the metrics that their types have."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from estate.model import AzureMetric
from exporters.azure.calls.clients import Clients
from exporters.azure.calls.clock import REAL, Clock
from exporters.azure.calls.http import Client
from exporters.azure.discovery.definitions import Types, Variants, fetch
from exporters.azure.discovery.graph import Discovered, alone, discover
from exporters.azure.discovery.listing import subscription_names
from exporters.azure.discovery.resources import Resource, Variant
from exporters.azure.discovery.selection import ALL, Selection
from exporters.azure.discovery.variants import samples
from exporters.azure.discovery.wanted import Mismatch, Wanted, wanted
from exporters.azure.errors import AzureError

# New and deleted resources are noticed within five minutes: two cycles of a minute are kept in hand.
DISCOVER_SECONDS = 180.0
# Definitions change when Azure gains a metric.
DEFINE_SECONDS = 86_400.0
RETRY_SECONDS = 60.0
# While a subscription cannot be listed, what was known of it is read on for so long.
REMEMBER_SECONDS = 3600.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Scope:
    """A subscription to read: its name in the estate, its id (lower case) and its tenant's id."""

    name: str
    id: str
    tenant: str


@dataclass(slots=True)
class Catalogue:
    """Resources and metrics of all scopes. `problems` is by subscription id, type or management group, and
    empty when all is well; `changed` counts the refreshes that changed something.

    `chosen` are the resources of the row, `mine` those of this process where several share the work. With
    `only` there is this one resource alone, if it is there. `definitions` may be shared.
    """

    scopes: Sequence[Scope]
    rows: Sequence[AzureMetric]
    clock: Clock = REAL
    chosen: Selection = ALL
    management_groups: Sequence[str] = ()
    mine: Callable[[Resource], bool] = bool
    only: Resource | None = None
    definitions: Types = field(default_factory=Types)
    resources: dict[str, Resource] = field(default_factory=dict)
    wanted: list[Wanted] = field(default_factory=list)
    mismatches: list[Mismatch] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    skipped: int = 0
    changed: int = 0
    _seen_types: int = -1
    _seen_variants: frozenset[tuple[str, Variant]] = frozenset()
    _discover_at: float = float("-inf")
    _listed: dict[str, float] = field(default_factory=dict)
    # Subscriptions found below management groups.
    _below: dict[str, Scope] = field(default_factory=dict)

    @property
    def types(self) -> tuple[str, ...]:
        """Configured types in lower case, each once."""
        return tuple(dict.fromkeys(row.type.lower() for row in self.rows))

    def scope(self, subscription: str) -> Scope:
        """The scope of a subscription id. Raises KeyError for one that nothing is known of."""
        return (
            next((each for each in self.scopes if each.id == subscription), None) or self._below[subscription]
        )

    async def refresh(self, clients: Clients, deadline: float) -> None:
        """Do what is due. Raises AzureError only when nothing at all is known and why."""
        if self.clock.steady() >= self._discover_at:
            await self._discover(clients, deadline)
        await self._define(clients, deadline)
        if not self.resources and self.problems:
            raise AzureError("; ".join(sorted(set(self.problems.values()))))

    async def _discover(self, clients: Clients, deadline: float) -> None:
        by_tenant: dict[str, list[str]] = {}
        for scope in self.scopes:
            by_tenant.setdefault(scope.tenant, []).append(scope.id)
        found = await asyncio.gather(
            *(self._of_tenant(clients, tenant, ids, deadline) for tenant, ids in by_tenant.items())
        )
        now = self.clock.steady()
        resources: dict[str, Resource] = {}
        problems: dict[str, str] = {}
        for each in found:
            # Of very many ids the hashes take longer than the loop may stand still.
            resources.update(await asyncio.to_thread(self._own, each.resources))
            problems.update({subscription: str(error) for subscription, error in each.problems.items()})
        for scope in self.scopes:
            self._remember(scope.id, {scope.id}, problems, resources, now)
        for group in self.management_groups:
            self._remember(f"management group {group}", set(self._below), problems, resources, now)
        if resources != self.resources:
            log.info("resources discovered", resources=len(resources), before=len(self.resources))
            self.resources = resources
            self.changed += 1
        self.skipped = sum(each.skipped for each in found)
        self.problems = problems
        # With nothing to read, each cycle tries anew.
        wait = DISCOVER_SECONDS if not problems else RETRY_SECONDS if resources else 0.0
        self._discover_at = now + wait

    def _own(self, found: Mapping[str, Resource]) -> dict[str, Resource]:
        return {id: one for id, one in found.items() if self.mine(one)}

    def _remember(
        self,
        place: str,
        subscriptions: set[str],
        problems: Mapping[str, str],
        resources: dict[str, Resource],
        now: float,
    ) -> None:
        """Where a place could not be listed, what was known of it stays for a while."""
        if place not in problems:
            self._listed[place] = now
        elif now - self._listed.get(place, -REMEMBER_SECONDS) < REMEMBER_SECONDS:
            known = {id: one for id, one in self.resources.items() if one.subscription in subscriptions}
            resources.update(known)

    async def _of_tenant(
        self, clients: Clients, tenant: str, subscriptions: list[str], deadline: float
    ) -> Discovered:
        try:
            client = clients.of(tenant)
        except AzureError as error:
            return Discovered({}, dict.fromkeys(subscriptions, error))
        if self.only is not None:
            return await alone(client, clients.reach(tenant), self.only, deadline, self.chosen)
        groups = self.management_groups
        found = await discover(
            client, clients.reach(tenant), subscriptions, self.types, deadline, self.chosen, groups
        )
        return found if not groups else await self._named(client, clients, tenant, found, deadline)

    async def _named(
        self, client: Client, clients: Clients, tenant: str, found: Discovered, deadline: float
    ) -> Discovered:
        """Give subscriptions below management groups their names. Until one has a name nothing of it is
        shown: a label that changes later would be another series.
        """
        own = {scope.id for scope in self.scopes}
        new = {one.subscription for one in found.resources.values()} - own - self._below.keys()
        if not new:
            return found
        try:
            names = await subscription_names(client, clients.reach(tenant), deadline)
        except AzureError as error:
            client.note(error)
            problems = {
                **found.problems,
                **{f"management group {each}": error for each in self.management_groups},
            }
            kept = {id: one for id, one in found.resources.items() if one.subscription not in new}
            return Discovered(kept, problems, found.skipped)
        taken = {scope.name for scope in (*self.scopes, *self._below.values())}
        for subscription in sorted(new):
            name = names.get(subscription, subscription)
            self._below[subscription] = Scope(subscription if name in taken else name, subscription, tenant)
            taken.add(self._below[subscription].name)
        return found

    async def _define(self, clients: Clients, deadline: float) -> None:
        there = samples(self.resources.values())
        now = self.clock.steady()
        due = [
            (type, variant)
            for type, of_type in there.items()
            for variant in of_type
            if now >= self.definitions.due.get((type, variant), now)
        ]
        results = await asyncio.gather(
            *(
                self._define_variant(clients, type, variant, there[type][variant], deadline)
                for type, variant in due
            )
        )
        for type in self.types:
            self.problems.pop(type, None)
        for (type, variant), error in zip(due, results, strict=True):
            if error is not None and type not in self.definitions.known:
                self.problems[type] = str(error)
            elif error is not None:
                log.warning("definitions not read", type=type, of=str(variant), error=str(error))
        variants = frozenset((type, variant) for type, of_type in there.items() for variant in of_type)
        changed = self.definitions.changed != self._seen_types or variants != self._seen_variants
        if changed or due or not self.wanted:
            self._seen_types, self._seen_variants = self.definitions.changed, variants
            good, bad = wanted(self.rows, {type: self._known(type, of) for type, of in there.items()})
            for mismatch in bad:
                if mismatch not in self.mismatches:
                    log.error("configured, but not in Azure", problem=mismatch.message, fix=mismatch.fix)
            if good != self.wanted:
                self.changed += 1
            self.wanted, self.mismatches = good, bad

    def _known(self, type: str, there: Iterable[Variant]) -> Variants:
        """The definitions of the variants that are there; of one that could not be asked, those of others."""
        known = self.definitions.known.get(type, {})
        return {each: known[each] for each in there if each in known} or known

    async def _define_variant(
        self, clients: Clients, type: str, variant: Variant, some: Sequence[Resource], deadline: float
    ) -> AzureError | None:
        async with self.definitions.lock(type):
            if self.clock.steady() < self.definitions.due.get((type, variant), 0.0):
                # Another one has read it meanwhile.
                return None
            return await self._define_now(clients, type, variant, some, deadline)

    async def _define_now(
        self, clients: Clients, type: str, variant: Variant, some: Sequence[Resource], deadline: float
    ) -> AzureError | None:
        last: AzureError | None = None
        for sample in some:
            try:
                tenant = self.scope(sample.subscription).tenant
                found = await fetch(clients.of(tenant), clients.reach(tenant), sample, deadline)
            except AzureError as error:
                clients.traffic.note(error)
                last = error
                if error.status != 404:
                    break
            else:
                self.definitions.learn(type, variant, found)
                self.definitions.due[type, variant] = self.clock.steady() + DEFINE_SECONDS
                return None
        wait = RETRY_SECONDS if type in self.definitions.known else 0.0
        self.definitions.due[type, variant] = self.clock.steady() + wait
        return last
