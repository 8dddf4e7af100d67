"""Workload: whether what should run does, why it does not, and what it takes, by namespace."""

from __future__ import annotations

from dashboards.promql import highest, of, part, ranked, rate, within
from dashboards.values import (
    Bars,
    Column,
    Dashboard,
    Lines,
    Number,
    Query,
    Rows,
    Section,
    Steps,
    Variable,
    from_value,
)

ALL = "one figure over the chosen clusters and namespaces"
STATE = within('job="kube-state-metrics"')
CONTAINERS = within('job="cadvisor", container!=""')
PODS = within('job="cadvisor"')
POD = "cluster, namespace, pod"
OF_POD = "{{cluster}} {{namespace}} {{pod}}"
CONTAINER = "cluster, namespace, pod, container"
FEW = 15
NO_STATE = "no kube-state-metrics"


def _state(metric: str, selectors: str = "") -> str:
    return of(metric, f"{selectors}, {STATE}" if selectors else STATE)


def _lacking(wanted: str, there: str) -> str:
    """How many replicas each object lacks."""
    return f"({_state(wanted)} - {_state(there)} > 0)"


def _short(kind: str, wanted: str, there: str) -> Query:
    """Objects of one kind that lack replicas, under one label for all kinds."""
    named = f'label_replace({_lacking(wanted, there)}, "workload", "$1", "{kind}", "(.+)")'
    return Query(f"max by (cluster, namespace, workload) ({named})")


DEPLOYMENT = ("deployment", "kube_deployment_spec_replicas", "kube_deployment_status_replicas_available")
STATEFUL_SET = ("statefulset", "kube_statefulset_replicas", "kube_statefulset_status_replicas_ready")
DAEMON_SET = (
    "daemonset",
    "kube_daemonset_status_desired_number_scheduled",
    "kube_daemonset_status_number_ready",
)
KINDS = (DEPLOYMENT, STATEFUL_SET, DAEMON_SET)
RESTARTS = f"increase({_state('kube_pod_container_status_restarts_total')}[1h])"
WAITING = _state("kube_pod_container_status_waiting_reason", 'reason!="ContainerCreating"')
LAST = _state("kube_pod_container_status_last_terminated_reason")
READY = _state("kube_pod_status_ready", 'condition="false"')
ENDED = _state("kube_pod_status_phase", 'phase="Succeeded"')
OF_CPU, OF_MEMORY = 'resource="cpu"', 'resource="memory"'
MEMORY_LIMIT = f"max by ({CONTAINER}) ({_state('kube_pod_container_resource_limits', OF_MEMORY)})"
CPU_ASKED, MEMORY_ASKED = (
    f"sum by (cluster, namespace) ({_state('kube_pod_container_resource_requests', each)})"
    for each in (OF_CPU, OF_MEMORY)
)
QUOTA_USED, QUOTA = (
    f"max by (cluster, namespace, resource) ({_state('kube_resourcequota', each)})"
    for each in ('type="used"', 'type="hard"')
)
WORKING_SET = of("container_memory_working_set_bytes", CONTAINERS)
PERIODS, THROTTLED = (
    rate(f"container_cpu_cfs_{each}periods_total", CONTAINERS, CONTAINER) for each in ("", "throttled_")
)


def _dropped(way: str) -> str:
    return rate(f"container_network_{way}_packets_dropped_total", PODS, "cluster, namespace")


NOW = Section(
    "Now",
    (
        Number(
            "Replicas missing",
            "Replicas that deployments, stateful sets and daemon sets want and do not have. A few during a"
            " roll-out are normal.",
            6,
            "short",
            Query(
                " + ".join(
                    f"(sum(clamp_min({_state(wanted)} - {_state(there)}, 0)) or vector(0))"
                    for _, wanted, there in KINDS
                )
                + f" and on () count({_state('kube_deployment_spec_replicas')})",
                collapses=ALL,
            ),
            from_value(1, "orange"),
            missing=NO_STATE,
            height=4,
        ),
        Number(
            "Pods not ready",
            "Pods that get no traffic, those that ended well left out.",
            6,
            "short",
            Query(f"sum({READY} unless on ({POD}) ({ENDED} == 1))", collapses=ALL),
            from_value(1, "orange"),
            missing=NO_STATE,
            height=4,
        ),
        Number(
            "Restarts in an hour",
            "Restarts of containers. Each is a crash, a failed probe or a kill.",
            6,
            "short",
            Query(f"sum({RESTARTS})", collapses=ALL),
            Steps("green", ((1, "orange"), (20, "red"))),
            missing=NO_STATE,
            height=4,
        ),
        Number(
            "Kills for memory in an hour",
            "Containers that the kernel killed because they wanted more memory than their limit.",
            6,
            "short",
            Query(f"sum(increase({of('container_oom_events_total', CONTAINERS)}[1h]))", collapses=ALL),
            from_value(1),
            missing="no cAdvisor",
            height=4,
        ),
    ),
)

