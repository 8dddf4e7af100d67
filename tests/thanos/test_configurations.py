"""Every rendered file is checked by the engine that will read it."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.engines import find
from estate.components import Component, Probe
from tests.thanos.estates import azurite_setting, example, exporter
from tests.thanos.running import Stack
from thanos.topology import components

SECRETS = {"file:azurite-key": "QUJD" * 21 + "QQ=="}


def rendered() -> tuple[Component, ...]:
    """The example estate with exporters, one of them over TLS."""
    estate = example()
    others = [exporter("shop-orders", cluster) for cluster in estate.clusters]
    tls = exporter("simulator", estate.hub, kind="azure-simulator", ready=Probe("http", "/readyz", tls=True))
    return components(estate, azurite_setting(estate, *others, replace(tls, metrics=("http", "/own"))))


def check(*command: str | Path) -> None:
    """Run a checker; its complaint is the failure."""
    done = subprocess.run(list(command), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", [each.name for each in rendered() if each.kind == "prometheus"])
def test_prometheus_configuration(name: str, tmp_path: Path) -> None:
    """promtool takes configuration and rules of each server."""
    with Stack(rendered(), tmp_path, SECRETS) as stack:
        stack.write(name)
        check(find("promtool"), "check", "config", "--lint=all", stack.path(name, "prometheus.yaml"))


def test_alertmanager_configuration(tmp_path: Path) -> None:
    """amtool takes the configuration."""
    with Stack(rendered(), tmp_path, SECRETS) as stack:
        stack.write("alertmanager")
        check(find("amtool"), "check-config", stack.path("alertmanager", "alertmanager.yaml"))


def test_ruler_rules(tmp_path: Path) -> None:
    """Thanos takes the rules of the ruler."""
    with Stack(rendered(), tmp_path, SECRETS) as stack:
        stack.write("rule")
        path = stack.path("rule", "rules/clusters.yaml")
        check(find("thanos"), "tools", "rules-check", f"--rules={path}")
