"""Helm writes what Python says it writes: the plan is about the very objects that are applied."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from deploy.charts import FOLDER
from deploy.engines import ensure
from deploy.targets.kubernetes.rendering.release import Release, Rendering
from deploy.targets.kubernetes.rendering.render import render
from tests.kubernetes.estates import shop, wish

RENDERINGS = tuple(render(wish(shop())))


@pytest.mark.parametrize("rendering", RENDERINGS, ids=lambda each: each.cluster)
def test_helm_renders_the_same_objects(rendering: Rendering, tmp_path: Path) -> None:
    """Every object of every release of the shop, compared whole with `helm template` of its chart."""
    for release in rendering.releases:
        assert _by_helm(release, tmp_path) == sorted(release.manifests(), key=_key), release.name


def _by_helm(release: Release, place: Path) -> list[dict[str, object]]:
    values = place / "values.json"
    values.write_text(json.dumps(release.values()))
    helm = ensure(["helm"])["helm"]
    words = [str(helm), "template", release.name, str(FOLDER / release.chart)]
    done = subprocess.run(
        [*words, "--namespace", release.namespace, "--values", str(values)],
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted(yaml.load_all(done.stdout, yaml.CSafeLoader), key=_key)


def _key(manifest: object) -> tuple[str, str]:
    assert isinstance(manifest, dict)
    return manifest["kind"], manifest["metadata"]["name"]
