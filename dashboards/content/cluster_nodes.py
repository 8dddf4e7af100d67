"""Nodes, as a section of the cluster's dashboard: what each has left, and which are not well."""

from __future__ import annotations

from dashboards.promql import of
from dashboards.values import Column, Lines, Query, Rows, Section, Steps, from_value

STATE = 'job="kube-state-metrics"'
PODS = f'{STATE}, resource="pods"'
NODE = 'job="node-exporter"'
KUBELET = 'job="kubelet"'
READY = of("kube_node_status_condition", f'{STATE}, condition="Ready", status="true"')
PRESSED = of("kube_node_status_condition", f'{STATE}, condition!="Ready", status="true"')
CORES = of("kube_node_status_capacity", f'{STATE}, resource="cpu"')
IDLE = of("node_cpu_seconds_total", f'{NODE}, mode="idle"')
DISKS = f'{NODE}, fstype!~"tmpfs|ramfs|overlay|squashfs|nsfs|devtmpfs|fuse.*"'
NODES = "{{cluster}} {{node}}"


def _of_node(metric: str, selectors: str = NODE) -> str:
    return f"max by (cluster, node) ({of(metric, selectors)})"


SECTION = Section(
    "Nodes",
    (
        Lines(
            "CPU used",
            "Share of processor time that is not idle, by node. A node at 100% throttles what has no"
            " request.",
            8,
            "percentunit",
            (Query(f"1 - avg by (cluster, node) (rate({IDLE}[$__rate_interval]))", NODES),),
            1,
            from_value(0.95),
        ),
        Lines(
            "Memory used",
            "Share of memory that new work cannot have, by node. Near 100% the kubelet evicts, then the"
            " kernel"
            " kills.",
            8,
            "percentunit",
            (
                Query(
                    f"1 - {_of_node('node_memory_MemAvailable_bytes')}"
                    f" / {_of_node('node_memory_MemTotal_bytes')}",
                    NODES,
                ),
            ),
            1,
            from_value(0.95),
        ),
        Lines(
            "Load for each core",
            "Processes that run or want to, for each core, by node. Above 1 some of them wait.",
            8,
            "short",
            (
                Query(
                    f"{_of_node('node_load1')} / on (cluster, node) max by (cluster, node) ({CORES})",
                    NODES,
                ),
            ),
            None,
            from_value(2, "orange"),
        ),
        Lines(
            "Fullest disk",
            "The fullest file system of each node. At 85% the kubelet removes images, then pods.",
            8,
            "percentunit",
            (
                Query(
                    f"max by (cluster, node) (1 - {of('node_filesystem_avail_bytes', DISKS)}"
                    f" / {of('node_filesystem_size_bytes', DISKS)})",
                    NODES,
                ),
            ),
            1,
            from_value(0.85),
        ),
        Lines(
            "Connections tracked",
            "Entries of the kernel's table of connections, as a share of its size. At 100% new connections"
            " are"
            " dropped without a word.",
            8,
            "percentunit",
            (
                Query(
                    f"{_of_node('node_nf_conntrack_entries')}"
                    f" / {_of_node('node_nf_conntrack_entries_limit')}",
                    NODES,
                ),
            ),
            1,
            from_value(0.75),
        ),
        Lines(
            "Pods for each node",
            "Pods that run, as a share of those that a node takes. A full node counts as full whatever CPU it"
            " has left.",
            8,
            "percentunit",
            (
                Query(
                    f"sum by (cluster, node) ({of('kubelet_running_pods', KUBELET)})"
                    " / max by (cluster, node)"
                    f" ({of('kube_node_status_allocatable', PODS)})",
                    NODES,
                ),
            ),
            1,
            from_value(0.9, "orange"),
        ),
        Rows(
            "Nodes that are not well",
            "Nodes that are not ready or say that they lack something. Empty is good.",
            12,
            ("cluster", "node", "condition"),
            (
                Column(
                    "State",
                    "short",
                    Query(
                        f"max by (cluster, node, condition) ({PRESSED} == 1 or {READY} == 0)",
                    ),
                    Steps("red"),
                    words={"0": "not ready", "1": "yes"},
                ),
            ),
            missing="none",
        ),
        Rows(
            "Versions of kubelets",
            "How many nodes run which version. More than one for long: a node pool was not upgraded.",
            12,
            ("cluster", "kubelet_version"),
            (
                Column(
                    "Nodes",
                    "short",
                    Query(f"count by (cluster, kubelet_version) ({of('kube_node_info', STATE)})"),
                ),
            ),
            "Nodes",
        ),
    ),
)
