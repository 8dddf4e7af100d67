"""A plan of 500 clusters against served API servers, beside that of one cluster against the real one."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from deploy import engines
from deploy.cluster_wiring import cluster_components, rule_files
from deploy.targets.kubernetes.changes.planning import Apart, plan
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.definitions import wanted
from deploy.targets.kubernetes.cluster.facts import facts
from deploy.targets.kubernetes.cluster.helm import Helm
from deploy.targets.kubernetes.cluster.paths import path
from deploy.targets.kubernetes.rendering.release import Rendering
from deploy.targets.kubernetes.rendering.render import Wish, render
from deploy.targets.kubernetes.rollout import applying
from estate.load import load
from estate.model import Estate
from tests.bench.figures import Benchmark, Figure, Series
from tests.bench.plan_recorded import Recorded, Shape, recording
from tests.cluster import kubeconfig
from tests.cluster import plane as planes
from tests.cluster.api import until
from tests.cluster.processes import Process
from tests.estate.generate import estate
from tests.kubernetes.defined import defined

CLUSTERS = int(os.environ.get("SINGLEPANE_PLAN_CLUSTERS", "500"))
RUNS = 3
BUDGET_SECONDS = 30.0
# Somebody has changed an object in each cluster of this rank.
EVERY = 50
# Exporters beside those of the large estate, so that a cluster has some 80 objects.
EXPORTERS = 4
MORE = """\
  orders-{n}:
    kind: json
    clusters: [{names}]
    url: https://api-{n}.shop.example/api/v1/orders/summary
    metrics:
      - name: shop_{n}_orders_total
        type: counter
        help: Orders placed.
        items: regions
        value: orders.total
        labels: {{region: name}}
"""
SHIFTED = "ConfigMap"
# As each AKS cluster has one: without it, each is told so in a finding.
CLASS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "default", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
    "provisioner": "disk.csi.azure.com",
    "allowVolumeExpansion": True,
}
# In a process of its own, whose children are the command alone.
_COMMAND = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
words = [sys.executable, "-P", "-c", "from singlepane.main import main; main()", "plan", *sys.argv[1:]]
done = subprocess.run(words, stdout=subprocess.PIPE)
took = time.perf_counter() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([took, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
sys.stdout.write(done.stdout.decode())
sys.exit(done.returncode)
"""


def run(place: Path) -> Iterator[Figure]:
    """The real one first: what it answers is what is served afterwards."""
    file = place / "estate.yaml"
    file.write_text(written(CLUSTERS), encoding="utf-8")
    given = load(file).estate
    hub, first, *others = given.clusters
    by_name = {each.cluster: each for each in render(_wish(given))}
    operator = engines.ensure(["prometheus_operator"])["prometheus_operator"]
    (place / "plane").mkdir()
    with planes.running(place / "plane", engines.find) as plane, defined(plane):
        held = {}
        for name in (hub, first):
            api = plane.client(name, by_name[name].namespace)
            api.apply(path(CLASS), CLASS, "bench", force=True)
            _install(api, by_name[name])
            held[name] = Real(api, by_name[name], Apart(wanted(operator)))
        count = sum(len(release.objects) for release in by_name[first].releases)
        real = held[first]
        full = real.measured(RUNS, full=True)
        lists = real.measured(RUNS, full=False)
        calm = {name: each.recorded().answers for name, each in held.items()}
        changed = real.shifted()
        kept = real.recorded().answers
    shapes = {
        "calm": Shape(first, by_name[first], calm[first]),
        "kept": Shape(first, by_name[first], kept),
    }
    answers = {(hub, *key): value for key, value in calm[hub].items()}
    expected = set()
    for rank, name in enumerate([first, *others], start=1):
        which = "kept" if rank % EVERY == 0 else "calm"
        expected |= {name} if which == "kept" else set()
        made = shapes[which].of(name, by_name[name])
        answers.update({(name, *key): value for key, value in made.items()})
    (place / "answers.pickle").write_bytes(pickle.dumps(answers, protocol=5))
    del answers
    with _served(place) as port:
        write = partial(_kubeconfig, place, port)
        kube = write(tuple(given.clusters))
        runs = [_planned(file, kube, expected, changed) for _ in range(RUNS)]
    title = f"{CLUSTERS} clusters of {count} objects"
    whole = Series(f"singlepane plan, {title}", tuple(each["seconds"] for each in runs))
    each_object = Series(
        "the real API server, --full, for each object", tuple(took / count for took, _, _ in full)
    )
    yield Figure(whole, "s", None, BUDGET_SECONDS)
    yield Figure(Series("its processor time", tuple(each["processor"] for each in runs)), "s")
    yield Figure(
        Series("the same for each object", tuple(each["seconds"] / CLUSTERS / count for each in runs)),
        "s",
        each_object,
    )
    yield Figure(Series("memory of its largest process", tuple(each["size"] for each in runs)), "MiB")
    yield Figure(Series("clusters with false changes", tuple(each["false"] for each in runs)), "")
    yield Figure(Series(f"changes missed of {len(expected)}", tuple(each["missed"] for each in runs)), "")
    one = Series("the same with --full", tuple(took for took, _, _ in full))
    yield Figure(Series("one cluster, the real API server", tuple(took for took, _, _ in lists)), "s", one)
    asked = Series("the same with --full", tuple(float(number) for _, number, _ in full))
    yield Figure(Series("its requests", tuple(float(number) for _, number, _ in lists)), "", asked)


