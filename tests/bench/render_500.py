"""Rendering 500 clusters to files, beside what Helm takes for the same charts."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from deploy import engines
from deploy.charts import FOLDER
from deploy.cluster_wiring import cluster_components, rule_files
from deploy.targets.kubernetes.rendering import texts
from deploy.targets.kubernetes.rendering.release import Rendering
from deploy.targets.kubernetes.rendering.render import Wish, render
from estate.load import load
from tests.bench.figures import Benchmark, Figure, Series
from tests.estate.generate import estate

CLUSTERS = 500
# So many that a cluster has about 80 objects.
SERVICES = 5
RUNS = 5
BUDGET_SECONDS, BUDGET_MIB, BUDGET_ONE = 5.0, 1024.0, 0.2
_COMMAND = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
words = [sys.executable, "-P", "-c", "from singlepane.main import main; main()", "render", *sys.argv[1:]]
subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
took = time.perf_counter() - began
print(json.dumps([took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024]))
"""


def run(place: Path) -> Iterator[Figure]:
    """The command as a whole; then one cluster of it in this process, as after a change of its row."""
    file = place / "estate.yaml"
    text = estate(CLUSTERS, SERVICES)
    reached = '    version: "1.36"\n    kubernetes: {address: 10.20.0.10}\n'
    file.write_text(text.replace('    version: "1.36"\n', reached, 1), encoding="utf-8")
    given = load(file).estate
    wish = Wish(given, cluster_components(given), rule_files(given))
    names = tuple(given.clusters)[1 : RUNS + 1]
    whole = [_measured(file, place / f"out-{index}") for index in range(RUNS)]
    ours = [_one(wish, name) for name in names]
    one = next(iter(render(wish, names[:1])))
    helms = [_by_helm(one, place) for _ in range(RUNS)]
    count = sum(len(release.objects) for release in one.releases)
    by_helm = Series(f"helm template of the {len(one.releases)} releases of one cluster", tuple(helms))
    title = f"{CLUSTERS} clusters of {count} objects"
    seconds = tuple(took for took, _ in whole)
    yield Figure(Series(f"singlepane render, {title}", seconds), "s", None, BUDGET_SECONDS)
    yield Figure(
        Series("the same for each cluster", tuple(took / CLUSTERS for took in seconds)), "s", by_helm
    )
    yield Figure(Series("one cluster that changed", tuple(ours)), "s", by_helm, BUDGET_ONE)
    sizes = tuple(size for _, size in whole)
    yield Figure(Series("memory of its largest process", sizes), "MiB", None, BUDGET_MIB)


def _measured(file: Path, out: Path) -> tuple[float, float]:
    """Seconds, and the largest process in MiB."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _COMMAND, str(file), "--out", str(out)],
        capture_output=True,
        text=True,
        check=True,
    )
    took, size = json.loads(done.stdout)
    return took, size


def _one(wish: Wish, cluster: str) -> float:
    began = time.perf_counter()
    list(texts.of(render(wish, (cluster,))))
    return time.perf_counter() - began


def _by_helm(rendering: Rendering, place: Path) -> float:
    helm = engines.ensure(["helm"])["helm"]
    rows = []
    for release in rendering.releases:
        values = place / f"{release.name}.json"
        values.write_text(json.dumps(release.values()))
        rows.append(
            [str(helm), "template", release.name, str(FOLDER / release.chart), "--values", str(values)]
        )
    began = time.perf_counter()
    for words in rows:
        subprocess.run(words, check=True, capture_output=True)
    return time.perf_counter() - began


BENCHMARK = Benchmark("render-500", "The objects of 500 clusters as files.", run)
