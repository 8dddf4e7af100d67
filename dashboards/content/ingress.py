"""Ingress: what users get at the door, whichever of the data planes a cluster has; one section for each."""

from __future__ import annotations

from dashboards.content.application_gateway import APPLICATION_GATEWAY
from dashboards.promql import of, part, quantile, rate, total
from dashboards.values import Column, Dashboard, Lines, Number, Query, Rows, Section, Steps, from_value

ALL = "one figure over the chosen clusters"
CLUSTERS = "{{cluster}}"
ERRORS = Steps("green", ((0.01, "orange"), (0.05, "red")))
DAY = 86_400
LEFT = Steps("red", ((7 * DAY, "orange"), (21 * DAY, "green")))
# Istio and the gateways of Gateway API that run on it: counted where a request arrives, once.
AT_GATEWAY = 'reporter="source", source_workload=~".*(gateway|ingress).*"'
AT_SERVICE = 'reporter="destination"'
SERVICE = "cluster, destination_service_namespace, destination_service_name"
OF_SERVICE = "{{cluster}} {{destination_service_namespace}} {{destination_service_name}}"
INGRESS = "cluster, ingress"
LISTENER = "cluster, envoy_http_conn_manager_prefix"
OF_LISTENER = "{{cluster}} {{envoy_http_conn_manager_prefix}}"
PROBED = of("probe_success")

PROBES = Section(
    "From outside",
    (
        Number(
            "Probes that fail",
            "Addresses that a probe could not reach or that gave another answer than agreed. Users see the"
            " same.",
            6,
            "short",
            Query(f"count({PROBED} == 0) or 0 * count({PROBED})", collapses=ALL),
            from_value(1),
            missing="no probes",
            height=8,
        ),
        Lines(
            "Time of an answer",
            "How long a probe took, name and handshake among it.",
            9,
            "s",
            (
                Query(
                    f"max by (cluster, instance) ({of('probe_duration_seconds')})", "{{cluster}} {{instance}}"
                ),
            ),
            missing="no probes",
        ),
        Rows(
            "Addresses",
            "Every address that is probed: whether it answers, with what, and how long its certificate has"
            " left.",
            9,
            ("cluster", "instance"),
            (
                Column(
                    "Answers",
                    "short",
                    Query(f"min by (cluster, instance) ({PROBED})"),
                    Steps("red", ((1, "green"),)),
                    words={"0": "no", "1": "yes"},
                ),
                Column(
                    "Status", "short", Query(f"max by (cluster, instance) ({of('probe_http_status_code')})")
                ),
                Column(
                    "Certificate",
                    "dtdurations",
                    Query(
                        f"min by (cluster, instance) ({of('probe_ssl_earliest_cert_expiry')} > 0) - time()"
                    ),
                    LEFT,
                ),
            ),
            "Answers",
            False,
            missing="no probes",
        ),
    ),
)

ISTIO = Section(
    "Gateway API and Istio",
    (
        Lines(
            "Istio: requests",
            "Requests per second that services take, by service.",
            8,
            "reqps",
            (Query(rate("istio_requests_total", AT_SERVICE, SERVICE), OF_SERVICE),),
            missing="no Istio",
        ),
        Lines(
            "Istio: requests that fail",
            "Share of requests that a service answers with a server error.",
            8,
            "percentunit",
            (
                Query(
                    part(
                        rate("istio_requests_total", f'{AT_SERVICE}, response_code=~"5.."', SERVICE),
                        rate("istio_requests_total", AT_SERVICE, SERVICE),
                    ),
                    OF_SERVICE,
                ),
            ),
            None,
            ERRORS,
            missing="no Istio",
        ),
        Lines(
            "Istio: time of a request",
            "99 of 100 requests to a service are answered within this time.",
            8,
            "s",
            (
                Query(
                    f"{quantile(0.99, 'istio_request_duration_milliseconds', AT_SERVICE, SERVICE)} / 1000",
                    OF_SERVICE,
                ),
            ),
            missing="no Istio",
        ),
        Lines(
            "Connections opened",
            "TCP connections per second that gateways open towards services.",
            12,
            "ops",
            (Query(rate("istio_tcp_connections_opened_total", AT_GATEWAY, "cluster"), CLUSTERS),),
            missing="no Istio",
        ),
        Lines(
            "Answers at the gateways",
            "Requests per second by class of answer, as the gateways count them. 0 is a connection that"
            " broke.",
            12,
            "reqps",
            (
                Query(
                    rate("istio_requests_total", AT_GATEWAY, "cluster, response_code"),
                    "{{cluster}} {{response_code}}",
                ),
            ),
            missing="no Istio",
        ),
    ),
    closed=True,
)

