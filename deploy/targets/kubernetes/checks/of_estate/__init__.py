"""Checks that the estate file alone can answer, and that concern clusters alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from deploy.targets.kubernetes.checks.of_estate.addresses import addresses
from deploy.targets.kubernetes.checks.of_estate.alert_names import alert_names
from deploy.targets.kubernetes.checks.of_estate.blocks import blocks
from deploy.targets.kubernetes.checks.of_estate.client_ids import client_ids
from deploy.targets.kubernetes.checks.of_estate.contexts import contexts
from deploy.targets.kubernetes.checks.of_estate.federation import federation
from deploy.targets.kubernetes.checks.of_estate.gate_times import gate_times
from deploy.targets.kubernetes.checks.of_estate.gates import gates
from deploy.targets.kubernetes.checks.of_estate.grafana import grafana
from deploy.targets.kubernetes.checks.of_estate.heartbeats import heartbeats
from deploy.targets.kubernetes.checks.of_estate.image_versions import image_versions
from deploy.targets.kubernetes.checks.of_estate.kubernetes_version import kubernetes_version
from deploy.targets.kubernetes.checks.of_estate.local_data import local_data
from deploy.targets.kubernetes.checks.of_estate.loopback import loopback
from deploy.targets.kubernetes.checks.of_estate.signing_in import signing_in
from deploy.targets.kubernetes.checks.of_estate.slos import slos
from deploy.targets.kubernetes.checks.of_estate.stacks import stacks
from deploy.targets.kubernetes.checks.of_estate.vault_parts import vault_parts
from deploy.targets.kubernetes.checks.of_estate.waves import waves
from estate.model import Estate
from estate.problems import Problem

Check = Callable[[Estate], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    addresses,
    contexts,
    waves,
    gates,
    gate_times,
    alert_names,
    slos,
    client_ids,
    federation,
    signing_in,
    vault_parts,
    grafana,
    loopback,
    heartbeats,
    kubernetes_version,
    image_versions,
    local_data,
    blocks,
    stacks,
)
