"""The pages about charts: their commands run as they stand, and what they show is what comes out."""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

from deploy.engines import find
from tests.charts.golden import DATA
from tests.charts.helm import CHARTS, NAMES, helm, notes

ROOT = CHARTS.parent
PAGE = (ROOT / "docs" / "charts.md").read_text()
MINIMAL = DATA / "minimal.values.yaml"


def typed(line: str, folder: Path) -> str:
    """What a line prints to somebody in a checkout who has our helm on their path; it must end well."""
    path = os.pathsep.join((sysconfig.get_path("scripts"), str(find("helm").parent), os.environ["PATH"]))
    ran = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],  # noqa: S607 (as a reader types it)
        cwd=folder,
        env={"PATH": path, "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{line}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


def test_the_commands_of_the_page_work_as_they_stand(tmp_path: Path) -> None:
    """With the ten lines as values: rendered, linted, planned."""
    (tmp_path / "charts").symlink_to(CHARTS)
    (tmp_path / "values.yaml").write_text(MINIMAL.read_text())
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    render, lint, plan = ([typed(line, tmp_path) for line in block.splitlines()] for block in blocks)
    assert "kind: Deployment" in render[0]
    assert "0 chart(s) failed" in lint[0]
    assert "microsoft.keyvault/vaults" in plan[-1]


def test_the_page_lists_the_charts() -> None:
    """Each that there is."""
    assert sorted(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == sorted(NAMES)
    assert sorted(each.name for each in CHARTS.iterdir() if (each / "Chart.yaml").exists()) == sorted(NAMES)


def test_the_refusal_of_the_page_is_what_helm_says(tmp_path: Path) -> None:
    """Of the ten lines with one key misspelt."""
    page = (CHARTS / "exporter" / "README.md").read_text()
    shown = page.partition("$ helm install azure charts/exporter --values values.yaml\n")[2].partition("```")[
        0
    ]
    file = tmp_path / "values.yaml"
    file.write_text(MINIMAL.read_text().replace("scope:", "scpoe:"))
    done = helm("template", "azure", str(CHARTS / "exporter"), "--values", str(file))
    assert done.stderr.rstrip() == shown.rstrip()


def test_the_notes_say_what_next() -> None:
    """With commands that can be copied, for what is really there."""
    assert notes("exporter", MINIMAL.read_text()) == (DATA / "minimal.notes.txt").read_text()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("shards: 3\n", "statefulset/shop-exporter"),
        ("tls: {existingSecret: a}\n", "https://shop-exporter.monitoring.svc:9790/metrics"),
        ("serviceMonitor: {enabled: false}\n", "There is no ServiceMonitor. Let Prometheus scrape"),
        ("serviceMonitor: {enabled: true}\n", "kube-prometheus-stack wants serviceMonitor.labels.release"),
        ("persistence: {enabled: true}\n", "kubectl delete pvc -n monitoring"),
        ("service: {port: 80}\n", "http://127.0.0.1:80/"),
    ],
)
def test_the_notes_follow_the_values(values: str, said: str) -> None:
    """Where something is otherwise than in most releases, it is said."""
    assert said in notes("exporter", MINIMAL.read_text() + values)
    assert said not in notes("exporter", MINIMAL.read_text())
