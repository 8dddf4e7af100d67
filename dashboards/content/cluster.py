"""Cluster: whether its API answers, what its nodes have left, whether it can grow, whether names resolve."""

from __future__ import annotations

from dashboards.promql import of, part, quantile, ranked, rate
from dashboards.values import Bars, Column, Dashboard, Lines, Number, Query, Rows, Section, Steps, from_value

ALL = "one figure over the chosen clusters"
API = 'job="apiserver"'
# Requests that stay open until something happens have no latency.
SHORT = f'{API}, verb!~"WATCH|WATCHLIST|CONNECT|PROXY"'
STATE = 'job="kube-state-metrics"'
PENDING = f'{STATE}, phase="Pending"'
PODS = f'{STATE}, resource="pods"'
FAILED = f'{API}, code=~"5.."'
NODE = 'job="node-exporter"'
KUBELET = 'job="kubelet"'
DNS = 'job="coredns"'
READY = of("kube_node_status_condition", f'{STATE}, condition="Ready", status="true"')
PRESSED = of("kube_node_status_condition", f'{STATE}, condition!="Ready", status="true"')
CORES = of("kube_node_status_capacity", f'{STATE}, resource="cpu"')
IDLE = of("node_cpu_seconds_total", f'{NODE}, mode="idle"')
DISKS = f'{NODE}, fstype!~"tmpfs|ramfs|overlay|squashfs|nsfs|devtmpfs|fuse.*"'
FULL = Steps("green", ((0.8, "orange"), (0.95, "red")))
NODES = "{{cluster}} {{node}}"
CLUSTERS = "{{cluster}}"


def _of_node(metric: str, selectors: str = NODE) -> str:
    return f"max by (cluster, node) ({of(metric, selectors)})"


def _requested(resource: str) -> str:
    """What running pods ask for, of what nodes have to give."""
    asked = of("kube_pod_container_resource_requests", f'{STATE}, resource="{resource}"')
    alive = of("kube_pod_status_phase", f'{STATE}, phase=~"Pending|Running"')
    given = of("kube_node_status_allocatable", f'{STATE}, resource="{resource}"')
    pods = f"max by (cluster, namespace, pod) ({alive} == 1)"
    return (
        f"sum by (cluster) ({asked} * on (cluster, namespace, pod) group_left {pods})"
        f" / sum by (cluster) ({given})"
    )


NOW = Section(
    "Now",
    (
        Number(
            "Nodes",
            "Nodes of the chosen clusters, ready or not.",
            4,
            "short",
            Query(f"count({of('kube_node_info', STATE)})", collapses=ALL),
            Steps("text"),
            missing="no kube-state-metrics",
            height=4,
        ),
        Number(
            "Nodes not ready",
            "Nodes on which nothing new is started. After five minutes their pods are moved elsewhere.",
            4,
            "short",
            Query(f"count({READY} == 0) or 0 * count({READY})", collapses=ALL),
            from_value(1),
            missing="no kube-state-metrics",
            height=4,
        ),
        Number(
            "Nodes under pressure",
            "Nodes that say they lack memory, disk, process ids or network. The kubelet evicts pods there.",
            4,
            "short",
            Query(f"count(count by (cluster, node) ({PRESSED} == 1)) or 0 * count({READY})", collapses=ALL),
            from_value(1, "orange"),
            missing="no kube-state-metrics",
            height=4,
        ),
        Number(
            "Pods pending",
            "Pods that have no node yet, or whose images or volumes are not there. More than a few for more"
            " than a few minutes: the cluster is full or something is missing.",
            4,
            "short",
            Query(
                f"sum({of('kube_pod_status_phase', PENDING)})",
                collapses=ALL,
            ),
            from_value(1, "orange"),
            missing="no kube-state-metrics",
            height=4,
            drill="singlepane-workload",
        ),
        Number(
            "Requests that fail",
            "Share of requests to the API servers that end with a server error. At 1% controllers and"
            " deployments feel it.",
            4,
            "percentunit",
            Query(
                f"sum(rate({of('apiserver_request_total', FAILED)}[$__rate_interval]))"
                f" / sum(rate({of('apiserver_request_total', API)}[$__rate_interval]))"
                f" or 0 * sum(rate({of('apiserver_request_total', API)}[$__rate_interval]))",
                collapses=ALL,
            ),
            Steps("green", ((0.001, "orange"), (0.01, "red"))),
            missing="no API server",
            height=4,
        ),
        Number(
            "Versions",
            "Versions of Kubernetes among the API servers. More than one: an upgrade is under way, or one"
            " was forgotten.",
            4,
            "short",
            Query(
                f"count(count by (git_version) ({of('kubernetes_build_info', API)}))",
                collapses="versions are counted over clusters",
            ),
            Steps("green", ((2, "orange"),)),
            missing="no API server",
            height=4,
        ),
    ),
)

