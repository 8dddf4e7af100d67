"""D-10: results that lose their cluster."""

from __future__ import annotations

import pytest

from dashboards.lint.rules import d10_kept
from tests.dashboards.lint.sound import OURS, asking, excepted, findings, said

CODE = d10_kept.RULE.code


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        (f"sum by (cluster) (up{{{OURS}}})", ""),
        (f"topk(3, up{{{OURS}}})", ""),
        (f"sum(up{{{OURS}}})", "the result has no cluster: sum without `by` drops it"),
        (f"sum by (job) (up{{{OURS}}})", "the result has no cluster: sum by (job) drops it"),
        (f"up{{{OURS}}} * on (node) up{{{OURS}}}", "the result has no cluster: * on (node) drops it"),
        (
            f"up{{{OURS}}} * on (node) group_left () up{{{OURS}}}",
            "`* on (node)` joins series of different clusters",
        ),
        ("time()", ""),
    ],
)
def test_results(expr: str, message: str) -> None:
    """With the operation that drops it."""
    found = [said_ for _, said_ in said(asking(expr), CODE)]
    assert (message in found) if message else (found == [])


def test_one_figure_on_purpose_is_excepted_by_name() -> None:
    """One panel of one dashboard, and no other."""
    document = asking(f"sum(up{{{OURS}}})")
    document["panels"][1]["targets"] = document["panels"][0]["targets"]
    assert [where for where, _ in said(document, CODE)] == ["Up.A", "Over time.A"]
    exceptions = (excepted(CODE, "Up.A"),)
    assert [where for where, _ in said(document, CODE, exceptions=exceptions)] == ["Over time.A"]


def test_an_exception_that_excepts_nothing_is_found() -> None:
    """None goes stale."""
    document = asking(f"sum by (cluster) (up{{{OURS}}})")
    (found,) = findings(document, exceptions=(excepted(CODE, "Up.A"),))
    assert (found.code, found.message) == (CODE, "an exception for Up.A of shop excepts nothing")