def written(clusters: int) -> str:
    """The large estate with more exporters, all clusters of one shape, the hub in a namespace of its own."""
    text = estate(clusters).replace("      replicas: 1\n", "      replicas: 2\n")
    reached = '    version: "1.36"\n    kubernetes: {address: 10.20.0.10}\n'
    text = text.replace('    version: "1.36"\n', reached, 1)
    head, _, rest = text.partition("subscriptions:\n")
    names = rest.split("clusters:\n")[0].split("\n")[1:-1]
    listed = ", ".join(line.strip().partition(":")[0] for line in names)
    more = "".join(MORE.format(n=n, names=listed) for n in range(EXPORTERS))
    before, hub, after = rest.partition("clusters:\n  hub-westeurope:\n")
    after = after.replace("kubernetes: {", "kubernetes: {namespace: hub, ", 1)
    return f"{head}{more}subscriptions:\n{before}{hub}{after}"


def _wish(given: Estate) -> Wish:
    return Wish(given, cluster_components(given), rule_files(given))


def _install(api: Api, rendering: Rendering) -> None:
    """By Helm, as an apply does, without pods that could become ready."""
    applying.namespace(api)
    helm = Helm(engines.ensure(["helm"])["helm"], api.access, rendering.estate)
    for release in rendering.releases:
        helm.upgrade(release)


class Real:
    """One cluster on the real API server."""

    def __init__(self, api: Api, rendering: Rendering, apart: Apart) -> None:
        self.api, self.rendering, self.apart = api, rendering, apart

    def measured(self, runs: int, full: bool) -> list[tuple[float, int, int]]:
        """Seconds, requests and objects that stay, of plans that must be empty."""
        rows = []
        for _ in range(runs):
            with recording(self.api) as seen:
                began = time.perf_counter()
                found = plan(self.api, self.rendering, self.apart, full=full)
                took = time.perf_counter() - began
            assert not found.unknown, found.unknown
            wrong = [each for each in found.changes if each.kind != "Secret"]
            assert not wrong, wrong
            rows.append((took, seen.count, found.same))
        return rows

    def recorded(self) -> Recorded:
        """All that any plan of it asks."""
        with recording(self.api) as seen:
            for full in (True, False):
                plan(self.api, self.rendering, self.apart, full=full)
            facts(self.api)
        return seen

    def shifted(self) -> str:
        """Somebody edits the first object that holds a file; its name."""
        for release in self.rendering.releases:
            for each in release.manifests():
                if each["kind"] == SHIFTED:
                    place = f"/api/v1/namespaces/{self.api.namespace}/configmaps/{each['metadata']['name']}"
                    key = next(iter(each["data"]))
                    self.api.request(
                        "PATCH",
                        place,
                        {"fieldManager": "kubectl-edit"},
                        {"data": {key: "edited\n"}},
                        content_type="application/merge-patch+json",
                    )
                    return str(each["metadata"]["name"])
        raise AssertionError(f"there is no {SHIFTED}")


@contextmanager
def _served(place: Path) -> Iterator[int]:
    words = [sys.executable, str(Path(__file__).with_name("plan_served.py")), str(place)]
    process = Process("the served API servers", words, place / "served.log")
    port = place / "port"
    try:
        until(lambda: port.exists() and port.read_text(), "the served API servers")
        yield int(port.read_text())
    finally:
        process.end()


def _kubeconfig(place: Path, port: int, clusters: tuple[str, ...]) -> Path:
    """One file with a context for each cluster."""
    pki = place / "plane" / "pki"
    servers = {name: f"https://127.0.0.1:{port}/{name}" for name in clusters}
    path = place / "kubeconfig"
    kubeconfig.write(path, kubeconfig.document(dict.fromkeys(clusters, pki), servers, "admin"))
    return path


def _planned(file: Path, path: Path, expected: set[str], changed: str) -> Mapping[str, float]:
    """The command: seconds, processor seconds, MiB, and clusters in which it is wrong."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _COMMAND, str(file), "-o", "json"],
        env={**os.environ, "KUBECONFIG": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    measured, _, document = done.stdout.partition("\n")
    took, processor, size = json.loads(measured)
    rows = json.loads(document)["clusters"]
    seen = {
        row["cluster"]: [change for change in row["changes"] if change["kind"] != "Secret"] for row in rows
    }
    assert not [row for row in rows if row["unknown"]]
    found = {name for name, changes in seen.items() if changes}
    right = {name for name in found & expected if [each["kind"] for each in seen[name]] == [SHIFTED]}
    return {
        "seconds": took,
        "processor": processor,
        "size": size,
        "false": float(len(found - expected)),
        "missed": float(len(expected - right)),
    }


BENCHMARK = Benchmark("plan-500", "A plan of 500 clusters against served API servers.", run)
