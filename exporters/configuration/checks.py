"""What the shape of a configuration file cannot say: how its values must fit together. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from estate.checks.azure import azure_management_groups, azure_metrics
from estate.checks.identity import identity
from estate.checks.json_metrics import json_metrics
from estate.checks.labels import metric_labels
from estate.checks.lists import lists
from estate.checks.metric_names import families
from estate.model import (
    AzureExporter,
    CertificateCredential,
    Estate,
    EstateExporter,
    ExporterRow,
    JsonExporter,
    JsonMetric,
    SecretCredential,
)
from estate.problems import Problem
from estate.quantities import seconds
from estate.suggest import offer
from estate.tree import Path
from exporters.configuration import module_checks
from exporters.configuration.clouds import ADDRESSES
from exporters.configuration.config import Config
from exporters.configuration.endpoints import LONGEST_LAG_SECONDS
from exporters.configuration.modules import JsonModule
from exporters.configuration.references import readable

# The estate's own checks of these rows; they read nothing of an estate but what stands here, too.
_SHARED = (identity, lists, azure_management_groups, json_metrics, azure_metrics)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}?|\}")


def problems(config: Config) -> list[Problem]:
    """What does not fit together, by key path."""
    found = [*_tenants(config), *_endpoints(config), *module_checks.problems(config)]
    for name, row in config.exporters.items():
        path: Path = ("exporters", name)
        found += _where(row, path)
        match row:
            case AzureExporter():
                found += _scope(config, row, (*path, "scope"))
                found += readable(row.identity, (*path, "identity"))
            case JsonExporter():
                found += readable(row.bearer, (*path, "bearer"))
            case EstateExporter() if config.inventory is None:
                message = "an exporter of kind estate needs the inventory, which is missing"
                found.append(Problem("missing-key", path, message, "add inventory", at_key=True))
    # The rows of a file share one page.
    found += families(_named(config))
    found += _labels(config)
    if config.inventory is not None and config.inventory.hub not in config.inventory.clusters:
        message = f"there is no cluster {config.inventory.hub!r} under inventory.clusters"
        fix = offer(config.inventory.hub, config.inventory.clusters)
        found.append(Problem("unknown-cluster", ("inventory", "hub"), message, fix))
    as_estate: Estate = cast(Any, Estate).model_construct(
        exporters=config.exporters,
        tenants=config.tenants,
        subscriptions=config.subscriptions,
        hub=config.cluster,
        clusters={},
    )
    return [*found, *(problem for check in _SHARED for problem in check(as_estate))]


def _named(config: Config) -> Iterator[tuple[Path, JsonMetric]]:
    for name, row in config.exporters.items():
        if isinstance(row, JsonExporter):
            for index, metric in enumerate(row.metrics):
                yield ("exporters", name, "metrics", index), metric


def _labels(config: Config) -> Iterator[Problem]:
    """Of external labels this file knows one, where it says its cluster."""
    if config.cluster is None:
        return
    rows: list[tuple[Path, JsonExporter | JsonModule]] = [
        *(
            (("exporters", name), row)
            for name, row in config.exporters.items()
            if isinstance(row, JsonExporter)
        ),
        *((("modules", name), row) for name, row in config.modules.items() if isinstance(row, JsonModule)),
    ]
    for path, row in rows:
        yield from metric_labels(path, row.metrics, ("cluster",))


def _tenants(config: Config) -> Iterator[Problem]:
    for name, tenant in config.tenants.items():
        path: Path = ("tenants", name, "credential")
        match tenant.credential:
            case SecretCredential(secret=secret):
                yield from readable(secret, (*path, "secret"))
            case CertificateCredential(certificate=certificate, password=password):
                yield from readable(certificate, (*path, "certificate"))
                yield from readable(password, (*path, "password"))
    for name, subscription in config.subscriptions.items():
        if subscription.tenant not in config.tenants:
            message = f"the tenant {subscription.tenant!r} is not defined"
            fix = offer(subscription.tenant, config.tenants, "define it under tenants")
            yield Problem("unknown-tenant", ("subscriptions", name, "tenant"), message, fix)


def _endpoints(config: Config) -> Iterator[Problem]:
    azure = config.azure
    for match in _PLACEHOLDER.finditer(azure.metrics):
        if match[0] != "{region}":
            message = f"{match[0]!r} in the address is replaced by nothing"
            yield Problem("invalid-url", ("azure", "metrics"), message, "only {region} may stand there")
    for key in ("authority", "arm"):
        if "{" in getattr(azure, key):
            message = "nothing in this address is replaced"
            yield Problem("invalid-url", ("azure", key), message, "write it without braces")
    if seconds(azure.lag) > LONGEST_LAG_SECONDS:
        message = f"{azure.lag!r} is out of range: points are waited for 15 minutes at most"
        yield Problem("out-of-range", ("azure", "lag"), message, "write 15m or less")
    clouds = dict.fromkeys(tenant.cloud for tenant in config.tenants.values())
    for key in ADDRESSES:
        if key in azure.model_fields_set and len(clouds) > 1:
            listed = " and ".join(clouds)
            message = f"tenants are in the clouds {listed}, and this address would be that of all of them"
            yield Problem("not-allowed", ("azure", key), message, "run a process for each cloud", at_key=True)


def _where(row: ExporterRow, path: Path) -> Iterator[Problem]:
    if "clusters" in row.model_fields_set:
        message = "an exporter runs where it is started: clusters mean something in an estate only"
        yield Problem("not-allowed", (*path, "clusters"), message, "remove it", at_key=True)
    if "shards" in row.model_fields_set:
        message = "this is the file of one process: shards mean something in an estate only"
        fix = "start each with --shard INDEX/SHARDS"
        yield Problem("not-allowed", (*path, "shards"), message, fix, at_key=True)


def _scope(config: Config, row: AzureExporter, path: Path) -> Iterator[Problem]:
    if row.scope == "own":
        message = "only an estate knows which subscription is a cluster's own"
        yield Problem("not-allowed", path, message, "list subscriptions by name")
        return
    for index, name in enumerate(row.scope):
        if name not in config.subscriptions:
            message = f"the subscription {name!r} is not defined"
            fix = offer(name, config.subscriptions, "define it under subscriptions")
            yield Problem("unknown-subscription", (*path, index), message, fix)
