"""What the person on call reads: the annotations of every alert as Prometheus' own engine writes them.

`SINGLEPANE_GOLDEN=write` keeps them anew, in `tests/data/alerts/texts`: read what changed before you commit
it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from alerts.links import BY_COMPONENT
from alerts.rules import CONTENTS
from alerts.trials.cases import Case, cases
from alerts.trials.trials import fires_at, firing
from estate.quantities import seconds
from tests.alerts.rendered import BASE_URL, every_rule
from tests.alerts.test_trials import GROUPS, run, write

GOLDEN = Path(__file__).parents[1] / "data" / "alerts" / "texts"
WRITE = os.environ.get("SINGLEPANE_GOLDEN") == "write"
BOARDS = {content.name: content.board for content in CONTENTS}
_RULES = every_rule()
# What a label that is not there leaves behind, and a template that is none.
_GAP = re.compile(r"<no value>|%!|\{\{|\}\}|  | [.,:;)]|\( |(?<!:)//| of (has|is|in)\b")


def _tried(group: str) -> Mapping[str, Case]:
    return {name: case for name, case in cases(group).items() if isinstance(case, Case)}


def _dashboard(rule: Mapping[str, Any], group: str, case: Case) -> str:
    """The dashboard with what the alert is about chosen, from an hour before it began to wait to half an hour
    after it was seen to fire.
    """
    board = BY_COMPONENT.get(case.expects["component"], BOARDS[group])
    chosen = f"var-cluster={case.expects.get('cluster', 'prod-weu')}"
    if board == "workload" and "namespace" in case.expects:
        chosen += f"&var-namespace={case.expects['namespace']}"
    at, waits = fires_at(rule, case), seconds(rule["for"])
    around = f"from={1000 * (at - waits - 3600)}&to={1000 * (at + 1800)}"
    return f"{BASE_URL}/dashboards/singlepane-{board}?{chosen}&{around}"


def _test(name: str, group: str, case: Case, said: Mapping[str, str] | None) -> Mapping[str, Any]:
    rule = _RULES[group][name]
    links = {"runbook_url": f"{BASE_URL}/runbooks/{name}", "dashboard_url": _dashboard(rule, group, case)}
    expected = [
        {"exp_labels": {"team": "platform", **case.expects}, "exp_annotations": {**(said or {}), **links}}
    ]
    check = {"alertname": name, "eval_time": f"{fires_at(rule, case)}s", "exp_alerts": expected}
    return {
        "name": name,
        "interval": f"{case.interval}s",
        "external_labels": {"cluster": "prod-weu"},
        "input_series": firing(rule, case),
        "alert_rule_test": [check],
    }


def _file(folder: Path, group: str, name: str, case: Case, said: Mapping[str, str] | None) -> str:
    write(folder, group, name, _RULES[group][name], case)
    document = {
        "rule_files": [f"{name}.rules.yaml"],
        "evaluation_interval": f"{case.interval}s",
        "tests": [_test(name, group, case, said)],
    }
    (folder / f"{name}.texts.yaml").write_text(json.dumps(document))
    return f"{name}.texts.yaml"


def _read(folder: Path, group: str, name: str, case: Case) -> Mapping[str, str]:
    """What promtool says that it got, in its complaint about nothing being expected."""
    _, said = run(folder, _file(folder, group, name, case, None))
    got = re.search(r"got:\[(.*)\]", said, re.DOTALL)
    assert got, said
    found = {}
    for key in ("summary", "description"):
        text = re.search(rf'{key}="((?:\\.|[^"\\])*)"', got[1])
        assert text, said
        found[key] = text[1].replace('\\"', '"').replace("\\\\", "\\")
    return found


@pytest.mark.parametrize("group", [group for group in GROUPS if _tried(group)])
def test_alerts_say_what_a_person_can_read(group: str, tmp_path: Path) -> None:
    """Summary and description of each alert, filled in by Prometheus, are those that were read over."""
    golden = GOLDEN / f"{group}.yaml"
    if WRITE:
        texts = {name: _read(tmp_path, group, name, case) for name, case in _tried(group).items()}
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(yaml.safe_dump(texts, sort_keys=False, width=110, allow_unicode=True))
    texts = yaml.safe_load(golden.read_text())
    assert texts.keys() == _tried(group).keys()
    files = [_file(tmp_path, group, name, case, texts[name]) for name, case in _tried(group).items()]
    agreed, said = run(tmp_path, *files)
    assert agreed, said


@pytest.mark.parametrize("group", [group for group in GROUPS if _tried(group)])
def test_no_text_has_a_gap(group: str) -> None:
    """No label that is not there, no broken template, no summary that fills a telephone's screen."""
    for name, said in yaml.safe_load((GOLDEN / f"{group}.yaml").read_text()).items():
        for text in said.values():
            assert not _GAP.search(text), f"{name}: {text}"
            assert text.endswith("."), f"{name}: {text}"
        assert len(said["summary"]) <= 120, f"{name}: {said['summary']}"


def test_no_text_of_a_group_that_is_gone() -> None:
    """Each file is about a group."""
    assert sorted(path.stem for path in GOLDEN.glob("*.yaml")) == [each for each in GROUPS if _tried(each)]