API_SERVER = Section(
    "API server",
    (
        Lines(
            "Requests that fail, by cluster",
            "Share of requests that end with a server error.",
            8,
            "percentunit",
            (
                Query(
                    part(
                        rate("apiserver_request_total", FAILED, "cluster"),
                        rate("apiserver_request_total", API, "cluster"),
                    ),
                    CLUSTERS,
                ),
            ),
            None,
            from_value(0.01),
        ),
        Lines(
            "Time of a request",
            "99 of 100 requests to read or to write are answered within this time. Kubernetes itself promises"
            " one second.",
            8,
            "s",
            (Query(quantile(0.99, "apiserver_request_sli_duration_seconds", SHORT, "cluster"), CLUSTERS),),
            None,
            from_value(1),
        ),
        Lines(
            "Requests",
            "Requests per second to the API server. A controller in a loop shows here first.",
            8,
            "reqps",
            (Query(rate("apiserver_request_total", API, "cluster"), CLUSTERS),),
        ),
    ),
)

NODES_SECTION = Section(
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

ROOM = Section(
    "Room",
    (
        Lines(
            "CPU requested",
            "What pods ask for, as a share of what nodes give. At 100% the next pod waits for a node.",
            8,
            "percentunit",
            (Query(_requested("cpu"), CLUSTERS),),
            None,
            from_value(0.95, "orange"),
        ),
        Lines(
            "Memory requested",
            "What pods ask for, as a share of what nodes give. At 100% the next pod waits for a node.",
            8,
            "percentunit",
            (Query(_requested("memory"), CLUSTERS),),
            None,
            from_value(0.95, "orange"),
        ),
        Lines(
            "Pods that fit nowhere",
            "Pods for which the scheduler finds no node. The autoscaler should bring one within minutes.",
            8,
            "short",
            (Query(f"sum by (cluster) ({of('kube_pod_status_unschedulable', STATE)})", CLUSTERS),),
            None,
            from_value(1, "orange"),
            missing="none",
            drill="singlepane-workload",
        ),
        Bars(
            "Fullest volumes",
            "Volumes of claims, fullest first. A full one stops whoever writes to it.",
            12,
            "percentunit",
            Query(
                ranked(
                    10,
                    "max by (cluster, namespace, persistentvolumeclaim)"
                    f" (1 - {of('kubelet_volume_stats_available_bytes', KUBELET)}"
                    f" / {of('kubelet_volume_stats_capacity_bytes', KUBELET)})",
                ),
                "{{cluster}} {{namespace}} {{persistentvolumeclaim}}",
            ),
            FULL,
            1,
            missing="no volumes",
            drill="singlepane-workload",
        ),
        Bars(
            "Namespaces by CPU",
            "Cores that the pods of a namespace use now, highest first.",
            12,
            "short",
            Query(
                ranked(
                    10,
                    rate(
                        "container_cpu_usage_seconds_total",
                        'job="cadvisor", container!=""',
                        "cluster, namespace",
                    ),
                ),
                "{{cluster}} {{namespace}}",
            ),
            missing="no cAdvisor",
            drill="singlepane-workload",
        ),
    ),
)

NAMES = Section(
    "Names",
    (
        Lines(
            "Queries",
            "Queries per second to CoreDNS.",
            8,
            "reqps",
            (Query(rate("coredns_dns_requests_total", DNS, "cluster"), CLUSTERS),),
            missing="no CoreDNS",
        ),
        Lines(
            "Queries that fail",
            "Share of queries that CoreDNS answers with SERVFAIL. Names that do not exist are no failures.",
            8,
            "percentunit",
            (
                Query(
                    part(
                        rate("coredns_dns_responses_total", f'{DNS}, rcode="SERVFAIL"', "cluster"),
                        rate("coredns_dns_responses_total", DNS, "cluster"),
                    ),
                    CLUSTERS,
                ),
            ),
            None,
            from_value(0.01),
            missing="no CoreDNS",
        ),
        Lines(
            "Time of an answer",
            "99 of 100 names are resolved within this time.",
            8,
            "s",
            (Query(quantile(0.99, "coredns_dns_request_duration_seconds", DNS, "cluster"), CLUSTERS),),
            missing="no CoreDNS",
        ),
    ),
)

DASHBOARD = Dashboard(
    uid="singlepane-cluster",
    title="Cluster",
    about="Whether the API of a cluster answers, what its nodes have left, whether names resolve.",
    sections=(NOW, API_SERVER, NODES_SECTION, ROOM, NAMES),
    clusters="label_values(kube_node_info, cluster)",
    drill="singlepane-workload",
)