ENVOY = Section(
    "Envoy",
    (
        Lines(
            "Envoy: requests",
            "Requests per second by listener.",
            8,
            "reqps",
            (
                Query(
                    rate("envoy_http_downstream_rq_xx", "", LISTENER),
                    OF_LISTENER,
                ),
            ),
            missing="no Envoy",
        ),
        Lines(
            "Envoy: requests that fail",
            "Share of requests that a listener answers with a server error.",
            8,
            "percentunit",
            (
                Query(
                    part(
                        rate("envoy_http_downstream_rq_xx", 'envoy_response_code_class="5"', LISTENER),
                        rate("envoy_http_downstream_rq_xx", "", LISTENER),
                    ),
                    OF_LISTENER,
                ),
            ),
            None,
            ERRORS,
            missing="no Envoy",
        ),
        Lines(
            "Backends that are well",
            "Share of the endpoints behind each Envoy cluster that answer its checks.",
            8,
            "percentunit",
            (
                Query(
                    f"{total('envoy_cluster_membership_healthy', '', 'cluster, envoy_cluster_name')}"
                    f" / ({total('envoy_cluster_membership_total', '', 'cluster, envoy_cluster_name')} > 0)",
                    "{{cluster}} {{envoy_cluster_name}}",
                ),
            ),
            1,
            missing="no Envoy",
        ),
    ),
    closed=True,
)

NGINX = Section(
    "NGINX",
    (
        Lines(
            "NGINX: requests",
            "Requests per second by ingress. Upstream ended in March 2026 and AKS patches its own until"
            " November 2026: what is here should move to Gateway API.",
            8,
            "reqps",
            (Query(rate("nginx_ingress_controller_requests", "", INGRESS), "{{cluster}} {{ingress}}"),),
            missing="no NGINX",
        ),
        Lines(
            "NGINX: requests that fail",
            "Share of requests that are answered with a server error, by ingress.",
            8,
            "percentunit",
            (
                Query(
                    part(
                        rate("nginx_ingress_controller_requests", 'status=~"5.."', INGRESS),
                        rate("nginx_ingress_controller_requests", "", INGRESS),
                    ),
                    "{{cluster}} {{ingress}}",
                ),
            ),
            None,
            ERRORS,
            missing="no NGINX",
        ),
        Lines(
            "NGINX: time of a request",
            "99 of 100 requests are answered within this time, by ingress.",
            8,
            "s",
            (
                Query(
                    quantile(0.99, "nginx_ingress_controller_request_duration_seconds", "", INGRESS),
                    "{{cluster}} {{ingress}}",
                ),
            ),
            missing="no NGINX",
        ),
        Lines(
            "NGINX: connections",
            "Open connections by what they do. Many that write are slow backends.",
            8,
            "short",
            (
                Query(
                    total("nginx_ingress_controller_nginx_process_connections", "", "cluster, state"),
                    "{{cluster}} {{state}}",
                ),
            ),
            missing="no NGINX",
        ),
        Lines(
            "Configuration taken",
            "Whether the last reload of each controller went well. 0: it serves an old configuration, and"
            " new hosts do not work.",
            8,
            "bool_yes_no",
            (
                Query(
                    f"min by (cluster) ({of('nginx_ingress_controller_config_last_reload_successful')})",
                    CLUSTERS,
                ),
            ),
            1,
            missing="no NGINX",
        ),
        Rows(
            "NGINX: certificates",
            "Certificates that the controllers serve, the soonest end first.",
            8,
            ("cluster", "host"),
            (
                Column(
                    "Left",
                    "dtdurations",
                    Query(
                        "min by (cluster, host)"
                        f" ({of('nginx_ingress_controller_ssl_expire_time_seconds')} > 0) - time()"
                    ),
                    LEFT,
                ),
            ),
            "Left",
            False,
            missing="no NGINX",
            drill="singlepane-expiry",
        ),
    ),
    closed=True,
)

DASHBOARD = Dashboard(
    uid="singlepane-ingress",
    title="Ingress",
    about="What users get at the door: requests, errors, time, certificates, by data plane.",
    sections=(PROBES, ISTIO, ENVOY, NGINX, APPLICATION_GATEWAY),
    clusters="label_values(up, cluster)",
    drill="singlepane-workload",
)
