"""From components to the objects of each cluster, and to files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from deploy.targets.kubernetes.objects.canonical import documents
from deploy.targets.kubernetes.rendering import folder, texts
from deploy.targets.kubernetes.rendering.render import render
from deploy.targets.kubernetes.rendering.slices import MANY, in_slices
from estate.errors import UsageError
from estate.load import load
from tests.estate.generate import estate as large
from tests.kubernetes.estates import SHOP, shop, wish

GOLDEN = Path(__file__).parents[1] / "data" / "kubernetes" / "shop"
# Rules and dashboards are the same for every estate, and long.
DASHBOARDS = "grafana-singlepane-"


def test_two_clusters_of_the_shop_are_as_recorded() -> None:
    """Every object of the hub and of a pair beside it, whole; SINGLEPANE_GOLDEN=write records them."""
    for rendering in render(wish(shop()), ("hub-weu", "prod-weu")):
        for release in rendering.releases:
            text = documents(_without_dashboards(each) for each in release.manifests() if not _left_out(each))
            path = GOLDEN / rendering.cluster / f"{release.name}.yaml"
            if os.environ.get("SINGLEPANE_GOLDEN") == "write":
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            assert path.read_text() == text, release.name


def _left_out(manifest: dict[str, Any]) -> bool:
    name: str = manifest["metadata"]["name"]
    return manifest["kind"] == "PrometheusRule" or name.startswith(DASHBOARDS)


def _without_dashboards(manifest: dict[str, Any]) -> dict[str, Any]:
    """The volume of Grafana names each of them."""
    if manifest["metadata"]["name"] != "grafana" or manifest["kind"] != "StatefulSet":
        return manifest
    kept: dict[str, Any] = json.loads(json.dumps(manifest))
    projected = kept["spec"]["template"]["spec"]["volumes"][0]["projected"]
    projected["sources"] = [
        each for each in projected["sources"] if not each["configMap"]["name"].startswith(DASHBOARDS)
    ]
    return kept


def test_the_same_estate_gives_the_same_bytes(tmp_path: Path) -> None:
    """Twice rendered, and the second time nothing is written."""
    estate = shop()
    first, second = (dict(texts.made(wish(estate), tuple(estate.clusters))) for _ in range(2))
    assert first == second
    assert _written(tmp_path, first) == (len(first), 0)
    assert _written(tmp_path, second) == (0, 0)


def _written(place: Path, made: dict[str, str]) -> tuple[int, int]:
    """How many files were written anew, and how many taken away."""
    target = folder.opened(place)
    done = dict(target.put(made.items()))
    return sum(done.values()), target.close(tuple(done))


def test_many_clusters_are_rendered_as_few_are(tmp_path: Path) -> None:
    """By several processes, in the order of the estate, to the same bytes."""
    file = tmp_path / "estate.yaml"
    row = '    version: "1.36"\n'
    file.write_text(large(MANY).replace(row, f"{row}    kubernetes: {{address: 10.20.0.10}}\n", 1))
    wanted = wish(load(file).estate)
    clusters = tuple(wanted.estate.clusters)
    sliced = [pair for made in in_slices(wanted, clusters, texts.made) for pair in made]
    assert sliced == texts.made(wanted, clusters)


def test_a_render_that_was_killed_can_be_done_again(tmp_path: Path) -> None:
    """The folder is known as ours from the first file on."""
    folder.opened(tmp_path).put([("a/x.yaml", "1\n")])
    assert _written(tmp_path, {"a/x.yaml": "1\n", "b/y.yaml": "2\n"}) == (1, 0)


def test_what_is_no_longer_rendered_is_deleted_and_nothing_else(tmp_path: Path) -> None:
    """Files of a cluster that went away; not those that somebody put beside them."""
    _written(tmp_path, {"a/x.yaml": "1\n", "b/y.yaml": "2\n"})
    (tmp_path / "a" / "mine.txt").write_text("kept")
    assert _written(tmp_path, {"b/y.yaml": "2\n"}) == (0, 1)
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == [".singlepane.json", "a/mine.txt", "b/y.yaml"]
    assert not (tmp_path / "a" / "x.yaml").exists()


def test_a_folder_with_other_things_is_not_written_to(tmp_path: Path) -> None:
    """It may be somebody's work."""
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds files that were not rendered here"):
        folder.opened(tmp_path)


def test_a_cluster_without_an_address_is_said(tmp_path: Path) -> None:
    """With the key to write; the other clusters cannot reach it."""
    estate = tmp_path / "estate.yaml"
    estate.write_text(SHOP.read_text().replace("address: 10.22.0.10, ", ""))
    with pytest.raises(UsageError) as caught:
        list(render(wish(load(estate).estate)))
    assert (
        caught.value.message == "hub-weu must reach sidecar-prod-neu-0, and cluster prod-neu has no address"
    )
    assert "clusters.prod-neu.kubernetes.address" in caught.value.remedy


def test_no_release_holds_a_secret() -> None:
    """Neither an object of that kind, nor a reference's name or value anywhere."""
    for rendering in render(wish(shop())):
        for release in rendering.releases:
            text = documents(release.manifests())
            assert "kind: Secret\n" not in text
            assert "ONCALL_URL" not in text or release.name == "server"
