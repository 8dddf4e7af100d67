"""The real helm on the charts of this tree, without a cluster."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.engines import find

CHARTS = Path(__file__).parents[2] / "charts"
NAMES = ("exporter", "metrics", "workload")
RELEASE = "shop"
NAMESPACE = "monitoring"


def helm(*words: str) -> subprocess.CompletedProcess[str]:
    """Helm with folders of its own: nothing that the machine has configured is read."""
    with tempfile.TemporaryDirectory() as home:
        return subprocess.run(
            [find("helm"), *words],
            capture_output=True,
            text=True,
            check=False,
            env={"HOME": home, "PATH": os.environ["PATH"]},
        )


def with_values(
    verb: str, chart: str, values: str, *options: str, release: str = RELEASE
) -> subprocess.CompletedProcess[str]:
    """A verb on a chart with the text of a values file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "values.yaml"
        file.write_text(values, encoding="utf-8")
        words = (verb, release, str(CHARTS / chart), "--namespace", NAMESPACE, "--values", str(file))
        return helm(*words, *options)


def rendered(chart: str, values: str, *options: str, release: str = RELEASE) -> str:
    """What it prints; it must succeed."""
    done = with_values("template", chart, values, *options, release=release)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Loader(yaml.SafeLoader):
    """PyYAML has a tag for `=` and then cannot read it; to Go's readers it is text."""


Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: str(node.value))


def objects(text: str) -> list[Mapping[str, Any]]:
    """The objects of a rendered text, in its order."""
    return [each for each in yaml.load_all(text, Loader) if each is not None]


def refusal(chart: str, values: str, *options: str) -> str:
    """What is said when values are refused."""
    done = with_values("template", chart, values, *options)
    assert done.returncode == 1, done.stdout
    assert done.stdout == ""
    return done.stderr


def notes(chart: str, values: str) -> str:
    """What is said after an install, without a cluster."""
    done = with_values("install", chart, values, "--dry-run=client")
    assert done.returncode == 0, done.stderr
    return done.stdout.partition("\nNOTES:\n")[2]
