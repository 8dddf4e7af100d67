"""Cluster: whether its API answers, what its nodes have left, whether it can grow, whether names resolve."""

from __future__ import annotations

from dashboards.content import cluster_nodes
from dashboards.content.cluster_nodes import KUBELET, PRESSED, READY, STATE
from dashboards.promql import of, part, quantile, ranked, rate
from dashboards.values import Bars, Dashboard, Lines, Number, Query, Section, Steps, from_value

ALL = "one figure over the chosen clusters"
API = 'job="apiserver"'
# Requests that stay open until something happens have no latency.
SHORT = f'{API}, verb!~"WATCH|WATCHLIST|CONNECT|PROXY"'
PENDING = f'{STATE}, phase="Pending"'
FAILED = f'{API}, code=~"5.."'
DNS = 'job="coredns"'
FULL = Steps("green", ((0.8, "orange"), (0.95, "red")))
CLUSTERS = "{{cluster}}"


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
    sections=(NOW, API_SERVER, cluster_nodes.SECTION, ROOM, NAMES),
    clusters="label_values(kube_node_info, cluster)",
    drill="singlepane-workload",
)
