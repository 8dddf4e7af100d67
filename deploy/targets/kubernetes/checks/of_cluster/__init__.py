"""Checks of the objects of one cluster against the cluster as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from deploy.targets.kubernetes.checks.inputs import Facts, Rendered
from deploy.targets.kubernetes.checks.of_cluster.certificates import certificates
from deploy.targets.kubernetes.checks.of_cluster.definitions import definitions
from deploy.targets.kubernetes.checks.of_cluster.limit_ranges import limit_ranges
from deploy.targets.kubernetes.checks.of_cluster.node_capacity import node_capacity
from deploy.targets.kubernetes.checks.of_cluster.pod_security import pod_security
from deploy.targets.kubernetes.checks.of_cluster.pull_secrets import pull_secrets
from deploy.targets.kubernetes.checks.of_cluster.quotas import quotas
from deploy.targets.kubernetes.checks.of_cluster.reconciled import reconciled
from deploy.targets.kubernetes.checks.of_cluster.releases import releases
from deploy.targets.kubernetes.checks.of_cluster.server_versions import server_versions
from deploy.targets.kubernetes.checks.of_cluster.storage_classes import storage_classes
from deploy.targets.kubernetes.checks.of_cluster.vault_drivers import vault_drivers
from deploy.targets.kubernetes.checks.of_cluster.version_steps import version_steps
from deploy.targets.kubernetes.checks.of_cluster.volumes import volumes
from estate.codes import CODES
from estate.problems import Problem

Check = Callable[[Rendered, Facts], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    server_versions,
    definitions,
    releases,
    pull_secrets,
    vault_drivers,
    certificates,
    storage_classes,
    reconciled,
    volumes,
    quotas,
    limit_ranges,
    node_capacity,
    pod_security,
    version_steps,
)

_CODES = list(CODES)
_LIVE = _CODES[_CODES.index("server-version") : _CODES.index("stack-missing")]
# Their errors: what `apply` stops for unless it is allowed.
REFUSED = tuple(code for code in _LIVE if CODES[code].severity == "error")
