"""Dashboards as files that a Grafana reads: provisioning, and ConfigMaps."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from dashboards.ours import files
from tests.dashboards.publishing.command import ran

OURS = dict(files())
# Of metadata.annotations, where kubectl keeps what it applied (Kubernetes: TotalAnnotationSizeLimitB).
MOST_ANNOTATED = 256 * 1024


def test_provisioning_holds_a_provider_and_what_it_reads(tmp_path: Path) -> None:
    """The provider names the folder where the files will be, which is not where they are written."""
    answer = ran("--provisioning", str(tmp_path / "made"), "--path", "/srv/dashboards", "--folder", "sre")
    assert answer.code == 0
    made = tmp_path / "made"
    (row,) = yaml.safe_load((made / "singlepane.yaml").read_text())["providers"]
    assert (row["folder"], row["options"], row["type"]) == ("sre", {"path": "/srv/dashboards"}, "file")
    assert (row["allowUiUpdates"], row["disableDeletion"]) == (False, False)
    assert {path.name: path.read_text() for path in (made / "singlepane").iterdir()} == OURS
    assert "singlepane/ to /srv/dashboards" in answer.stderr


def test_each_dashboard_is_a_config_map_for_the_sidecar(tmp_path: Path) -> None:
    """With its label and the folder; small enough for `kubectl apply`, which keeps it twice."""
    assert ran("--configmaps", str(tmp_path / "made"), "--label", "team.example/board=yes").code == 0
    paths = sorted((tmp_path / "made").glob("*.yaml"))
    assert len(paths) == len(OURS)
    for path in paths:
        made = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
        assert (made["apiVersion"], made["kind"]) == ("v1", "ConfigMap")
        assert made["metadata"]["name"] == path.stem
        assert made["metadata"]["labels"]["team.example/board"] == "yes"
        # The label of what an estate applies would make it that estate's.
        assert made["metadata"]["labels"]["app.kubernetes.io/part-of"] != "singlepane"
        assert set(made["metadata"]["annotations"].values()) == {"singlepane"}
        ((name, text),) = made["data"].items()
        assert OURS[name] == text
        assert len(json.dumps(made).encode()) < MOST_ANNOTATED


def test_what_is_no_dashboard_any_more_is_deleted_from_the_folder(tmp_path: Path) -> None:
    """And what somebody else put there stays."""
    made = tmp_path / "made"
    assert ran("--configmaps", str(made)).code == 0
    index = json.loads((made / ".singlepane.json").read_text())
    index["files"].append("dashboard-singlepane-old.yaml")
    (made / ".singlepane.json").write_text(json.dumps(index))
    (made / "dashboard-singlepane-old.yaml").write_text("old")
    (made / "kustomization.yaml").write_text("mine")
    answer = ran("--configmaps", str(made))
    assert f"{len(OURS)} files in {made}: 0 written, 1 deleted" in answer.stderr
    assert not (made / "dashboard-singlepane-old.yaml").exists()
    assert (made / "kustomization.yaml").read_text() == "mine"


def test_a_folder_of_other_things_is_refused(tmp_path: Path) -> None:
    """Nothing in it is touched."""
    (tmp_path / "mine.yaml").write_text("mine")
    answer = ran("--configmaps", str(tmp_path))
    assert answer.code == 2
    assert "holds files that were not rendered here" in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]
