"""An installed kube-prometheus-stack on a real API server, by the real Helm: what we do to it, and it to us.

Source: measured with Helm 4.3.1; what a person with Helm 3 does is `--server-side=false`.
The tests stand in the order in which a person would do it, and each begins where the one before ended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from deploy.engines import find
from deploy.targets.kubernetes.changes.diff import plain
from deploy.targets.kubernetes.changes.drift import applied
from deploy.targets.kubernetes.changes.planning import Apart, ClusterPlan, plan
from deploy.targets.kubernetes.cluster import history
from deploy.targets.kubernetes.cluster.definitions import wanted
from deploy.targets.kubernetes.cluster.helm import Helm
from deploy.targets.kubernetes.rendering.release import Rendering
from deploy.targets.kubernetes.rendering.render import render
from deploy.targets.kubernetes.rollout import rollback
from deploy.targets.kubernetes.rollout.applying import Order
from deploy.targets.kubernetes.rollout.rollout import Rollout, Target, roll_out
from deploy.targets.kubernetes.rollout.waves import waves
from estate.errors import RolloutStopped
from estate.load import load
from singlepane import shown_plan
from tests.cluster.api import path_of
from tests.cluster.plane import Plane
from tests.kubernetes.defined import defined
from tests.kubernetes.estates import SHOP, wish
from tests.kubernetes.obeyed import obeyed
from tests.kubernetes.stack import Installed, run
from tests.refusals.things import namespace

CLUSTER = "prod-weu"
PROMETHEUS = "kube-prometheus-stack-prometheus"
PAIR = {"replicas": 2}
SINGLEPANE = Path(sys.executable).with_name("singlepane")


@pytest.fixture(scope="module")
def operated(plane: Plane) -> Iterator[Plane]:
    """The API server as an operator has left it: each version of the stack has a namespace of its own."""
    with defined(plane):
        yield plane


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


class Adopting:
    """An installed stack of one version, and the estate that is built on it."""

    def __init__(self, plane: Plane, folder: Path, installed: Installed) -> None:
        self.stack = installed
        self.kubeconfig = plane.kubeconfig(folder / "kubeconfig", (CLUSTER, "hub-weu"))
        self.file = folder / "estate.yaml"
        self.api = plane.client(CLUSTER, installed.namespace)
        plane.api.apply(namespace(installed.namespace))
        self.write()

    def write(
        self, before: str = "", after: str = "", existing: str = "existing: kube-prometheus-stack, "
    ) -> None:
        """The estate file, with one text for another."""
        text = SHOP.read_text().partition("rollout:")[0]
        text = text.replace("namespace: monitoring", f"namespace: {self.stack.namespace}")
        text = text.replace("{address: 10.21.0.10", f"{{{existing}address: 10.21.0.10")
        # All contexts lead to one server, and two clusters are never one namespace of it.
        text = text.replace("{address: 10.20.0.10", "{namespace: hub, address: 10.20.0.10")
        assert before in text
        self.file.write_text(text.replace(before, after) if before else text)

    def helm(self, installed: Installed | None = None, *words: str) -> subprocess.CompletedProcess[str]:
        """Somebody upgrades the stack."""
        return (installed or self.stack).helm(self.kubeconfig, *words)

    def run(self, verb: str, *words: str) -> Ran:
        """The command line, about this cluster."""
        command = [str(SINGLEPANE), verb, str(self.file), "-c", CLUSTER, *words]
        environment = {**os.environ, "KUBECONFIG": str(self.kubeconfig), "COLUMNS": "200"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return Ran(done.returncode, done.stdout, done.stderr)

    def renderings(self) -> dict[str, Rendering]:
        """What this cluster should have."""
        return {each.cluster: each for each in render(wish(load(self.file).estate), [CLUSTER])}

    def plan(self) -> tuple[ClusterPlan, str]:
        """What `singlepane plan` finds, and as it shows it; all of it must be known."""
        return self._shown(self.renderings()[CLUSTER])

    def drift(self) -> tuple[ClusterPlan, str]:
        """The same of `singlepane drift`."""
        return self._shown(applied(self.api, CLUSTER, "shop"))

    def _shown(self, rendering: Rendering) -> tuple[ClusterPlan, str]:
        found = plan(self.api, rendering, Apart(wanted(find("prometheus_operator"))))
        assert found.unknown == ""
        return found, "\n".join(shown_plan.text([found]))

    def order(self) -> Order:
        """An apply by the tests."""
        return Order("tests", "0", find("prometheus_operator"), {}, timeout=120.0)

    def target(self) -> Target:
        """This cluster."""
        return Target(self.api, Helm(find("helm"), self.api.access, "shop"))

    def apply(self) -> int:
        """As `singlepane apply` does it, without a hub that could show data; the revision."""
        estate = load(self.file).estate
        targets = {CLUSTER: self.target(), estate.hub: self.target()}
        given = Rollout(
            estate,
            targets,
            self.renderings(),
            self.order(),
            lambda cluster, line: None,
            lambda clusters: None,
        )
        with obeyed(self.api):
            return roll_out(given, waves(estate, (CLUSTER,)))

    def live(self) -> dict[str, Any]:
        """Its Prometheus as it is."""
        found: dict[str, Any] = self.api.get(path_of(self.stack.prometheus()))
        return found


@pytest.fixture(scope="module", params=["80.4.1", "88.5.4"])
def adopting(
    request: pytest.FixtureRequest, operated: Plane, tmp_path_factory: pytest.TempPathFactory
) -> Adopting:
    """The older one was installed by Helm 3, the newer one by Helm 4."""
    version: str = request.param
    space = f"stack-{version.replace('.', '-')}"
    made = Adopting(operated, tmp_path_factory.mktemp(space), Installed(version, namespace=space, spec=PAIR))
    done = made.helm(None, *(["--server-side=false"] if version < "81" else []))
    assert done.returncode == 0, done.stderr
    return made


def test_the_plan_names_what_is_added_and_nothing_that_stays(adopting: Adopting) -> None:
    """Fields of two objects of the stack, and objects of ours; nothing would be lost, and nothing is held."""
    lines = adopting.plan()[1].splitlines()
    first = lines.index(f"  ~ Prometheus {PROMETHEUS}")
    last = lines.index(f"  ~ ServiceAccount {PROMETHEUS}")
    added = {line.strip().partition(": ")[0] for line in lines[first + 1 : last]}
    assert added == {
        "spec.additionalAlertManagerConfigs",
        "spec.externalLabels",
        "spec.podMetadata",
        "spec.replicaExternalLabelName",
        "spec.thanos",
    }
    assert all(line.endswith(" is added") for line in lines[first + 1 : last])
    assert lines[last + 1] == (
        "      metadata.annotations[azure.workload.identity/client-id]: "
        "8e6d1f54-3b0c-4f43-9b0e-5a1d7c2e0002 is added"
    )
    assert [line for line in lines if line.startswith(("  !", "  -"))] == []
    assert [line for line in lines if "LOST" in line or "HELD" in line or "REFUSED" in line] == []
    assert lines[0].startswith("prod-weu: ")
    assert lines[0].endswith("2 to change, 0 the same")


def test_an_apply_changes_nothing_of_what_stays(adopting: Adopting) -> None:
    """Every object of the stack but two has the version that it had, and those two every field."""
    before = {path_of(each): adopting.api.get(path_of(each)) for each in adopting.stack.objects()}
    assert adopting.apply() == 1
    for path, was in before.items():
        now = adopting.api.get(path)
        if was["metadata"]["name"] == PROMETHEUS and was["kind"] in ("Prometheus", "ServiceAccount"):
            assert _within(plain(was), plain(now)), path
        elif was["kind"] not in ("Deployment", "StatefulSet"):
            # The status of the others is ours to fake.
            assert now["metadata"]["resourceVersion"] == was["metadata"]["resourceVersion"], path
        else:
            assert plain(now) == plain(was), path
    deployed = adopting.api.get(f"/apis/apps/v1/namespaces/{adopting.stack.namespace}/deployments")["items"]
    assert [each["metadata"]["name"] for each in deployed] == [
        "kube-prometheus-stack-operator",
        "shop-orders-prod-weu",
    ]


def _within(part: Any, whole: Any) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and _within(value, whole[key]) for key, value in part.items()
        )
    return bool(part == whole)


def test_then_the_plan_is_empty(adopting: Adopting) -> None:
    """And an apply again changes nothing; what was applied last is what is there."""
    found, shown = adopting.plan()
    assert found.changes == ()
    assert shown.startswith("prod-weu: no changes, ")
    version = adopting.live()["metadata"]["resourceVersion"]
    assert adopting.apply() == 2
    assert adopting.live()["metadata"]["resourceVersion"] == version
    assert [each.revision for each in history.read(adopting.api)] == [1]
    assert adopting.drift()[0].changes == ()


def test_a_server_side_upgrade_of_the_stack_leaves_our_fields(adopting: Adopting) -> None:
    """As Helm 4 does it: to a newer chart, with a label of theirs beside ours, and back."""
    newer = replace(adopting.stack, version="88.5.4", spec={**PAIR, "retention": "15d"})
    labelled = replace(newer, spec={**newer.spec, "externalLabels": {"team": "shop"}})
    for each in (newer, labelled, adopting.stack):
        # What Helm 3 has written is another manager's for Helm 4.
        done = adopting.helm(each, "--server-side=true", "--force-conflicts")
        assert done.returncode == 0, done.stderr
        spec = adopting.live()["spec"]
        team = {"team": "shop"} if each is labelled else {}
        assert spec["externalLabels"] == {"cluster": "prod-weu", "environment": "prod", **team}
        assert spec["retention"] == each.prometheus()["spec"]["retention"]
    assert adopting.plan()[0].changes == ()


def test_a_client_side_upgrade_leaves_them_unless_it_takes_a_whole_map_away(adopting: Adopting) -> None:
    """As Helm 3 does it. Where values had external labels and have none any more, all of them go, with ours:
    drift says so, and an apply brings them back.
    """
    newer = replace(adopting.stack, version="88.5.4", spec={**PAIR, "retention": "15d"})
    labelled = replace(newer, spec={**newer.spec, "externalLabels": {"team": "shop"}})
    for each in (newer, labelled):
        done = adopting.helm(each, "--server-side=false")
        assert done.returncode == 0, done.stderr
        team = {"team": "shop"} if each is labelled else {}
        labels = adopting.live()["spec"]["externalLabels"]
        assert labels == {"cluster": "prod-weu", "environment": "prod", **team}
    assert adopting.helm(None, "--server-side=false").returncode == 0
    spec = adopting.live()["spec"]
    assert "externalLabels" not in spec
    assert spec["thanos"]["objectStorageConfig"]["key"] == "objstore.yaml"
    added = '      spec.externalLabels: {"cluster": "prod-weu", "environment": "prod"} is added'
    assert added in adopting.drift()[1]
    adopting.apply()
    assert adopting.live()["spec"]["externalLabels"] == {"cluster": "prod-weu", "environment": "prod"}


def test_an_upgrade_that_replaces_objects_takes_them_away_and_drift_says_so(adopting: Adopting) -> None:
    """`--force-replace`, which is `--force` of Helm 3: the whole object is written, without a word."""
    done = adopting.helm(None, "--server-side=false", "--force-replace")
    assert done.returncode == 0, done.stderr
    assert "thanos" not in adopting.live()["spec"]
    assert f"  ~ Prometheus {PROMETHEUS}" in adopting.drift()[1]
    adopting.apply()
    assert adopting.live()["spec"]["thanos"]["objectStorageConfig"]["key"] == "objstore.yaml"
    assert adopting.drift()[0].changes == ()


def test_a_value_of_the_stack_against_ours_is_refused_by_helm(adopting: Adopting) -> None:
    """Server-side, naming us. In the way of Helm 3 it wins in silence; the next plan refuses, naming Helm."""
    other = replace(adopting.stack, spec={**PAIR, "externalLabels": {"cluster": "west"}})
    done = adopting.helm(other, "--server-side=true")
    assert done.returncode == 1
    assert 'conflict with "singlepane": .spec.externalLabels.cluster' in done.stderr
    assert adopting.live()["spec"]["externalLabels"]["cluster"] == "prod-weu"
    done = adopting.helm(other, "--server-side=false")
    assert done.returncode == 0, done.stderr
    assert adopting.live()["spec"]["externalLabels"]["cluster"] == "west"
    said = (
        f"prod-weu: Prometheus {PROMETHEUS} is held by others: spec.externalLabels.cluster: "
        'conflict with "helm"'
    )
    assert said in adopting.plan()[1]
    ran = adopting.run("apply", "--take-over")
    assert ran.code == 3
    assert said in ran.err
    assert "singlepane takes no field of an installed stack over." in ran.err
    with pytest.raises(RolloutStopped, match="is held by others"):
        adopting.apply()
    assert adopting.live()["spec"]["externalLabels"]["cluster"] == "west"
    back = adopting.helm(None, "--server-side=false")
    assert back.returncode == 0, back.stderr
    adopting.apply()
    assert adopting.live()["spec"]["externalLabels"]["cluster"] == "prod-weu"


def test_a_renamed_label_cuts_its_stream_too(adopting: Adopting) -> None:
    """As that of a Prometheus of ours: it must be allowed. A rollback brings the old one back."""
    first = history.read(adopting.api)[0].revision
    adopting.write("labels: {environment: prod}", "labels: {environment: production}")
    shown = adopting.plan()[1]
    assert "      spec.externalLabels.environment: prod -> production" in shown
    assert "      LOST [stream-cut]: the external label environment changes" in shown
    adopting.apply()
    assert adopting.live()["spec"]["externalLabels"]["environment"] == "production"
    entry = rollback.entry_of(adopting.api, first)
    target = adopting.target()
    with obeyed(adopting.api):
        changed = rollback.rollback(target.api, target.helm, entry, adopting.order(), lambda line: None)
    assert changed == ("metrics", f"Prometheus {PROMETHEUS}")
    assert adopting.live()["spec"]["externalLabels"]["environment"] == "prod"
    adopting.write()
    assert adopting.plan()[0].changes == ()


def test_without_the_key_our_fields_go_and_theirs_stay(adopting: Adopting) -> None:
    """The plan says so, with what it loses; what is left is what Helm wrote, field by field."""
    adopting.write(existing="")
    shown = adopting.plan()[1]
    assert f"  ~ Prometheus {PROMETHEUS}" in shown
    assert " is removed" in shown
    assert "LOST [stream-cut]" in shown
    adopting.apply()
    spec = adopting.live()["spec"]
    assert {"thanos", "externalLabels", "podMetadata", "additionalAlertManagerConfigs"} & spec.keys() == set()
    assert _within(adopting.stack.prometheus()["spec"], spec)
    account = adopting.api.get(path_of(adopting.stack.objects()[0]))
    assert "azure.workload.identity/client-id" not in account["metadata"]["annotations"]
    assert adopting.plan()[0].changes == ()


def test_what_does_not_fit_is_said_before_anything_is_touched(operated: Plane, tmp_path: Path) -> None:
    """With the place in the file and what to write: read out of the release, of another name than usual."""
    installed = Installed("88.5.4", "monitoring", "other", {"replicas": 1, "ruleSelector": None})
    made = Adopting(operated, tmp_path, installed)
    made.write(existing="existing: kube-prometheus-stack, stack: {release: kps}, ")
    assert made.helm().returncode == 0
    for verb in ("plan", "apply"):
        ran = made.run(verb)
        assert ran.code == 2
        assert "there is no release kps in namespace other of prod-weu" in ran.out
        assert "it has monitoring: name that one" in ran.out
    made.write(existing="existing: kube-prometheus-stack, stack: {release: monitoring}, ")
    ran = made.run("plan", "-o", "json")
    assert ran.code == 2
    name = "monitoring-kube-prometheus-prometheus"
    assert f"Prometheus {name} has replicas: 1, the estate says 2" in ran.out
    assert f"ruleSelector of Prometheus {name} selects nothing" in ran.out
    assert "singlepane" not in json.dumps(made.api.get(path_of(installed.prometheus())))


def test_an_object_that_is_not_there_is_never_made(operated: Plane, tmp_path: Path) -> None:
    """A partial object would become a Prometheus of its own; the plan refuses it."""
    made = Adopting(operated, tmp_path, Installed(namespace="empty"))
    with pytest.raises(RolloutStopped, match="is not there, and is not ours to make"):
        made.apply()
    assert made.api.find(path_of(made.stack.prometheus())) is None
    listed = run(made.kubeconfig, "list", "--namespace", "empty", "--short")
    assert listed.stdout == ""
