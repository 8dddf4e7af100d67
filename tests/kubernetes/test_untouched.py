"""What an apply would not send is told from lists alone, and whatever somebody did to an object shows."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deploy import engines
from deploy.targets.kubernetes.changes.planning import Apart, ClusterPlan, plan
from deploy.targets.kubernetes.changes.untouched import untouched
from deploy.targets.kubernetes.cluster.api import MERGE, Api
from deploy.targets.kubernetes.cluster.helm import Helm
from deploy.targets.kubernetes.cluster.paths import path
from deploy.targets.kubernetes.rendering.release import Release, Rendering
from tests.cluster.plane import Plane
from tests.refusals.things import namespace

SPACE = "untouched"
PORT = {"name": "http", "port": 80, "protocol": "TCP", "targetPort": 8080}
LABELS = {"app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": "shop"}
POD = {
    "metadata": {"labels": LABELS},
    "spec": {
        "containers": [
            {
                "name": "shop",
                "image": "shop.example/shop:1",
                "args": ["--a", "--b"],
                "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
                "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
                "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}},
                "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
            }
        ],
        "volumes": [{"name": "tmp", "emptyDir": {}}],
    },
}
OBJECTS: tuple[dict[str, Any], ...] = (
    {"kind": "ConfigMap", "name": "shop", "data": {"a": "1", "b.yaml": "2"}},
    {"kind": "Service", "name": "shop", "spec": {"selector": LABELS, "ports": [PORT], "type": "ClusterIP"}},
    {
        "kind": "Deployment",
        "name": "shop",
        "spec": {"replicas": 2, "selector": {"matchLabels": LABELS}, "template": POD},
    },
    {
        "kind": "NetworkPolicy",
        "name": "shop",
        "spec": {
            "podSelector": {"matchLabels": LABELS},
            "policyTypes": ["Ingress"],
            "ingress": [{"ports": [{"port": 8080, "protocol": "TCP"}]}],
        },
    },
)
RELEASE = Release("shop", SPACE, "workload", tuple({**each, "labels": LABELS} for each in OBJECTS))
RENDERING = Rendering("shop", "prod-weu", SPACE, (), (RELEASE,))
MANIFESTS = {each["kind"]: each for each in RELEASE.manifests()}


@pytest.fixture(scope="module")
def api(plane: Plane) -> Iterator[Api]:
    """A release of four objects, installed by Helm."""
    plane.api.apply(namespace(SPACE))
    made = plane.client("prod-weu", SPACE)
    helm = Helm(engines.find("helm"), made.access, "shop")
    helm.upgrade(RELEASE)
    yield made
    helm.uninstall("shop")


def planned(api: Api, full: bool = False) -> tuple[ClusterPlan, int]:
    """The plan, and how many objects were sent to a dry run."""
    sent: list[str] = []
    apply = api.apply

    def counted(path: str, *words: Any, **more: Any) -> Any:
        sent.append(path)
        return apply(path, *words, **more)

    api.apply = counted  # type: ignore[method-assign]  # of this client alone
    try:
        found = plan(api, RENDERING, Apart(), full=full)
    finally:
        del api.apply
    assert found.unknown == ""
    return found, len(set(sent))


def changed(found: ClusterPlan) -> list[tuple[str, str, list[str]]]:
    """What a plan says, without values."""
    return [(each.action, each.kind, [field.path for field in each.fields]) for each in found.changes]


def test_what_helm_installed_is_not_sent_again(api: Api) -> None:
    """And all of it is when it is asked for; both find nothing, and count the same."""
    quick, none = planned(api)
    full, every = planned(api, full=True)
    assert (none, every) == (0, len(OBJECTS))
    assert quick == full
    assert quick.changes == ()
    assert quick.same == len(OBJECTS)


def merged(kind: str, change: dict[str, Any], manager: str = "kubectl-edit") -> Callable[[Api], None]:
    """Somebody changes an object."""

    def do(api: Api) -> None:
        query = {"fieldManager": manager}
        api.request("PATCH", path(MANIFESTS[kind]), query, change, content_type=MERGE)

    return do


def scaled(api: Api) -> None:
    """`kubectl scale`."""
    place = f"{path(MANIFESTS['Deployment'])}/scale"
    body = {"spec": {"replicas": 5}}
    api.request("PATCH", place, {"fieldManager": "kubectl"}, body, content_type=MERGE)


def deleted(api: Api) -> None:
    """Somebody deletes one."""
    api.delete(path(MANIFESTS["ConfigMap"]))


def more_by_helm(api: Api) -> None:
    """An apply in Helm's name that has a key more."""
    now = copy.deepcopy(MANIFESTS["ConfigMap"])
    live = api.get(path(now))
    now["metadata"]["annotations"] = live["metadata"]["annotations"]
    now["data"]["c"] = "3"
    api.apply(path(now), now, "helm")


