"""A-01 and A-02: what promtool and pint say, at the place where it is, by the real programs in one run."""

from __future__ import annotations

import pytest

from alerts.lint.run import lint
from estate.findings import Finding
from singlepane.built_rules import built
from singlepane.rule_programs import ask
from tests.alerts.lint.sound import ALERT, SOUND, changed
from tests.alerts.rendered import rules

OBJECT = """\
apiVersion: v1
kind: List
items:
  - apiVersion: monitoring.coreos.com/v1
    kind: PrometheusRule
    metadata: {name: shop}
    spec:
"""
# Lines that are wrong in the sound file, and what is said of which line.
WRONG = {
    "expression": (("rate(orders_total[5m]))\n      - alert", "rate(orders_total[5m])\n      - alert"), 5),
    "template": (("{{ $labels.cluster }} fail", "{{ $label.cluster }} fail"), 6),
    "duration": (("for: 10m", "for: 10 minutes"), 11),
    "key twice": (("        for: 10m\n", "        for: 10m\n        for: 5m\n"), 12),
    "key unknown": (("        for: 10m\n", "        four: 10m\n"), 11),
}


@pytest.fixture(scope="module")
def all_found() -> tuple[Finding, ...]:
    """Of all that is wrong here, in one run."""
    texts = [(name, changed(change)) for name, (change, _) in WRONG.items()]
    texts.append(("twice", SOUND + ALERT))
    texts.append(("group twice", SOUND + SOUND.removeprefix("groups:\n")))
    texts.append(("pint", changed(("orders_total{status=", "orders_total{status=~"))))
    indented = "".join(f"      {line}\n" for line in SOUND.splitlines())
    inside = indented.replace("orders_total{status=", "orders_total{status=~")
    texts.append(("object", OBJECT + inside))
    reason = "        # lint: A-02 promql/regexp because it will be more\n        for: 10m\n"
    excepted = (("orders_total{status=", "orders_total{status=~"), ("        for: 10m\n", reason))
    texts.append(("excepted", changed(*excepted)))
    texts.append(("thanos", changed(("    rules:\n", "    partial_response_strategy: warn\n    rules:\n"))))
    return lint(texts, ask, share=False)


@pytest.mark.parametrize("name", WRONG)
def test_what_prometheus_refuses(name: str, all_found: tuple[Finding, ...]) -> None:
    """At its line, once, as A-01."""
    found = [(row.code, row.position.line) for row in all_found if row.position.file == name]
    assert found.count(("A-01", WRONG[name][1])) == 1, found
    assert {code for code, _ in found} <= {"A-01", "A-06"}


def test_what_is_there_twice(all_found: tuple[Finding, ...]) -> None:
    """A rule, which is promtool's lint, and a group."""
    twice = [row for row in all_found if row.position.file == "twice" and row.code == "A-01"]
    line = SOUND.count("\n") + 1
    assert [(row.position.line, row.path) for row in twice] == [(line, "OrdersFail")]
    group = [row for row in all_found if row.position.file == "group twice"]
    assert ("A-01", line, 'groupname: "shop" is repeated in the same file') in {
        (row.code, row.position.line, row.message) for row in group
    }


def test_what_pint_finds(all_found: tuple[Finding, ...]) -> None:
    """In a file and within an object of a list, at the line of each; nothing where a comment says why, nor of
    what Thanos Rule alone has.
    """
    found = {
        (row.position.file, row.position.line, row.path)
        for row in all_found
        if row.code == "A-02" and "promql/regexp" in row.message
    }
    line = 1 + SOUND[: SOUND.index("status=")].count("\n")
    above = OBJECT.count("\n")
    assert found == {("pint", line, "OrdersFail"), ("object", line + above, "OrdersFail")}
    assert not [row for row in all_found if row.position.file in ("excepted", "thanos")]


def test_ours_pass() -> None:
    """All our alerts, as files and as objects, with no finding, and no exception without use."""
    files = list(built(rules()))
    assert lint(files, ask) == ()
    assert lint(list(built(rules(), objects=True)), ask) == ()
