"""Checks of the objects of one cluster, before it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from deploy.targets.kubernetes.checks.inputs import Rendered
from deploy.targets.kubernetes.checks.of_objects.compactors import compactors
from deploy.targets.kubernetes.checks.of_objects.disruption import disruption
from deploy.targets.kubernetes.checks.of_objects.network_policies import network_policies
from deploy.targets.kubernetes.checks.of_objects.removed_apis import removed_apis
from deploy.targets.kubernetes.checks.of_objects.selecting import selecting
from deploy.targets.kubernetes.checks.of_objects.stream_labels import stream_labels
from deploy.targets.kubernetes.checks.of_objects.volume_room import volume_room
from deploy.targets.kubernetes.checks.of_objects.workload_label import workload_label
from estate.problems import Problem

Check = Callable[[Rendered], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    removed_apis,
    stream_labels,
    selecting,
    volume_room,
    workload_label,
    compactors,
    disruption,
    network_policies,
)