def wiped(api: Api) -> None:
    """Managed fields taken away, and a value changed by nobody."""
    merged("ConfigMap", {"data": {"a": "9"}})(api)
    body: dict[str, Any] = {"metadata": {"managedFields": [{}]}}
    api.request("PATCH", path(MANIFESTS["ConfigMap"]), {}, body, content_type=MERGE)


@pytest.mark.parametrize(
    "do",
    [
        pytest.param(merged("ConfigMap", {"data": {"a": "9"}}), id="a value"),
        pytest.param(merged("ConfigMap", {"data": {"a": "9"}}, "helm"), id="a value, in Helm's name"),
        pytest.param(merged("ConfigMap", {"data": {"a": None}}), id="a key taken away"),
        pytest.param(
            merged("ConfigMap", {"metadata": {"labels": {"app.kubernetes.io/part-of": None}}}), id="our label"
        ),
        pytest.param(merged("Service", {"spec": {"ports": [{**PORT, "port": 81}]}}), id="a row of a list"),
        pytest.param(merged("Service", {"spec": {"type": "NodePort"}}), id="a type"),
        pytest.param(
            merged("NetworkPolicy", {"spec": {"ingress": [{"ports": [{"port": 8080, "endPort": 8090}]}]}}),
            id="within a list that has one owner",
        ),
        pytest.param(scaled, id="scaled"),
        pytest.param(deleted, id="deleted"),
        pytest.param(more_by_helm, id="a key more, applied in Helm's name"),
        pytest.param(wiped, id="managed fields wiped"),
    ],
)
def test_what_somebody_did_shows_as_in_a_full_plan(api: Api, do: Callable[[Api], None]) -> None:
    """All of the release is asked then, since an apply would send all of it; afterwards nothing is left."""
    do(api)
    quick, sent = planned(api)
    full, _ = planned(api, full=True)
    assert sent == len(OBJECTS)
    assert quick == full
    assert changed(quick)
    for each in MANIFESTS.values():
        api.delete(path(each))
    Helm(engines.find("helm"), api.access, "shop").upgrade(RELEASE)
    assert planned(api)[1] == 0


def test_a_field_that_was_added_by_others_stays_and_is_no_change(api: Api) -> None:
    """It costs the dry runs of its release alone."""
    merged("ConfigMap", {"data": {"theirs": "1"}})(api)
    quick, sent = planned(api)
    assert (quick.changes, sent) == ((), len(OBJECTS))
    merged("ConfigMap", {"data": {"theirs": None}})(api)
    assert planned(api)[1] == 0


def entry(fields: dict[str, Any], **more: str) -> dict[str, Any]:
    """Of managed fields."""
    return {"manager": "helm", "operation": "Apply", "fieldsV1": fields, **more}


def test_lists_of_rows_are_matched_by_their_keys() -> None:
    """Contract: structured-merge-diff writes `k:` with the keys of a row, defaults among them."""
    sent = {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80, "protocol": "TCP"}], "names": ["x"]}}
    key = json.dumps({"port": 80, "protocol": "TCP"}, separators=(",", ":"))
    fields = {"f:spec": {"f:ports": {f"k:{key}": {".": {}, "f:port": {}}}, "f:names": {'v:"x"': {}}}}
    live = {**sent, "metadata": {"name": "a", "managedFields": [entry(fields)]}}
    assert untouched(sent, live, "helm")
    status = entry({"f:status": {}}, manager="controller", operation="Update", subresource="status")
    live["metadata"] = {"name": "a", "managedFields": [entry(fields), status]}
    assert untouched(sent, live, "helm")
    for name in ('k:{"port":81,"protocol":"TCP"}', 'v:"y"', "i:0", "f:other"):
        more: dict[str, Any] = {"f:spec": {"f:ports": {name: {}}}}
        live["metadata"] = {"name": "a", "managedFields": [entry(more)]}
        assert not untouched(sent, live, "helm")


def test_true_is_not_one() -> None:
    """JSON tells them apart, Python does not."""
    live = {"metadata": {"name": "a", "managedFields": [entry({"f:on": {}})]}, "on": 1}
    assert untouched({"metadata": {"name": "a"}, "on": 1}, live, "helm")
    assert not untouched({"metadata": {"name": "a"}, "on": True}, live, "helm")
