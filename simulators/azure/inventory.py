"""The subscriptions and resources of a fleet, with their ids and lives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from simulators.azure import fleet as rows
from simulators.azure.catalogue import Metric, ResourceType
from simulators.azure.fleet_types import types_of
from simulators.azure.manner import Manner, manner
from simulators.azure.truth import Series


@dataclass(frozen=True)
class Subscription:
    """A subscription: its name in the fleet, ids and state."""

    name: str
    id: str
    tenant_id: str
    state: str


@dataclass
class Resource:
    """One resource. `created` and `deleted` are epoch seconds; None means always and never. `lacks` are
    metrics of its type, in lower case, that it does not have.
    """

    id: str
    name: str
    type: ResourceType
    region: str
    resource_group: str
    subscription: Subscription
    tags: Mapping[str, str]
    sku: Mapping[str, str]
    kind: str
    manner: Manner
    lacks: frozenset[str] = frozenset()
    created: float | None = None
    deleted: float | None = None
    listed: bool = True
    _series: dict[str, Series] = field(default_factory=dict)

    def lives(self, now: float) -> bool:
        """Whether it exists at `now`."""
        return (self.created is None or self.created <= now) and (self.deleted is None or now < self.deleted)

    @property
    def metrics(self) -> Mapping[str, Metric]:
        """The metrics of its type that it has."""
        if not self.lacks:
            return self.type.metrics
        return {key: one for key, one in self.type.metrics.items() if key not in self.lacks}

    def series(self, metric: Metric) -> Series:
        """The truth of one of its metrics."""
        found = self._series.get(metric.key)
        if found is None:
            found = self.manner.series(self.id, metric)
            self._series[metric.key] = found
        return found


class Inventory:
    """Everything that exists, by lower-case id."""

    def __init__(self, fleet: rows.Fleet, start: float) -> None:
        self.types = types_of(fleet)
        self.subscriptions: dict[str, Subscription] = {}
        self.resources: dict[str, Resource] = {}
        self.management_groups: dict[str, frozenset[str]] = {}
        self.twice: list[str] = []
        """Ids that several rows of the fleet make."""
        for name, row in fleet.subscriptions.items():
            subscription = Subscription(name, row.id.lower(), fleet.tenants[row.tenant].lower(), row.state)
            self.subscriptions[subscription.id] = subscription
            for group in row.resources:
                for resource in _expand(group, subscription, fleet, self.types, start):
                    if resource.id.lower() in self.resources:
                        self.twice.append(resource.id)
                    self.resources[resource.id.lower()] = resource
        for group_name, names in fleet.management_groups.items():
            self.management_groups[group_name.lower()] = frozenset(
                fleet.subscriptions[one].id.lower() for one in names
            )

    def within(self, subscription_id: str, now: float) -> Iterator[Resource]:
        """The listed resources of a subscription that exist at `now`."""
        for resource in self.resources.values():
            if resource.listed and resource.subscription.id == subscription_id and resource.lives(now):
                yield resource

    def find(self, resource_id: str, now: float) -> Resource | None:
        """The living resource with this id, whatever its case, with or without the leading slash."""
        resource = self.resources.get("/" + resource_id.strip("/").lower())
        return resource if resource is not None and resource.lives(now) else None


def _expand(
    row: rows.Resources,
    subscription: Subscription,
    fleet: rows.Fleet,
    types: Mapping[str, ResourceType],
    start: float,
) -> Iterator[Resource]:
    kind = types[row.type.lower()]
    behaviours = {name.lower(): one for name, one in fleet.behaviour_of.items()}
    behaviour = behaviours.get(kind.key, fleet.behaviour)
    of_kind = manner(fleet.seed, behaviour, row.silent)
    children = [
        (child, manner(fleet.seed, behaviours.get(child.key, behaviour), row.silent))
        for child in types.values()
        if child.unlisted
        and child.key.rsplit("/", 1)[0] == kind.key
        and child.belongs_to(row.kind, row.sku.get("name", ""))
    ]
    regions = [row.region] if isinstance(row.region, str) else row.region
    pattern = row.name or (kind.short.lower() + ("-{n:03}" if row.count > 1 else ""))
    for number in range(1, row.count + 1):
        region = regions[(number - 1) % len(regions)]
        texts = {"n": number, "region": region, "subscription": subscription.name}
        name = pattern.format(**texts)
        group = row.resource_group.format(**texts)
        base = f"/subscriptions/{subscription.id}/resourceGroups/{group}/providers/{kind.provider}"
        path = "".join(f"/{k}/{v}" for k, v in zip(kind.short.split("/"), name.split("/"), strict=True))
        made = Resource(
            id=base + path,
            name=name,
            type=kind,
            region=region,
            resource_group=group,
            subscription=subscription,
            tags={key: text.format(**texts) for key, text in row.tags.items()},
            sku=row.sku,
            kind=row.kind,
            manner=of_kind,
            lacks=frozenset(one.lower() for one in row.lacks),
            created=start + row.appears_after if row.appears_after else None,
            deleted=start + row.disappears_after if row.disappears_after is not None else None,
        )
        yield made
        for child, of_child in children:
            yield replace(
                made,
                id=f"{made.id}/{child.unlisted}",
                name=f"{name}/default",
                type=child,
                tags={},
                sku={},
                kind="",
                manner=of_child,
                lacks=frozenset(),
                listed=False,
                _series={},
            )