REPLICAS = Section(
    "Replicas",
    (
        *(
            Rows(
                title,
                "Those that want more replicas than they have. Empty is good; during a roll-out a row comes"
                " and goes.",
                8,
                ("cluster", "namespace", "workload"),
                (Column("Missing", "short", _short(*kind), from_value(1, "orange")),),
                "Missing",
                missing="none",
            )
            for title, kind in (
                ("Deployments that lack replicas", DEPLOYMENT),
                ("Stateful sets that lack replicas", STATEFUL_SET),
                ("Daemon sets that lack pods", DAEMON_SET),
            )
        ),
        Rows(
            "Containers that wait",
            "Containers that cannot start, and why: CrashLoopBackOff ends at once each time,"
            " ImagePullBackOff has no image, CreateContainerConfigError lacks a secret or a key.",
            12,
            (*CONTAINER.split(", "), "reason"),
            (
                Column(
                    "State",
                    "short",
                    Query(f"max by ({CONTAINER}, reason) ({WAITING}) == 1"),
                    Steps("red"),
                    words={"1": "waits"},
                ),
            ),
            missing="none",
        ),
        Rows(
            "Restarts and what ended them",
            "Containers that started again within the last hour, and the reason of the last end.",
            12,
            (*CONTAINER.split(", "), "reason"),
            (
                Column(
                    "Restarts",
                    "short",
                    Query(
                        f"max by ({CONTAINER}, reason) ({LAST} == 1) * on ({CONTAINER}) group_left ()"
                        f" (max by ({CONTAINER}) ({RESTARTS}) > 0)"
                    ),
                    from_value(1, "orange"),
                ),
            ),
            "Restarts",
            missing="none",
        ),
    ),
)

CPU = Section(
    "CPU",
    (
        Lines(
            "CPU used",
            "Cores that pods use, the hungriest of each cluster.",
            12,
            "short",
            (Query(highest(FEW, rate("container_cpu_usage_seconds_total", CONTAINERS, POD)), OF_POD),),
            missing="no cAdvisor",
        ),
        Lines(
            "CPU used of what is asked for",
            "Cores used, as a share of the requests of a namespace. Far below 100% nodes are paid for"
            " nothing; above it, a full node takes the rest away.",
            12,
            "percentunit",
            (
                Query(
                    f"{rate('container_cpu_usage_seconds_total', CONTAINERS, 'cluster, namespace')} /"
                    f" {CPU_ASKED}",
                    "{{cluster}} {{namespace}}",
                ),
            ),
            missing="no requests",
        ),
        Bars(
            "Throttled most",
            "Share of the periods in which a container had to wait because it had used up its CPU limit."
            " Above a quarter its answers are slow for no other reason.",
            24,
            "percentunit",
            Query(ranked(FEW, part(THROTTLED, PERIODS)), "{{cluster}} {{namespace}} {{pod}} {{container}}"),
            Steps("green", ((0.25, "orange"), (0.5, "red"))),
            1,
            missing="no container has a CPU limit",
        ),
    ),
)

