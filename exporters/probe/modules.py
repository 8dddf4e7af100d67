"""The rows under `modules`: what a probe does, without its target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from pydantic import AfterValidator, BeforeValidator, Field

from estate.checks.azure import azure_metrics
from estate.checks.json_metrics import json_metrics
from estate.checks.lists import lists
from estate.model import AzureExporter, AzureReading, Estate, JsonExporter, JsonMetric, Row
from estate.names import DnsLabel, SecretReference
from estate.problems import Problem
from estate.quantities import Duration, seconds
from estate.spelling import refusal, shown
from estate.suggest import offer
from exporters.azure.metrics.plan import GRAIN_SECONDS
from exporters.probe.places import azure_place, written
from exporters.probe.targets import NoTarget, allowed

if TYPE_CHECKING:
    from exporters.configuration.config import Config

# What every answer has beside the module's metrics, by the names that probes have everywhere.
RESERVED = ("probe_success", "probe_duration_seconds")
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


def reached(config: Config, module: AzureModule) -> dict[str, str]:
    """The subscriptions that the targets of a module are in, by id in lower case, each with the name of its
    tenant.
    """
    ids = {name: row.id for name, row in config.subscriptions.items()}
    tenants = {row.id.lower(): row.tenant for row in config.subscriptions.values()}
    places = (azure_place(each, ids) for each in module.targets)
    return {each.subscription: tenants.get(each.subscription, module.tenant or "") for each in places}


def problems(config: Config) -> Iterator[Problem]:
    """What does not fit together, by key path."""
    rows: dict[str, JsonExporter | AzureExporter] = {}
    for name, module in config.modules.items():
        match module:
            case JsonModule():
                yield from _of_json(name, module)
                rows[name] = JsonExporter.model_construct(kind="json", url="", metrics=module.metrics)
            case AzureModule():
                yield from _of_azure(config, name, module)
                keys = module.model_fields_set & AzureReading.model_fields.keys()
                body = {key: getattr(module, key) for key in {*keys, "metrics"}}
                # A scope of its own: several modules may read the same of one target.
                rows[name] = AzureExporter.model_construct(**body, scope=[name])
    # The estate's own checks of such metrics, which stand somewhere else here.
    as_estate = cast(Any, Estate).model_construct(exporters=rows, clusters={}, hub=None)
    for check in (json_metrics, azure_metrics, lists):
        for each in check(as_estate):
            message = each.message.replace(" exporters.", " modules.")
            yield Problem(each.code, ("modules", *each.path[1:]), message, each.fix, each.at_key)


def _of_json(name: str, module: JsonModule) -> Iterator[Problem]:
    yield from _secret(module.bearer, ("modules", name, "bearer"))
    for index, metric in enumerate(module.metrics):
        if metric.name in RESERVED:
            path = ("modules", name, "metrics", index, "name")
            message = f"{metric.name!r} is a metric of every probe"
            yield Problem("metric-twice", path, message, "give it another name")


def _of_azure(config: Config, name: str, module: AzureModule) -> Iterator[Problem]:
    yield from _secret(module.identity, ("modules", name, "identity"))
    if module.cache_seconds < LEAST_AZURE_CACHE_SECONDS:
        message = f"{module.cache!r} is out of range: Azure has nothing new within a minute"
        yield Problem("out-of-range", ("modules", name, "cache"), message, "write 1m or more, or remove it")
    if module.tenant is not None and module.tenant not in config.tenants:
        message = f"the tenant {module.tenant!r} is not defined"
        fix = offer(module.tenant, config.tenants, "define it under tenants")
        yield Problem("unknown-tenant", ("modules", name, "tenant"), message, fix)
    known = {row.id.lower() for row in config.subscriptions.values()}
    for index, target in enumerate(module.targets):
        place = None if target in config.subscriptions else written(target)
        path = ("modules", name, "targets", index)
        if place is None and target not in config.subscriptions:
            message = f"the subscription {target!r} is not defined"
            fix = offer(target, config.subscriptions, "define it under subscriptions")
            yield Problem("unknown-subscription", path, message, fix)
        elif place is not None and place.subscription not in known and module.tenant is None:
            message = f"the subscription {place.subscription} is not defined, so its tenant is not known"
            fix = "define it under subscriptions, or write the module's tenant"
            yield Problem("unknown-subscription", path, message, fix)


def _secret(reference: str | None, path: tuple[str, ...]) -> Iterator[Problem]:
    if reference is not None and reference.startswith("keyvault:"):
        message = f"{reference} is not read by an exporter itself"
        yield Problem("not-allowed", path, message, "write env:NAME or file:PATH")
