"""Checks of an installed stack that a cluster is built on, before it gets anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from deploy.targets.kubernetes.checks.inputs import Installed, Rendered
from deploy.targets.kubernetes.checks.of_stack.stack_prometheus import stack_prometheus
from deploy.targets.kubernetes.checks.of_stack.stack_release import stack_release
from deploy.targets.kubernetes.checks.of_stack.stack_selectors import stack_selectors
from deploy.targets.kubernetes.checks.of_stack.stack_services import stack_services
from deploy.targets.kubernetes.checks.of_stack.stack_sidecar import stack_sidecar
from deploy.targets.kubernetes.checks.of_stack.stack_versions import stack_versions
from estate.problems import Problem

Check = Callable[[Rendered, Installed], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    stack_release,
    stack_versions,
    stack_prometheus,
    stack_sidecar,
    stack_selectors,
    stack_services,
)
