"""What a cluster is asked before anything is touched, by the answers of an API server."""

from __future__ import annotations

from typing import Any, cast

from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.facts import facts
from deploy.targets.kubernetes.cluster.refused import Refused
from deploy.targets.kubernetes.objects.names import SELECTOR


class Answers:
    """An API server as far as it is asked here: documents by path and query, anything else is a status."""

    namespace = "monitoring"

    def __init__(self, documents: dict[str, Any], otherwise: int = 404) -> None:
        self.documents, self.otherwise = documents, otherwise

    def get(self, path: str, **query: str) -> Any:
        """A document, or the refusal."""
        place = path + "".join(f" {value}" for name, value in query.items() if name != "limit")
        if place not in self.documents:
            raise Refused("prod-weu: refused", "", status=self.otherwise)
        return self.documents[place]

    def metadata(self, path: str, **query: str) -> list[Any]:
        """The items of a document."""
        return list(self.get(path, **query)["items"])


def listed(*names: str, more: str = "") -> dict[str, Any]:
    """A list as an API server sends it: its items do not say what they are."""
    return {"metadata": {"continue": more}, "items": [{"metadata": {"name": name}} for name in names]}


CORE = "/api/v1/namespaces/monitoring"
DOCUMENTS: dict[str, Any] = {
    "/version": {"gitVersion": "v1.36.3"},
    CORE: {"metadata": {"name": "monitoring"}},
    "/api/v1/nodes": listed("node-1", more="next"),
    "/api/v1/nodes next": listed("node-2"),
    "/api/v1/pods": listed("query-1"),
    "/apis/storage.k8s.io/v1/storageclasses": listed(),
    f"{CORE}/resourcequotas": listed("compute"),
    f"{CORE}/limitranges": listed("bounds"),
    f"{CORE}/persistentvolumeclaims": listed("data-store-0"),
    f"{CORE}/secrets type=kubernetes.io/dockerconfigjson": listed("registry"),
    f"{CORE}/secrets type=kubernetes.io/dockercfg": listed(),
    f"{CORE}/secrets type=kubernetes.io/tls": {
        "items": [
            {"metadata": {"name": "sidecar"}, "data": {"tls.crt": "cHVibGlj", "tls.key": "cHJpdmF0ZQ=="}}
        ]
    },
    f"{CORE}/secrets owner=helm": {
        "items": [
            {
                "metadata": {
                    "name": f"v{number}",
                    "labels": {"name": "query", "version": number, "status": status},
                }
            }
            for number, status in (("1", "superseded"), ("2", "pending-upgrade"))
        ]
    },
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions": listed("probes.monitoring.coreos.com"),
    f"/apis/apps/v1/namespaces/monitoring/deployments {SELECTOR}": listed("query"),
    f"/apis/apps/v1/namespaces/monitoring/statefulsets {SELECTOR}": listed("store"),
    f"/apis/apps/v1/namespaces/monitoring/daemonsets {SELECTOR}": listed("node-exporter"),
    "/apis/monitoring.coreos.com/v1/namespaces/monitoring/prometheuses": listed("prod-weu"),
    "/apis/monitoring.coreos.com/v1/namespaces/monitoring/alertmanagers": listed("main"),
}


def test_everything_is_asked_for() -> None:
    """Long lists page by page; each object with its kind; and no private key."""
    found = facts(cast(Api, Answers(DOCUMENTS)))
    assert found.version == "v1.36.3"
    assert found.namespace == {"metadata": {"name": "monitoring"}}
    kinds = ("nodes", "pods", "storage_classes", "quotas", "limit_ranges", "claims", "live")
    assert {
        kind: [f"{each['kind']} {each['metadata']['name']}" for each in getattr(found, kind)]
        for kind in kinds
    } == {
        "nodes": ["Node node-1", "Node node-2"],
        "pods": ["Pod query-1"],
        "storage_classes": [],
        "quotas": ["ResourceQuota compute"],
        "limit_ranges": ["LimitRange bounds"],
        "claims": ["PersistentVolumeClaim data-store-0"],
        "live": [
            "Deployment query",
            "StatefulSet store",
            "DaemonSet node-exporter",
            "Prometheus prod-weu",
            "Alertmanager main",
        ],
    }
    assert found.secrets is not None
    assert [(each["metadata"]["name"], each["type"]) for each in found.secrets] == [
        ("registry", "kubernetes.io/dockerconfigjson"),
        ("sidecar", "kubernetes.io/tls"),
    ]
    assert found.secrets[1]["data"] == {"tls.crt": "cHVibGlj"}
    assert found.releases == ({"name": "query", "status": "pending-upgrade", "estate": ""},)
    assert [each["spec"]["group"] for each in found.crds] == ["monitoring.coreos.com"]


def test_what_may_not_be_read_is_not_known() -> None:
    """With rights in nothing at all there is a version, and nothing that a check could take for an answer."""
    found = facts(cast(Api, Answers({"/version": DOCUMENTS["/version"]}, 403)))
    assert (found.version, found.namespace, found.storage_classes, found.secrets) == (
        "v1.36.3",
        None,
        None,
        None,
    )
    assert found.nodes == found.pods == found.quotas == found.claims == found.live == found.releases == ()
