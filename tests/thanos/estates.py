"""Estates and settings to render."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from alerts import receivers, routing
from alerts.rules import rule_files
from estate.components import Address, Component, Own, Probe, RuleFile, SecretValue
from estate.load import load
from estate.model import Estate
from thanos import objstore
from thanos.setting import Setting

EXAMPLE = Path(__file__).parents[2] / "examples" / "shop" / "estate.yaml"


def example() -> Estate:
    """The example estate."""
    return load(EXAMPLE).estate


def exporter(name: str, cluster: str, **more: Any) -> Component:
    """A component of another room that has metrics."""
    component = Component(
        name=f"{name}-{cluster}",
        kind="exporter",
        cluster=cluster,
        command=Own(),
        ports={"http": 9000},
        ready=Probe("http", "/readyz"),
        metrics=("http", "/metrics"),
    )
    return replace(component, **more)


def azurite_setting(estate: Estate, *others: Component, fast: bool = True) -> Setting:
    """As `singlepane up` sets it: blocks in Azurite, alerts to the server."""
    key = SecretValue("file:azurite-key")
    return Setting(
        others=others,
        rules=rule_files(estate),
        alertmanager=routing.configuration(estate, Address("server", "http")),
        alertmanager_files=receivers.secret_files(estate),
        objstore=objstore.azurite(estate.metrics.store, Address("azurite", "blob"), key),
        store_needs=("azurite",),
        fast=fast,
    )


def files_setting(
    estate: Estate, bucket: Path, *others: Component, rules: tuple[RuleFile, ...] = (), **more: Any
) -> Setting:
    """Production timing, with blocks in a folder; `more` of the setting."""
    return Setting(
        others=others,
        rules=(*rule_files(estate), *rules),
        alertmanager=routing.configuration(estate, Address("server", "http")),
        objstore=objstore.files(str(bucket)),
        **more,
    )


def pair() -> Estate:
    """A hub, and a cluster with a pair of Prometheus servers; all scrape every second."""
    document = example().model_dump(by_alias=True)
    fast = {"scrape_interval": "1s", "retention": "24h", "series": 10_000}
    rows = document["clusters"]
    document["clusters"] = {
        "hub-weu": {**rows["hub-weu"], "prometheus": fast},
        "prod-weu": {**rows["prod-weu"], "prometheus": {**fast, "replicas": 2}},
    }
    document["exporters"] = {"inventory": {"kind": "estate"}}
    return Estate.model_validate(document)
