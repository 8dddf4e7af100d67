"""The rows under `modules`: what a probe does, without its target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from estate.model import AzureExporter, AzureReading, JsonMetric, Row, Subscription
from estate.names import DnsLabel, SecretReference
from estate.quantities import Duration, seconds
from estate.spelling import refusal, shown
from exporters.configuration.grains import GRAIN_SECONDS
from exporters.configuration.places import azure_place, written
from exporters.configuration.targets import NoTarget, allowed

_WITHOUT_TARGETS = {"estate": "it has no target"}
# Azure has nothing new more often.
LEAST_AZURE_CACHE_SECONDS = 60


def _pattern(value: str) -> str:
    try:
        allowed(value)
    except NoTarget as error:
        message = f"{shown(value) if '@' not in value else 'this'} cannot be allowed: {error}"
        raise refusal("invalid-url", message, "write an address such as https://*.shop.example/api") from None
    return value


def _place(value: str) -> str:
    try:
        written(value)
    except NoTarget as error:
        message = f"{shown(value)} cannot be allowed: {error}"
        fix = "write the name of a subscription, or an id such as /subscriptions/ID/resourceGroups/NAME"
        raise refusal("not-allowed", message, fix) from None
    return value


class JsonModule(Row):
    """Metrics out of the JSON document that a probe names."""

    kind: Literal["json"]
    """What is probed."""
    targets: Annotated[list[Annotated[str, AfterValidator(_pattern)]], Field(min_length=1)]
    """Addresses that may be probed, and all below them; a host may begin with `*.`."""
    timeout: Duration = "10s"
    """A reply that takes longer counts as failed, also where the scrape has more time."""
    cache: Duration = "10s"
    """How long an outcome is given to others who ask."""
    bearer: SecretReference | None = None
    """Reference to a bearer token that all targets get."""
    metrics: Annotated[list[JsonMetric], Field(min_length=1)]
    """The metrics to take from the document."""


class AzureModule(AzureReading):
    """Metrics of the Azure resource or subscription that a probe names."""

    targets: Annotated[list[Annotated[str, AfterValidator(_place)]], Field(min_length=1)]
    """What may be probed, and all below it: subscriptions by name or id, and beginnings of resource ids."""
    timeout: Duration = "10s"
    """An answer that takes longer says that the probe failed; the reading goes on for the next one."""
    cache: Duration | None = None
    """How long an outcome is given to others who ask; the shortest interval of its metrics when not given."""
    tenant: DnsLabel | None = None
    """The tenant of subscriptions that stand in `targets` by an id that is not under `subscriptions`."""

    @property
    def cache_seconds(self) -> int:
        """`cache`, or what stands for it."""
        if self.cache is not None:
            return seconds(self.cache)
        return max(LEAST_AZURE_CACHE_SECONDS, min(GRAIN_SECONDS[each.interval] for each in self.metrics))


def _has_targets(value: Any) -> Any:
    kind = value.get("kind") if isinstance(value, dict) else None
    if isinstance(kind, str) and kind in _WITHOUT_TARGETS:
        fix = "write it under exporters"
        raise refusal("not-allowed", f"{kind} cannot be probed: {_WITHOUT_TARGETS[kind]}", fix)
    return value


Module = Annotated[
    Annotated[JsonModule | AzureModule, Field(discriminator="kind")], BeforeValidator(_has_targets)
]


def azure_row(module: AzureModule) -> AzureExporter:
    """What a module reads, as a row without a scope."""
    reading = {name: getattr(module, name) for name in AzureReading.model_fields}
    return AzureExporter.model_construct(**reading, scope=[])


def reached(subscriptions: Mapping[str, Subscription], module: AzureModule) -> dict[str, str]:
    """The subscriptions that the targets of a module are in, by id in lower case, each with the name of its
    tenant.
    """
    ids = {name: row.id for name, row in subscriptions.items()}
    tenants = {row.id.lower(): row.tenant for row in subscriptions.values()}
    places = (azure_place(each, ids) for each in module.targets)
    return {each.subscription: tenants.get(each.subscription, module.tenant or "") for each in places}
