"""Names and labels of objects.

Contract: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
"""

from __future__ import annotations

from estate.components import Component

PART_OF = "singlepane"
# What selects all pods of ours in a namespace.
OURS = {"app.kubernetes.io/part-of": PART_OF}
SELECTOR = ",".join(f"{label}={value}" for label, value in OURS.items())
# What prometheus-operator makes of its objects: headless services, and pods `prometheus-NAME-N`. The object
# of a cluster has the cluster's name, so that its pods have the names of our components.
PROMETHEUS_SERVICE = "prometheus-operated"
ALERTMANAGER_SERVICE = "alertmanager-operated"
ALERTMANAGER = "main"
# The Certificate of a cluster, and the Secret into which cert-manager writes it.
CERTIFICATE = "singlepane-tls"
# Kinds of components that prometheus-operator runs.
OPERATED = frozenset({"prometheus", "sidecar", "alertmanager"})


def labels(component: Component) -> dict[str, str]:
    """Labels of all objects of a component."""
    return {"app.kubernetes.io/name": component.kind, "app.kubernetes.io/instance": component.name, **OURS}


def selector(component: Component) -> dict[str, str]:
    """Labels that only pods of this component have. They never change: most kinds refuse that."""
    return {"app.kubernetes.io/name": component.kind, "app.kubernetes.io/instance": component.name}


def shared(component: Component) -> str:
    """The name of what all replicas of a component have in common: an Alertmanager is one of several."""
    return component.kind if component.kind == "alertmanager" else component.name


def cluster_wide(name: str, namespace: str) -> str:
    """The name of an object outside namespaces, where those of two namespaces meet."""
    return f"{PART_OF}-{namespace}-{name}"


def key(path: str) -> str:
    """The key of a file in a ConfigMap or Secret, which may hold no slash."""
    return path.replace("/", ".")


def pod(component: Component, server: str = "") -> str:
    """The pod of a component that prometheus-operator runs.

    `server` is the Prometheus object of its cluster; ours has the cluster's name.
    """
    if component.kind == "alertmanager":
        return f"alertmanager-{ALERTMANAGER}-{component.replica or 0}"
    return f"prometheus-{server or component.cluster}-{component.replica or 0}"
