"""Where the lint's parser and Prometheus differ, Prometheus decides."""

from __future__ import annotations

import re

import promql_parser
import pytest

from dashboards import DASHBOARDS, lint
from dashboards.lint_query import problems
from dashboards.values import Query
from tests.dashboards.catalogue import ROOT, catalogue
from tests.dashboards.promtool import refusal

PAGE = (ROOT / "docs" / "dashboards.md").read_text()
ROWS = re.findall(r"^\| `(.+)` \| (takes|refuses) \| (takes|refuses) \|$", PAGE, re.MULTILINE)


def test_prometheus_takes_every_query_of_ours() -> None:
    """And the lint can look into all of them."""
    assert lint.lint(DASHBOARDS, catalogue(), refusal) == ()


@pytest.mark.parametrize(("query", "parser", "prometheus"), ROWS)
def test_the_table_of_differences_is_true(query: str, parser: str, prometheus: str) -> None:
    """Of the versions that are pinned: the parser's word and Prometheus' word on the same text."""
    assert parser != prometheus
    assert ("refuses" if refusal(query) else "takes") == prometheus
    if parser == "takes":
        promql_parser.parse(query)
    else:
        with pytest.raises(ValueError, match=r"."):
            promql_parser.parse(query)


@pytest.mark.parametrize(("query", "parser", "prometheus"), ROWS)
def test_prometheus_has_the_last_word(query: str, parser: str, prometheus: str) -> None:
    """What it takes is no error, what it refuses is one, whatever the parser says."""
    (code, said) = next(problems(Query(query), None, refusal))
    if prometheus == "takes":
        assert code == "dashboard-unread"
    else:
        assert code == "dashboard-promql"
        assert said.startswith("Prometheus refuses the query: ")


def test_a_query_that_both_read_is_looked_into() -> None:
    """As without promtool."""
    assert [code for code, _ in problems(Query("up"), None, refusal)] == ["dashboard-cluster"]
