"""How the rows under `modules` must fit together, and to the rest of the file. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from estate.checks.azure import azure_metrics
from estate.checks.json_metrics import json_metrics
from estate.checks.lists import lists
from estate.model import AzureExporter, AzureReading, Estate, JsonExporter
from estate.problems import Problem
from estate.suggest import offer
from exporters.configuration.config import Config
from exporters.configuration.modules import LEAST_AZURE_CACHE_SECONDS, AzureModule, JsonModule
from exporters.configuration.places import written
from exporters.configuration.references import readable

# What every answer has beside the module's metrics, by the names that probes have everywhere.
RESERVED = ("probe_success", "probe_duration_seconds")


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
    yield from readable(module.bearer, ("modules", name, "bearer"))
    for index, metric in enumerate(module.metrics):
        if metric.name in RESERVED:
            path = ("modules", name, "metrics", index, "name")
            message = f"{metric.name!r} is a metric of every probe"
            yield Problem("metric-twice", path, message, "give it another name")


def _of_azure(config: Config, name: str, module: AzureModule) -> Iterator[Problem]:
    yield from readable(module.identity, ("modules", name, "identity"))
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
