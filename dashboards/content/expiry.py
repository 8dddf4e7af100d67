"""Expiry: certificates, secrets and credentials by the time they have left, and what should renew them."""

from __future__ import annotations

from dashboards.promql import of, rate
from dashboards.values import Bars, Column, Dashboard, Lines, Number, Query, Rows, Section, Steps, from_value

DAY = 86_400
ALL = "one figure over the chosen clusters"
LEFT = Steps("red", ((7 * DAY, "orange"), (21 * DAY, "green")))
CERTIFICATE = "cluster, namespace, name"
OF_CERTIFICATE = "{{cluster}} {{namespace}} {{name}}"
# A time of 0 is none: the certificate was not issued yet.
ENDS = of("certmanager_certificate_expiration_timestamp_seconds") + " > 0"
RENEWS = of("certmanager_certificate_renewal_timestamp_seconds") + " > 0"
NOT_READY = of("certmanager_certificate_ready_status", 'condition="False"')
SERVED = of("probe_ssl_earliest_cert_expiry") + " > 0"
KUBELET = of("kubelet_certificate_manager_client_ttl_seconds", 'job="kubelet"')
CREDENTIAL = of("azurerm_graph_app_credential", 'type="endDate"')
NAMES = of("azurerm_graph_app_info")
SYNCED = of("externalsecret_status_condition", 'condition="Ready", status="False"')
STORES = of("clustersecretstore_status_condition", 'condition="Ready", status="False"')


def _left(moment: str, by: str) -> str:
    """Seconds left, by the labels: the soonest of each."""
    return f"min by ({by}) ({moment}) - time()"


NOW = Section(
    "Now",
    (
        Number(
            "Soonest certificate",
            "Time left of the certificate that ends first, of those that cert-manager keeps. It renews at a"
            " third of the time left; below three weeks renewal does not work.",
            6,
            "dtdurations",
            Query(f"min({ENDS}) - time()", collapses=ALL),
            LEFT,
            missing="no cert-manager",
            height=4,
        ),
        Number(
            "Certificates not ready",
            "Certificates that cert-manager could not issue. What they are for serves the old one, or none.",
            6,
            "short",
            Query(f"sum({NOT_READY})", collapses=ALL),
            from_value(1),
            missing="no cert-manager",
            height=4,
        ),
        Number(
            "Soonest served",
            "Time left of the certificate that ends first of all that probes have seen from outside: what"
            " users get, whoever issued it.",
            6,
            "dtdurations",
            Query(f"min({SERVED}) - time()", collapses=ALL),
            LEFT,
            missing="no probes",
            height=4,
        ),
        Number(
            "Secrets not synced",
            "Secrets of key vaults that did not come into the cluster. Pods go on with the value before.",
            6,
            "short",
            Query(f"sum({SYNCED})", collapses=ALL),
            from_value(1, "orange"),
            missing="no External Secrets",
            height=4,
        ),
    ),
)

CERTIFICATES = Section(
    "Certificates",
    (
        Rows(
            "Certificates of cert-manager",
            "Each certificate with the time it has left and the time until it is renewed. One past its"
            " renewal is one that could not be renewed.",
            14,
            ("cluster", "namespace", "name"),
            (
                Column("Left", "dtdurations", Query(_left(ENDS, CERTIFICATE)), LEFT),
                Column(
                    "Until renewal",
                    "dtdurations",
                    Query(_left(RENEWS, CERTIFICATE)),
                    Steps("red", ((0, "text"),)),
                ),
                Column(
                    "Not ready",
                    "short",
                    Query(f"max by ({CERTIFICATE}) ({NOT_READY})"),
                    from_value(1),
                    words={"0": "ready", "1": "not ready"},
                ),
            ),
            "Left",
            False,
            missing="no cert-manager",
            height=10,
        ),
        Bars(
            "Served, soonest first",
            "Time left of what is served, by probe.",
            10,
            "dtdurations",
            Query(f"sort(bottomk(15, {_left(SERVED, 'cluster, instance')}))", "{{cluster}} {{instance}}"),
            LEFT,
            missing="no probes",
            height=10,
        ),
        Lines(
            "Calls to the certificate authority that fail",
            "Requests per second of cert-manager to the authority, by status, those that went well left out."
            " 429 is its limit.",
            12,
            "ops",
            (
                Query(
                    rate("certmanager_http_acme_client_request_count", 'status!~"2.."', "cluster, status"),
                    "{{cluster}} {{status}}",
                ),
            ),
            missing="none",
        ),
        Lines(
            "Certificates of kubelets",
            "Time left of the client certificate of each node, the soonest of each cluster. A node whose"
            " certificate ends is a node that is lost.",
            12,
            "dtdurations",
            (Query(f"min by (cluster) ({KUBELET})", "{{cluster}}"),),
            missing="no kubelets",
        ),
    ),
)

OUTSIDE = Section(
    "Entra and secrets from key vaults",
    (
        Rows(
            "Credentials of applications",
            "Secrets and certificates of applications in Entra ID. One that ends takes every sign-in with it"
            " that uses it.",
            12,
            ("cluster", "appDisplayName", "credentialName", "credentialType"),
            (
                Column(
                    "Left",
                    "dtdurations",
                    Query(
                        "min by (cluster, appDisplayName, credentialName, credentialType)"
                        f" (({CREDENTIAL} > 0) * on (cluster, appAppID) group_left (appDisplayName)"
                        f" max by (cluster, appAppID, appDisplayName) ({NAMES})) - time()"
                    ),
                    LEFT,
                ),
            ),
            "Left",
            False,
            missing="none with an end",
        ),
        Rows(
            "Secrets that are not synced",
            "External secrets whose last sync failed, and stores that cannot be opened: a right is missing,"
            " or the secret.",
            12,
            ("cluster", "namespace", "name"),
            (
                Column(
                    "State",
                    "short",
                    Query(f"max by (cluster, namespace, name) ({SYNCED} or {STORES}) == 1"),
                    Steps("red"),
                    words={"1": "not synced"},
                ),
            ),
            missing="none",
        ),
    ),
)

DASHBOARD = Dashboard(
    uid="singlepane-expiry",
    title="Expiry",
    about="Certificates, secrets and credentials by the time they have left, and what should renew them.",
    sections=(NOW, CERTIFICATES, OUTSIDE),
    clusters="label_values(up, cluster)",
    drill="singlepane-on-call",
    since="now-24h",
)
