"""The trial on a real Grafana does its steps with the double, too, and fails where one does not hold."""

from __future__ import annotations

import pytest

from tests.dashboards import real_grafana
from tests.dashboards.publishing.double import EDITOR, Double, running

ONE = real_grafana.trial()[:2]


def tried(grafana: Double, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    """Exit code, and what is said."""
    monkeypatch.setenv("SINGLEPANE_GRAFANA_URL", grafana.url)
    monkeypatch.setenv("SINGLEPANE_GRAFANA_TOKEN", EDITOR)
    monkeypatch.setattr(real_grafana, "trial", lambda: ONE)
    said: list[str] = []
    return real_grafana.main(said.append), said


@pytest.mark.parametrize("major", [11, 12, 13])
def test_every_step_holds_and_nothing_is_left(major: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was there before stays."""
    with running(Double(major=major)) as grafana:
        grafana.folders["team"] = "Team"
        grafana.put({**ONE[0], "uid": "singlepane-estate"}, "team")
        code, said = tried(grafana, monkeypatch)
        assert code == 0, said
        assert len(said) == 5 + len(ONE)
        assert set(grafana.kept) == {"singlepane-estate"}
        assert grafana.folders == {"team": "Team"}


def test_a_step_that_does_not_hold_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Grafana that takes every save."""
    with running(Double()) as grafana:
        grafana.before_save = grafana.kept.clear
        code, said = tried(grafana, monkeypatch)
        assert code == 1
        assert said[-1].startswith("FAILED: ")


def test_without_a_grafana_it_says_how_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """And is no success."""
    monkeypatch.delenv("SINGLEPANE_GRAFANA_URL", raising=False)
    said: list[str] = []
    assert real_grafana.main(said.append) == 2
    assert said[0].startswith("not run: set SINGLEPANE_GRAFANA_URL")
