"""What goes wrong between an apply and a real API server: nothing stays half applied in silence."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from deploy.targets.kubernetes.changes import drift
from deploy.targets.kubernetes.changes.claims import Growth, grow, growing
from deploy.targets.kubernetes.changes.planning import Apart, Change, ClusterPlan, plan
from deploy.targets.kubernetes.cluster import history
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.connection import Access
from deploy.targets.kubernetes.cluster.paths import collection, path
from deploy.targets.kubernetes.rendering.release import Rendering
from deploy.targets.kubernetes.rollout import waiting as waiting_room
from deploy.targets.kubernetes.rollout.rollback import entry_of, rollback
from deploy.targets.kubernetes.rollout.waiting import wait
from estate.errors import ClusterError, RolloutStopped
from tests.cluster import expired
from tests.cluster.api import until
from tests.cluster.plane import Plane
from tests.kubernetes.controlled import CLUSTER, Server, claim, config_map, controlled, workload

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """One control plane for all of them."""
    with controlled(tmp_path_factory.mktemp("plane")) as made:
        yield made


@pytest.fixture
def server(plane: Plane, tmp_path: Path) -> Server:
    """A namespace of its own."""
    return Server(plane, plane.kubeconfig(tmp_path / "kubeconfig", (CLUSTER,)), f"it-{next(_NUMBERS)}")


def planned(server: Server, rendering: Rendering) -> tuple[Change, ...]:
    """What would change, without the definitions."""
    found: ClusterPlan = plan(server.api, rendering, Apart())
    assert not found.unknown, found.unknown
    return found.changes


def test_every_revision_is_gone_back_to_with_equal_hashes(server: Server) -> None:
    """Each release holds what its recorded hash says, and so does the API server."""
    wanted = [
        server.rendering(config_map("a", k=str(number)), workload("Deployment", "d", minReadySeconds=number))
        for number in (1, 2, 3)
    ]
    assert [server.roll_out(each) for each in wanted] == [1, 2, 3]
    for number in (1, 3, 2):
        entry = entry_of(server.api, number)
        rollback(server.api, server.helm, entry, server.order(), server.said.append)
        held = drift.applied(server.api, CLUSTER, server.estate.name)
        assert {release.name: release.hash for release in held.releases} == entry.hashes
        assert held.releases == wanted[number - 1].releases
        assert planned(server, wanted[number - 1]) == ()


def test_a_revision_that_helm_does_not_hold_as_it_was(server: Server) -> None:
    """Is not gone back to: its content has another hash than was recorded."""
    first = server.rendering(config_map("a", k="1"))
    for each in (first, server.rendering(config_map("a", k="2"))):
        server.roll_out(each)
    secrets = collection("v1", "Secret", server.namespace)
    kept = {number: server.api.get(f"{secrets}/sh.helm.release.v1.it.v{number}") for number in (1, 2)}
    server.api.put(f"{secrets}/sh.helm.release.v1.it.v1", {**kept[1], "data": kept[2]["data"]})
    with pytest.raises(ClusterError, match="revision 1 of release it does not hold what was applied"):
        rollback(server.api, server.helm, entry_of(server.api, 1), server.order(), server.said.append)
    assert server.api.get(f"{collection('v1', 'ConfigMap', server.namespace)}/a")["data"] == {"k": "2"}


def test_a_field_that_cannot_be_changed_is_refused_beforehand(server: Server) -> None:
    """With the field, and what to do."""
    server.roll_out(server.rendering(workload("Deployment", "d")))
    (change,) = planned(server, server.rendering(workload("Deployment", "d", {"app": "other"})))
    assert "spec.selector" in change.refused
    assert "field is immutable" in change.refused
    assert "delete the object yourself" in change.remedy


def test_a_statefulset_that_must_be_made_anew_goes_back_as_well(server: Server) -> None:
    """Helm can change it neither forth nor back; both are done by making it anew."""
    small, large = (
        server.rendering(workload("StatefulSet", "s", serviceName="s", volumeClaimTemplates=[claim(size)]))
        for size in ("1Gi", "2Gi")
    )
    server.roll_out(small)
    (change,) = planned(server, large)
    assert [each.code for each in change.consequences] == ["statefulset-recreated"]
    assert "of the claims that are there those grow whose class can" in change.consequences[0].what
    place = f"{collection('apps/v1', 'StatefulSet', server.namespace)}/s"
    uids = [server.api.get(place)["metadata"]["uid"]]
    server.roll_out(large, recreate=frozenset({(CLUSTER, "s")}))
    uids.append(server.api.get(place)["metadata"]["uid"])
    rollback(server.api, server.helm, entry_of(server.api, 1), server.order(), server.said.append)
    found = server.api.get(place)
    uids.append(found["metadata"]["uid"])
    assert len(set(uids)) == 3
    assert found["spec"]["volumeClaimTemplates"][0]["spec"]["resources"] == {"requests": {"storage": "1Gi"}}


@pytest.mark.parametrize(("grows", "asked"), [(True, True), (False, False)])
def test_a_claim_that_is_there_grows_where_its_class_can(server: Server, grows: bool, asked: bool) -> None:
    """Nobody else does it. One that cannot is left, and `volume-cannot-grow` says so."""
    name = f"disk-{server.namespace}"
    body = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name},
        "provisioner": "disk.example",
        "allowVolumeExpansion": grows,
    }
    server.api.apply(path(body), body, "tests")
    template = claim("1Gi")
    template["spec"]["storageClassName"] = name
    first = server.rendering(workload("StatefulSet", "s", serviceName="s", volumeClaimTemplates=[template]))
    server.roll_out(first)
    _bound(server, "data-s-0", template["spec"])
    template["spec"]["resources"]["requests"]["storage"] = "2Gi"
    larger = workload("StatefulSet", "s", serviceName="s", volumeClaimTemplates=[template], replicas=1)
    (release,) = server.rendering(larger).releases
    found = growing(server.api, release.manifests())
    assert found == ((Growth("data-s-0", "1Gi", "2Gi"),) if asked else ())
    for each in found:
        grow(server.api, each)
        made = server.api.get(f"{collection('v1', 'PersistentVolumeClaim', server.namespace)}/data-s-0")
        assert made["spec"]["resources"]["requests"]["storage"] == "2Gi"
        assert growing(server.api, release.manifests()) == ()


def _bound(server: Server, name: str, spec: dict[str, Any]) -> None:
    """A claim with its volume, as a cloud and the controller make them."""
    place = collection("v1", "PersistentVolumeClaim", server.namespace)
    disk = f"{name}-{server.namespace}"
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": disk},
        "spec": {
            "capacity": {"storage": "1Gi"},
            "accessModes": spec["accessModes"],
            "storageClassName": spec["storageClassName"],
            "hostPath": {"path": "/nowhere"},
        },
    }
    server.api.post(collection("v1", "PersistentVolume", None), volume)
    metadata = {"name": name, "namespace": server.namespace}
    claimed = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata}
    server.api.post(place, {**claimed, "spec": {**spec, "volumeName": disk}})
    until(lambda: server.api.get(f"{place}/{name}")["status"]["phase"] == "Bound", "a bound claim")


def test_a_field_of_another_manager_is_named(server: Server) -> None:
    """By the plan; and by an apply that meets it although nobody held it when it was planned."""
    first, second = (server.rendering(config_map("a", k=value)) for value in ("1", "2"))
    server.roll_out(first)
    body = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"k": "3"}}
    body |= {"metadata": {"name": "a", "namespace": server.namespace}}
    server.api.apply(path(body), body, "other", force=True)
    (change,) = planned(server, second)
    assert change.owners == ('.data.k: conflict with "other"',)
    with pytest.raises(RolloutStopped) as stopped:
        server.roll_out(second)
    said = stopped.value.message
    assert 'conflict with "other": .data.k' in said
    assert "could not be rolled back to revision 1" in said
    assert said.splitlines()[-1].strip() == "half applied, not as it was then: ConfigMap a (release it)"
    assert "--take-over" in stopped.value.remedy
    server.roll_out(second, take_over=True)
    assert planned(server, second) == ()


def test_an_upgrade_that_fails_in_the_middle_goes_back(server: Server) -> None:
    """Its dry run was taken. What had changed before is as it was, although Helm could not go back either."""
    first, second = (
        server.rendering(config_map("a", k=value), config_map("b", k=value)) for value in ("1", "2")
    )
    server.roll_out(first)
    with _refusing(server, "b"):
        assert {change.refused for change in planned(server, second)} == {""}
        with pytest.raises(RolloutStopped) as stopped:
            server.roll_out(second)
        said = stopped.value.message.splitlines()
        assert "made for this test" in said[0]
        assert said[1] == "the roll-out stopped in wave hub"
        assert said[2].startswith(f"  {CLUSTER}: could not be rolled back to revision 1: ")
        assert said[-1].strip() == "every object is as it was then all the same"
        assert planned(server, first) == ()
    assert server.roll_out(second) == 2
    assert planned(server, second) == ()
    assert [entry.revision for entry in history.read(server.api)] == [2, 1]


class _refusing:
    """A policy of the cluster that refuses changes of a ConfigMap, and lets dry runs of them pass."""

    def __init__(self, server: Server, name: str) -> None:
        group, self._api = "admissionregistration.k8s.io/v1", server.api
        rule = {
            "apiGroups": [""],
            "apiVersions": ["v1"],
            "operations": ["UPDATE"],
            "resources": ["configmaps"],
        }
        expression = f"object.metadata.name != '{name}' || (has(request.dryRun) && request.dryRun)"
        own = {"matchLabels": {"kubernetes.io/metadata.name": server.namespace}}
        spec = {
            "matchConstraints": {"resourceRules": [rule], "namespaceSelector": own},
            "validations": [{"expression": expression, "message": "made for this test"}],
        }
        metadata = {"name": server.namespace}
        binding = {"policyName": server.namespace, "validationActions": ["Deny"]}
        self._made = [
            {"apiVersion": group, "kind": kind, "metadata": metadata, "spec": spec}
            for kind, spec in (
                ("ValidatingAdmissionPolicy", spec),
                ("ValidatingAdmissionPolicyBinding", binding),
            )
        ]
        self._paths = [
            f"/apis/{group}/{plural}/{server.namespace}"
            for plural in ("validatingadmissionpolicies", "validatingadmissionpolicybindings")
        ]
        self._probe = f"{collection('v1', 'ConfigMap', server.namespace)}/{name}"

    def __enter__(self) -> None:
        for place, body in zip(self._paths, self._made, strict=True):
            self._api.apply(place, body, "tests")
        until(self._refuses, "a policy that is observed")

    def __exit__(self, *_: object) -> None:
        for place in reversed(self._paths):
            self._api.delete(place)
        until(lambda: not self._refuses(), "a policy that is gone")

    def _refuses(self) -> bool:
        try:
            self._api.put(self._probe, self._api.get(self._probe))
        except ClusterError:
            return True
        return False


def test_an_expired_client_certificate_is_named(server: Server, tmp_path: Path) -> None:
    """The API server says `Unauthorized` and no more."""
    old = server.plane.kubeconfig(tmp_path / "old", (CLUSTER,), expired.user(server.plane.pki))
    found = plan(Api(Access(CLUSTER, str(old), CLUSTER, server.namespace)), server.rendering(), Apart())
    assert "Unauthorized: its client certificate ended at 20" in found.unknown
    assert "az aks get-credentials" in found.remedy


def test_an_api_server_that_is_away_for_a_moment_is_waited_for(server: Server) -> None:
    """While what was applied becomes ready; it is said, and that is all."""
    rendering = server.rendering(workload("Deployment", "d"))
    server.roll_out(rendering)
    (release,) = rendering.releases
    api_server = server.plane.processes[1]
    api_server.end(seconds=0)
    said: list[str] = []
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait, server.api, release.manifests(), 240, said.append)
        until(lambda: said, "a word about it")
        api_server.start_again()
        waiting.result()
    assert said[0].startswith(f"{CLUSTER}: its API server {server.plane.server} does not answer: ")
    assert said[0].endswith(": waiting for it")
    server.plane.wait()


def test_a_pod_that_a_quota_refuses_is_told_by_the_quota(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Deployment is made, and has no pods: the wait ends with the words of the quota."""
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "drill", "namespace": server.namespace},
        "spec": {"hard": {"pods": "0"}},
    }
    first = server.rendering(workload("Deployment", "d"))
    server.roll_out(first)
    server.api.apply(path(quota), quota, "tests")
    until(lambda: server.api.get(path(quota)).get("status", {}).get("hard"), "a quota that is observed")
    monkeypatch.setattr(waiting_room, "PATIENCE_SECONDS", 2.0)
    with pytest.raises(RolloutStopped) as stopped:
        server.roll_out(server.rendering(workload("Deployment", "d", replicas=1)))
    assert "exceeded quota: drill" in stopped.value.message
    assert "rolled back to revision 1" in stopped.value.message
    assert planned(server, first) == ()
