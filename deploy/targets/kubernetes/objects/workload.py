"""A workload: a component, and what only a cluster asks of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from estate.components import Component

Form = Literal["Deployment", "StatefulSet", "DaemonSet"]


@dataclass(frozen=True, slots=True)
class Workload:
    """`rules` are what its account may do in the whole cluster, as rules of a ClusterRole.

    `on_node`: it sees the network, the processes and (read-only, at /host) the files of its node.
    `honor_labels`: its samples are about others, whose labels win over its own. `relabelings` are added to
    those of its monitor.
    """

    component: Component
    form: Form
    rules: tuple[Mapping[str, Any], ...] = ()
    on_node: bool = False
    honor_labels: bool = False
    relabelings: tuple[Mapping[str, Any], ...] = ()


def plain(component: Component) -> Workload:
    """A component as it is: with a volume of its own where it keeps something."""
    return Workload(component, "StatefulSet" if component.storage else "Deployment")
