"""What no case can say of an alert, in Prometheus' own test engine: `tests/alerts/<Alert>.yaml`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.engines import find
from tests.alerts.rendered import alerts, write

FOLDER = Path(__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def test_every_file_is_about_an_alert() -> None:
    """No file of a renamed or removed alert is left."""
    assert set(NAMES) <= set(alerts())


@pytest.mark.parametrize("alert", NAMES)
def test_alert_does_what_its_tests_say(alert: str, tmp_path: Path) -> None:
    """Prometheus' engine agrees with every expectation of the file."""
    write(tmp_path, for_promtool=True)
    shutil.copy(FOLDER / f"{alert}.yaml", tmp_path / "test.yml")
    done = subprocess.run(
        [find("promtool"), "test", "rules", "test.yml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_engine_notices_a_wrong_rule(tmp_path: Path) -> None:
    """The tests can fail: a TargetDown that fires when a target is up does not pass them."""
    write(tmp_path, for_promtool=True)
    path = tmp_path / "prometheus.yaml"
    path.write_text(path.read_text().replace("up == 0", "up == 1"))
    shutil.copy(FOLDER / "TargetDown.yaml", tmp_path / "test.yml")
    done = subprocess.run(
        [find("promtool"), "test", "rules", "test.yml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "does not fire while it is up" in done.stdout + done.stderr
