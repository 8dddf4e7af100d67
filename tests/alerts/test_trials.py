"""Every rule is tried out in Prometheus' own test engine, by what its case in `alerts/trials/cases` says."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from alerts.trials.cases import FOLDER, Case, Recorded, cases
from alerts.trials.trials import document
from deploy.engines import find
from tests.alerts.rendered import AT_ONCE, every_rule, rules

GROUPS = sorted(path.stem for path in FOLDER.glob("*.yaml"))


@cache
def _rules() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    return every_rule()


@cache
def _recording() -> Mapping[str, list[Mapping[str, Any]]]:
    return {
        file.name: [rule for group in file.document["groups"] for rule in group["rules"] if "record" in rule]
        for file in rules()
    }


def write(folder: Path, group: str, name: str, rule: Mapping[str, Any], case: Case | Recorded) -> str:
    """A rule with those of its group that record for it, and its tests; the name of the file of tests."""
    recording = [
        each for each in _recording()[group] if each["record"] in rule["expr"] or each["record"] == name
    ]
    file = name.replace(":", "_")
    content = {"groups": [{"name": group, "rules": recording if "record" in rule else [*recording, rule]}]}
    # JSON is YAML as well, and written in a fraction of the time.
    (folder / f"{file}.rules.yaml").write_text(json.dumps(content))
    tests = document(f"{file}.rules.yaml", rule, case)
    (folder / f"{file}.test.yaml").write_text(json.dumps(tests))
    return f"{file}.test.yaml"


def run(folder: Path, *files: str) -> tuple[bool, str]:
    """Whether Prometheus' engine agrees with all tests of the files, and what it says."""
    done = subprocess.run(
        [find("promtool"), "test", "rules", *files], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("group", GROUPS)
def test_rules_do_what_their_cases_say(group: str, tmp_path: Path) -> None:
    """Each fires, does not fire and recovers as its case says, and of two clusters for the right one."""
    files = [write(tmp_path, group, name, _rules()[group][name], case) for name, case in cases(group).items()]
    agreed, said = run(tmp_path, *files)
    assert agreed, said


def test_every_rule_has_a_case() -> None:
    """No rule without one, and no case of a rule that is gone."""
    tried = {(group, name) for group in GROUPS for name in cases(group)}
    there = {(group, name) for group, rules in _rules().items() for name in rules if name not in AT_ONCE}
    assert tried == there


def test_every_case_comes_near() -> None:
    """A case also has what is only just well, unless its alert is about something that is there or not."""
    bare = {
        f"{group}: {name}"
        for group in GROUPS
        for name, case in cases(group).items()
        if isinstance(case, Case) and not case.near and _bounded(_rules()[group][name]["expr"])
    }
    assert not bare


def _bounded(expr: str) -> bool:
    """Whether it compares with anything but nothing, or looks at several series."""
    plain = expr.replace("> 0", "").replace("== 0", "").replace("== 1", "").replace("!= 0", "")
    return any(sign in plain for sign in ("<", ">", " and ", " unless "))


@pytest.mark.parametrize(
    ("part", "other", "name"),
    [
        ("expr", "min by (cluster, component, job, instance) (up) == 1", "does not fire while all is well"),
        ("expr", "max by (component, job, instance) (up) == 0", "two clusters"),
        ("expr", "max by (cluster, component, job) (up) == 0", "fires after 600s"),
        ("for", "9m", "fires after 600s"),
        ("for", "11m", "fires after 600s"),
    ],
)
def test_a_wrong_rule_is_noticed(part: str, other: str, name: str, tmp_path: Path) -> None:
    """The tests can fail: each change of a rule that matters makes one of them fail."""
    rule = _rules()["prometheus"]["TargetDown"]
    case = cases("prometheus")["TargetDown"]
    file = write(tmp_path, "prometheus", "TargetDown", rule, case)
    written = yaml.safe_load((tmp_path / "TargetDown.rules.yaml").read_text())
    written["groups"][0]["rules"][-1][part] = other
    (tmp_path / "TargetDown.rules.yaml").write_text(yaml.safe_dump(written))
    agreed, said = run(tmp_path, file)
    assert not agreed
    assert name in said
