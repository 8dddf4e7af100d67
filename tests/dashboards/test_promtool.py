"""Where the lint's parser and Prometheus differ, Prometheus decides."""

from __future__ import annotations

import re

import promql_parser
import pytest

from catalogue.shipped import shipped
from dashboards.lint.options import Options
from dashboards.lint.run import lint
from dashboards.ours import exceptions, files
from estate.findings import Finding
from tests.dashboards.lint.sound import asking, findings
from tests.dashboards.places import ROOT
from tests.dashboards.promtool import refusal

PAGE = (ROOT / "docs" / "dashboards.md").read_text()
ROWS = re.findall(r"^\| `(.+)` \| (takes|refuses) \| (takes|refuses) \|$", PAGE, re.MULTILINE)


def test_prometheus_takes_every_query_of_ours() -> None:
    """And the lint can look into all of them."""
    options = Options(catalogue=shipped(), exceptions=tuple(exceptions()), refusal=refusal)
    assert lint(files(), options) == ()


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
    (found,) = of_query(query)
    if prometheus == "takes":
        assert found.severity == "warning"
    else:
        assert found.severity == "error"
        assert found.message.startswith("Prometheus refuses the query: ")


def of_query(query: str) -> list[Finding]:
    """What D-06 says of it."""
    rows = findings(asking(query), refusal=refusal)
    return [row for row in rows if (row.code, row.path) == ("D-06", "Up.A")]


def test_a_query_that_both_read_is_looked_into() -> None:
    """As without promtool."""
    assert of_query("up") == []
    assert "D-09" in [row.code for row in findings(asking("up"), refusal=refusal)]
