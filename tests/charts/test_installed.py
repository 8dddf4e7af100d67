"""The chart `exporter` on a real API server: installed with the ten lines of its page, changed, removed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.engines import find
from tests.charts.golden import DATA
from tests.charts.helm import CHARTS, NAMESPACE, objects
from tests.cluster.plane import Plane, running

NAME = "azure"
# The ten lines of the page: a test of the chart holds it to this file.
TEN = (DATA / "minimal.values.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Release:
    """The chart towards a control plane, with a folder for values."""

    plane: Plane
    folder: Path

    def helm(self, *words: str) -> str:
        """What helm prints; it must succeed."""
        kubeconfig = self.plane.kubeconfig(self.folder / "kubeconfig", (NAME,))
        done = subprocess.run(
            [find("helm"), *words, "--namespace", NAMESPACE],
            capture_output=True,
            text=True,
            check=False,
            env={"HOME": str(self.folder), "PATH": os.environ["PATH"], "KUBECONFIG": str(kubeconfig)},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def bring(self, verb: str, values: str, *options: str) -> None:
        """Install or upgrade it with these values."""
        file = self.folder / "values.yaml"
        file.write_text(values, encoding="utf-8")
        self.helm(verb, NAME, str(CHARTS / "exporter"), "--values", str(file), *options)

    def there(self) -> dict[tuple[str, str], Any]:
        """Its objects on the API server, by kind and name; what is rendered says where to look."""
        found = {}
        for each in objects(self.helm("get", "manifest", NAME)):
            api, kind, name = each["apiVersion"], each["kind"], each["metadata"]["name"]
            found[kind, name] = self.plane.api.get(f"{_collection(api, kind)}/{name}")
        return found

    def left(self) -> list[str]:
        """Objects of ours in the namespace, of all kinds that the chart has."""
        label = {"labelSelector": f"app.kubernetes.io/instance={NAME}"}
        rows = []
        for api, kind in KINDS:
            items = self.plane.api.get(_collection(api, kind), **label)["items"]
            rows += [f"{kind} {each['metadata']['name']}" for each in items]
        return rows


KINDS = (
    ("v1", "ServiceAccount"),
    ("v1", "Service"),
    ("v1", "ConfigMap"),
    ("v1", "Secret"),
    ("v1", "Pod"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("policy/v1", "PodDisruptionBudget"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
)


def _collection(api: str, kind: str) -> str:
    root = f"/apis/{api}" if "/" in api else f"/api/{api}"
    plural = {"NetworkPolicy": "networkpolicies"}.get(kind, f"{kind.lower()}s")
    return f"{root}/namespaces/{NAMESPACE}/{plural}"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """A control plane of its own: prometheus-operator was never there."""
    with running(tmp_path_factory.mktemp("plane"), find) as made:
        yield made


def test_it_is_installed_changed_taken_back_and_taken_away(alone: Plane, tmp_path: Path) -> None:
    """Every object is taken as it is written; nothing changes without need; nothing is left in the end."""
    release = Release(alone, tmp_path)
    release.bring("install", TEN, "--create-namespace")
    first = release.there()
    assert {kind for kind, _ in first} == {
        "ConfigMap",
        "Deployment",
        "PodDisruptionBudget",
        "Service",
        "ServiceAccount",
    }
    # Of the test pod, which runs when it is asked for, there is the manifest.
    (test,) = objects(release.helm("get", "hooks", NAME))
    assert (test["kind"], test["metadata"]["annotations"]["helm.sh/hook"]) == ("Pod", "test")

    release.bring("upgrade", TEN)
    assert _versions(release.there()) == _versions(first)

    more = "shards: 2\nnetworkPolicy: {enabled: true}\nresources: {requests: {memory: 99Mi}}\n"
    release.bring("upgrade", TEN + more)
    second = release.there()
    assert {kind for kind, _ in second} >= {"StatefulSet", "NetworkPolicy"}
    assert "Deployment" not in {kind for kind, _ in second}
    (workload,) = (each for (kind, _), each in second.items() if kind == "StatefulSet")
    (container,) = workload["spec"]["template"]["spec"]["containers"]
    assert (workload["spec"]["replicas"], container["resources"]["requests"]["memory"]) == (
        2,
        "99Mi",
    )

    release.helm("rollback", NAME, "1")
    assert _specs(release.there()) == _specs(first)

    release.helm("uninstall", NAME)
    assert release.left() == []
    assert alone.api.get(_collection("v1", "Secret"), labelSelector="owner=helm")["items"] == []


def _versions(found: dict[tuple[str, str], Any]) -> dict[tuple[str, str], str]:
    return {key: each["metadata"]["resourceVersion"] for key, each in found.items()}


def _specs(found: dict[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
    kept = ("data", "spec", "automountServiceAccountToken")
    rows = {key: {name: each.get(name) for name in kept} for key, each in found.items()}
    for (kind, _), each in rows.items():
        if kind == "Service":
            # One that is made anew gets another address.
            each["spec"] = {key: each["spec"][key] for key in ("ports", "selector", "type")}
    return rows
