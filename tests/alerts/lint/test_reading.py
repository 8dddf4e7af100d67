"""Files that are no rules, and what is left of comments: each is said, and none is a traceback."""

from __future__ import annotations

import pytest

from tests.alerts.lint.sound import SOUND, changed, findings

NOTHING = "this comment excepts nothing: it names no rule, or no reason"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('groups:\n  - name: "a\n', 2, "the quote that opens here is never closed"),
        ("groups:\n\t- name: a\n", 2, "a tab indents this line"),
        ("", 0, "the file is empty"),
        ("# nothing\n---\n", 0, "the file is empty"),
        ("panels: []\n", 1, "this is no rule file and no PrometheusRule"),
        ("- 1\n", 1, "this is no rule file and no PrometheusRule"),
        ("groups: 5\n", 1, "`groups` is no list of groups"),
        ("kind: PrometheusRule\nspec: {}\n", 2, "`groups` is no list of groups"),
        ("kind: List\nitems: []\n", 1, "this is no rule file and no PrometheusRule"),
        ("groups: []\n", 0, "there is no rule in it"),
        (f"groups: {'[' * 60}{']' * 60}\n", 1, "this lies deeper than 50 levels"),
        (f"{SOUND}---\ngroups: []\n", 22, "Prometheus reads the first document of a rule file, and no other"),
        ("groups:\n  - name: a\n    rulez: []\n", 3, "a group has no key 'rulez'"),
        (changed(("        for: 10m", "        for: 10 min")), 11, "'10 min' is no duration"),
        (f"# lint: A-06\n{SOUND}", 1, NOTHING),
        (f"# lint: A-02 because x\n{SOUND}", 1, NOTHING),
    ],
)
def test_what_cannot_be_read(text: str, line: int, message: str) -> None:
    """One finding with a line where there is one, and a remedy."""
    found = findings(text)
    assert [(row.code, row.position.line, row.message) for row in found] == [("A-01", line, message)]
    assert found[0].fix


def test_odd_rules_are_left_to_prometheus() -> None:
    """What is no rule is not looked into, and nothing breaks over it."""
    odd = "[5, {}, {alert: 7, expr: {a: 1}}, {alert: X}, {record: [1]}, {labels: 5, alert: Y, expr: up}]"
    assert {row.code for row in findings(f"groups: [4, {{name: y, rules: {odd}}}]")} <= {
        *("A-01", "A-03", "A-04", "A-06")
    }
