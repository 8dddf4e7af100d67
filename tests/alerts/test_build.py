"""Rules as files: what the real programs read, and nothing of an earlier run."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from deploy.engines import find
from singlepane.program import program


def _run(*words: str) -> Any:
    return CliRunner().invoke(program(["alerts"]), ["alerts", "build", *words])


def test_files_that_the_programs_read(tmp_path: Path) -> None:
    """promtool those for a Prometheus, Thanos those for the ruler; twice the same bytes, and what is not
    written any more goes.
    """
    ran = _run("--folder", str(tmp_path))
    assert ran.exit_code == 0, ran.exception
    files = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*.yaml")}
    assert {path.split("/")[0] for path in files} == {"prometheus", "prometheus-of-hub", "thanos-rule"}
    plain = [str(path) for path in tmp_path.glob("prometheus*/*.yaml")]
    done = subprocess.run([find("promtool"), "check", "rules", *plain], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rules = [f"--rules={tmp_path}/thanos-rule/*.yaml"]
    done = subprocess.run([find("thanos"), "tools", "rules-check", *rules], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    (tmp_path / "prometheus" / "of-others.yaml").write_text("groups: []\n")
    assert _run("--folder", str(tmp_path)).exit_code == 0
    again = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*.yaml")}
    assert again == {**files, "prometheus/of-others.yaml": b"groups: []\n"}


def test_objects(tmp_path: Path) -> None:
    """The same groups, with the labels that were asked for."""
    words = ("--folder", str(tmp_path), "--objects", "--label", "release=stack")
    assert _run(*words).exit_code == 0
    found = yaml.safe_load((tmp_path / "prometheus" / "heartbeat.yaml").read_text())
    assert (found["kind"], found["metadata"]) == (
        "PrometheusRule",
        {"name": "singlepane-heartbeat", "labels": {"release": "stack"}},
    )
    assert found["spec"]["groups"][0]["rules"][0]["alert"] == "Watchdog"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--label", "a=b"), "--label is for objects"),
        (("--objects", "--label", "a"), "--label 'a' is no label"),
    ],
)
def test_what_is_typed_wrong_is_said(words: tuple[str, ...], error: str, tmp_path: Path) -> None:
    """Before anything is written."""
    assert error in str(_run("--folder", str(tmp_path / "rules"), *words).exception)
    assert not (tmp_path / "rules").exists()
