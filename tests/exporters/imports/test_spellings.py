"""How others write intervals, filters, placeholders and tables."""

from __future__ import annotations

import tomllib

import pytest

from exporters.imports.filters import Clause, clauses, matcher
from exporters.imports.intervals import duration, iso, schedule, span, spoken
from exporters.imports.placeholders import alone, blanked, default, placeholders, quoted, variable
from exporters.imports.toml_places import line, lines


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("60s", 60), ("300s", 300), ("1m30s", 90), ("1.5h", 5400), ("500ms", 0.5), ("1d", 86_400)]
    + [(text, None) for text in ("", "5", "m", "1h 30m", "-1m", "1x", "9" * 50 + "s")],
)
def test_durations(text: str, seconds: float | None) -> None:
    """As Go's time.ParseDuration and Prometheus read them."""
    assert duration(text) == seconds


def test_spans_and_iso_durations() -> None:
    """.NET's time spans, and what Azure Monitor takes."""
    assert [span(each) for each in ("00:05:00", "1.00:00:00", "5m")] == [300, 86_400, None]
    assert [iso(each) for each in ("PT5M", "pt1h30m", "P1D", "PT300S", "PT", "5m")] == [
        300,
        5400,
        86_400,
        300,
    ] + [None] * 2
    assert [spoken(each) for each in (60, 90, 3600, 86_400)] == ["1m", "1m30s", "1h", "24h"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0 * * ? * *", (60, True)),
        ("0 */2 * ? * *", (120, True)),
        ("0 0/15 * ? * *", (900, True)),
        ("*/5 * * * *", (300, True)),
        ("0 0 * ? * *", (3600, True)),
        ("0 0 6,18 ? * *", (43_200, True)),
        ("0 15 6 ? * *", (86_400, True)),
        ("0 15 6 ? * MON-FRI", (86_400, False)),
        ("0 0,10,40 * ? * *", (600, False)),
        ("*/30 * * * * *", (30, True)),
        ("0 0 8-17 * * *", (3600, False)),
    ]
    + [(text, None) for text in ("", "@hourly", "0 * *", "0 61 * * * *", "0 */0 * * * *", "0 a * * * *")],
)
def test_schedules(text: str, found: tuple[int, bool] | None) -> None:
    """The shortest pause between two runs, and whether there is no other; Promitor's have seconds first."""
    assert schedule(text) == found


def test_filters() -> None:
    """By the syntax of Azure Monitor's `$filter`: `or` stands between values, a value needs no quotes, a
    quote in it is doubled, and brackets are percent-encoded twice.
    """
    assert clauses("A eq 'a1' and B eq 'b1' or B eq 'b2' and C eq '*'") == [
        Clause("A", "eq", "a1"),
        Clause("B", "eq", "b1", "and"),
        Clause("B", "eq", "b2", "or"),
        Clause("C", "eq", "*", "and"),
    ]
    assert clauses("(HttpStatus eq 500)") == [Clause("HttpStatus", "eq", "500")]
    assert clauses("Instance Name EQ 'it''s and more'") == [Clause("Instance Name", "eq", "it's and more")]
    assert clauses("dim %2528test%2529 1 eq '*'") == [Clause("dim (test) 1", "eq", "*")]
    assert clauses("Operator eq or") == [Clause("Operator", "eq", "or")]
    assert clauses("nonsense") == [Clause("", "", "nonsense")]
    assert clauses("") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ApiName eq 'Get'", 'api_name="Get"'),
        ("ApiName eq 'Get' or ApiName eq 'P.t'", r'api_name=~"Get|P\\.t"'),
        ("ApiName ne 'Get'", 'api_name!="Get"'),
        ("ApiName ne 'Get' and ApiName ne 'Put'", 'api_name!~"Get|Put"'),
        ("ApiName sw 'Get'", 'api_name=~"Get.*"'),
        ("Region eq 'x'", 'dimension_region="x"'),
    ],
)
def test_a_filter_as_a_matcher(text: str, said: str) -> None:
    """What picks the same series in PromQL, by the label that the dimension becomes."""
    found = clauses(text)
    assert matcher(found[0].name, found) == said


def test_placeholders() -> None:
    """Telegraf's variables with their defaults, its secret stores, and what templates hold."""
    assert placeholders("a/${X}/$Y/{{ z }}/@{s:k}/<<ID>>") == "${X} and $Y and {{ z }} and @{s:k} and <<ID>>"
    assert placeholders("costs 5 $ or $5") == ""
    assert [variable(each) for each in ("${X}", "$X", "${X:-d}", "a${X}", "@{s:k}")] == [
        "X",
        "X",
        "X",
        "",
        "",
    ]
    assert [default(each) for each in ("${X:-d}", "${X-d}", "${X:?no}", "${X}")] == ["d", "d", "", ""]
    assert alone(" ${X} ") and not alone("${X}/${Y}")


def test_bare_placeholders_can_be_read() -> None:
    """Where a variable stands for a number, the file is none for a reader of TOML; texts stay as they are."""
    toml = 'a = ${A} # ${C}\nb = "${B}"\nc = \'$C\'\nd = """\n${D}\n"""\ne = [$E, {{ f }}]\n'
    assert tomllib.loads(quoted(toml)) == {
        "a": "${A}",
        "b": "${B}",
        "c": "$C",
        "d": "${D}\n",
        "e": ["$E", "{{ f }}"],
    }
    assert blanked(toml).count("\n") == toml.count("\n")


def test_lines_of_toml() -> None:
    """A key by its line, through the last table of each list; what has none by what holds it."""
    found = lines(
        '[agent]\n  interval = "10s"\n[[inputs.a]]\n  text = """\n[[inputs.a]]\n"""\n[[inputs.a]]\n'
        "  [[inputs.a.target]]\n    metrics = [\n      1,\n    ]\n"
    )
    assert line(found, ("agent", "interval")) == 2
    assert line(found, ("inputs", "a", 0, "text")) == 4
    assert line(found, ("inputs", "a", 1)) == 7
    assert line(found, ("inputs", "a", 1, "target", 0, "metrics", 0)) == 9
    assert line(found, ("nothing",)) == 1