MEMORY = Section(
    "Memory",
    (
        Lines(
            "Memory used",
            "Memory that the kernel cannot take back, the hungriest pods of each cluster.",
            12,
            "bytes",
            (Query(highest(FEW, f"sum by ({POD}) ({WORKING_SET})"), OF_POD),),
            missing="no cAdvisor",
        ),
        Lines(
            "Memory used of what is asked for",
            "Memory used, as a share of the requests of a namespace. Above 100% its pods are the first to be"
            " evicted.",
            12,
            "percentunit",
            (
                Query(
                    f"sum by (cluster, namespace) ({WORKING_SET}) / {MEMORY_ASKED}",
                    "{{cluster}} {{namespace}}",
                ),
            ),
            missing="no requests",
        ),
        Bars(
            "Nearest to the memory limit",
            "Containers by how much of their limit they use. At 100% the kernel kills them.",
            24,
            "percentunit",
            Query(
                ranked(FEW, f"max by ({CONTAINER}) ({WORKING_SET}) / {MEMORY_LIMIT}"),
                "{{cluster}} {{namespace}} {{pod}} {{container}}",
            ),
            Steps("green", ((0.8, "orange"), (0.95, "red"))),
            1,
            missing="no container has a memory limit",
        ),
    ),
)

LIMITS = Section(
    "What holds it back",
    (
        Rows(
            "Autoscalers at their end",
            "Autoscalers that have as many replicas as they may. If the load is real, raise the maximum.",
            8,
            ("cluster", "namespace", "horizontalpodautoscaler"),
            (
                Column(
                    "Replicas",
                    "short",
                    Query(
                        "max by (cluster, namespace, horizontalpodautoscaler)"
                        f" ({_state('kube_horizontalpodautoscaler_status_current_replicas')}"
                        f" >= {_state('kube_horizontalpodautoscaler_spec_max_replicas')})"
                    ),
                    from_value(1, "orange"),
                ),
            ),
            "Replicas",
            missing="none",
        ),
        Rows(
            "Disruption budgets that allow none",
            "While one allows no disruption, no node with one of its pods can be drained: upgrades wait.",
            8,
            ("cluster", "namespace", "poddisruptionbudget"),
            (
                Column(
                    "Allowed",
                    "short",
                    Query(
                        "max by (cluster, namespace, poddisruptionbudget)"
                        f" ({_state('kube_poddisruptionbudget_status_pod_disruptions_allowed')}) == 0"
                    ),
                    Steps("orange"),
                ),
            ),
            missing="none",
        ),
        Rows(
            "Quotas",
            "How much of each quota is used. At 100% nothing new is admitted, and a deployment says so only"
            " in its events.",
            8,
            ("cluster", "namespace", "resource"),
            (
                Column(
                    "Used",
                    "percentunit",
                    Query(f"{QUOTA_USED} / ({QUOTA} > 0)"),
                    Steps("green", ((0.8, "orange"), (0.95, "red"))),
                ),
            ),
            "Used",
            missing="no quotas",
        ),
    ),
)

NETWORK = Section(
    "Network",
    (
        Lines(
            "Received",
            "Bytes per second that pods receive, the busiest of each cluster.",
            8,
            "Bps",
            (Query(highest(FEW, rate("container_network_receive_bytes_total", PODS, POD)), OF_POD),),
            missing="no cAdvisor",
        ),
        Lines(
            "Sent",
            "Bytes per second that pods send, the busiest of each cluster.",
            8,
            "Bps",
            (Query(highest(FEW, rate("container_network_transmit_bytes_total", PODS, POD)), OF_POD),),
            missing="no cAdvisor",
        ),
        Lines(
            "Packets dropped",
            "Packets per second that were dropped on the way in or out, by namespace.",
            8,
            "ops",
            (
                Query(
                    f"{_dropped('receive')} + {_dropped('transmit')}",
                    "{{cluster}} {{namespace}}",
                ),
            ),
            missing="no cAdvisor",
        ),
    ),
    closed=True,
)

DASHBOARD = Dashboard(
    uid="singlepane-workload",
    title="Workload",
    about="Whether what should run does, why it does not, and what it takes.",
    sections=(NOW, REPLICAS, CPU, MEMORY, LIMITS, NETWORK),
    clusters="label_values(kube_namespace_status_phase, cluster)",
    drill="singlepane-on-call",
    variables=(
        Variable(
            "namespace",
            "Namespace",
            'label_values(kube_namespace_status_phase{cluster=~"$cluster"}, namespace)',
        ),
    ),
)
