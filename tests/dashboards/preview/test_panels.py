"""Each kind of panel on small recorded answers."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.preview.making import Tile
from dashboards.preview.panels import PANELS
from tests.dashboards.preview.answers import board, made, panel

LINES = [({"cluster": "weu"}, [1.0, 2.0, 3.0]), ({"cluster": "neu"}, [4.0, 5.0, 6.0])]


def tile(document: dict[str, Any], answers: dict[str, Any]) -> Tile:
    """The one tile of a page."""
    page, _ = made(board(document), answers)
    return page.tiles()[0]


def test_timeseries_draws_each_series_by_its_rules() -> None:
    """Names of the one label, formatted values, a stack, an override's colour and unit."""
    defaults = {"unit": "bytes", "custom": {"fillOpacity": 10, "stacking": {"mode": "normal"}}}
    overrides = [
        {
            "matcher": {"id": "byName", "options": "neu"},
            "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": "red"}}],
        }
    ]
    drawn = tile(
        panel("timeseries", "x", fieldConfig={"defaults": defaults, "overrides": overrides}), {"x": LINES}
    )
    assert drawn.drawing.figure is not None
    one, other = drawn.drawing.figure["data"]
    assert (one["name"], one["y"], one["text"]) == ("weu", [1.0, 2.0, 3.0], ["1 B", "2 B", "3 B"])
    assert other["line"]["color"] == "#F2495C"
    assert one["stackgroup"] == other["stackgroup"]
    assert drawn.drawing.figure["layout"]["yaxis"]["range"][0] == 0
    assert [entry.name for entry in drawn.drawing.legend.entries] == ["weu", "neu"]


def test_a_gap_in_the_data_is_a_gap_in_the_line() -> None:
    """A missing step becomes a missing point."""
    values = [[1_699_999_000, "1"], [1_699_999_015, "2"], [1_699_999_060, "3"]]
    answer = {"data": {"resultType": "matrix", "result": [{"metric": {"a": "b"}, "values": values}]}}
    drawn = tile(panel("timeseries", "x"), {"x": answer})
    assert drawn.drawing.figure is not None
    assert drawn.drawing.figure["data"][0]["y"] == [1.0, 2.0, None, 3.0]


def test_an_area_has_gaps_where_the_line_has() -> None:
    """Each part is a trace of its own, and the legend's one entry stands for all."""
    values = [[1_699_999_000, "1"], [1_699_999_015, "2"], [1_699_999_060, "3"], [1_699_999_075, "4"]]
    answer = {"data": {"resultType": "matrix", "result": [{"metric": {"a": "b"}, "values": values}]}}
    defaults = {"custom": {"fillOpacity": 10}}
    drawn = tile(panel("timeseries", "x", fieldConfig={"defaults": defaults}), {"x": answer}).drawing
    assert drawn.figure is not None
    assert [trace["y"] for trace in drawn.figure["data"]] == [[1.0, 2.0], [3.0, 4.0]]
    assert [entry.traces for entry in drawn.legend.entries] == [(0, 1)]


def test_legends_calculate() -> None:
    """As a table, in the order that the panel asks for."""
    legend = {"displayMode": "table", "calcs": ["mean", "max"], "sortBy": "Max", "sortDesc": True}
    drawn = tile(panel("timeseries", "x", options={"legend": legend}), {"x": LINES})
    assert drawn.drawing.legend.columns == ("Mean", "Max")
    assert [(one.name, one.values, one.traces) for one in drawn.drawing.legend.entries] == [
        ("neu", ("5", "6"), (1,)),
        ("weu", ("2", "3"), (0,)),
    ]


def test_thresholds_across_the_picture() -> None:
    """A dashed line at the value."""
    defaults = {
        "custom": {"thresholdsStyle": {"mode": "dashed"}},
        "thresholds": {"steps": [{"color": "green", "value": None}, {"color": "red", "value": 5}]},
    }
    drawn = tile(panel("timeseries", "x", fieldConfig={"defaults": defaults}), {"x": LINES})
    assert drawn.drawing.figure is not None
    shape = drawn.drawing.figure["layout"]["shapes"][0]
    assert (shape["y0"], shape["line"]["color"], shape["line"]["dash"]) == (5.0, "#F2495C", "dash")


def test_stat_shows_value_colour_and_words() -> None:
    """The unit, the threshold's colour, and a mapping's text."""
    steps = [{"color": "green", "value": None}, {"color": "red", "value": 2}]
    defaults = {"unit": "percentunit", "thresholds": {"mode": "absolute", "steps": steps}}
    found = tile(panel("stat", "x", instant=True, fieldConfig={"defaults": defaults}), {"x": [({}, [3.0])]})
    assert "300%" in found.drawing.html
    assert "--tone:#F2495C" in found.drawing.html
    mapped = defaults | {
        "mappings": [{"type": "value", "options": {"3": {"text": "three", "color": "blue"}}}]
    }
    found = tile(panel("stat", "x", instant=True, fieldConfig={"defaults": mapped}), {"x": [({}, [3.0])]})
    assert "three" in found.drawing.html
    assert "--tone:#5794F2" in found.drawing.html


def test_missing_is_not_zero() -> None:
    """No result shows the panel's own words and a badge; zero is zero."""
    document = panel("stat", "x", instant=True, fieldConfig={"defaults": {"noValue": "no upload yet"}})
    empty = tile(document, {"x": []})
    assert empty.state == "empty"
    assert tile(document, {"x": [({}, [0.0])]}).state == "shown"


def test_table_merges_renames_and_links() -> None:
    """Several instant queries as one table; a link carries the row's value and stays in the preview."""
    answers = {
        "a": [({"cluster": "weu"}, [1.0]), ({"cluster": "a&b"}, [2.0])],
        "b": [({"cluster": "weu"}, [0.25])],
    }
    overrides = [
        {
            "matcher": {"id": "byName", "options": "Share"},
            "properties": [{"id": "unit", "value": "percentunit"}],
        },
        {
            "matcher": {"id": "byName", "options": "cluster"},
            "properties": [
                {"id": "links", "value": [{"title": "Open", "url": "/d/other?var-cluster=${__value.raw}"}]}
            ],
        },
    ]
    organize = {"excludeByName": {"Time": True}, "renameByName": {"Value #A": "Count", "Value #B": "Share"}}
    document = panel(
        "table",
        "a",
        "b",
        instant=True,
        form="table",
        fieldConfig={"defaults": {}, "overrides": overrides},
        transformations=[{"id": "merge", "options": {}}, {"id": "organize", "options": organize}],
    )
    page, _ = made(board(document), answers, links="/dashboards/")
    html = page.tiles()[0].drawing.html
    assert html.count("<tr>") == 3
    assert ">25%<" in html
    assert 'href="/dashboards/other?var-cluster=a%26b"' in html


def test_bargauge_gauge_and_piechart() -> None:
    """Each value with its name."""
    for kind in ("bargauge", "gauge"):
        html = tile(panel(kind, "x", instant=True), {"x": LINES}).drawing.html
        assert "weu" in html and "neu" in html
    pie = tile(panel("piechart", "x", instant=True), {"x": LINES}).drawing.figure
    assert pie is not None
    assert (pie["data"][0]["labels"], pie["data"][0]["values"]) == (["weu", "neu"], [3.0, 6.0])


def test_heatmap_takes_buckets_apart() -> None:
    """Cumulative counts become those of each bucket; the last bound is the largest."""
    rows = [({"le": "+Inf"}, [9.0, 9.0]), ({"le": "1"}, [5.0, 4.0]), ({"le": "0.5"}, [2.0, 4.0])]
    found = tile(panel("heatmap", "x", form="heatmap"), {"x": rows}).drawing.figure
    assert found is not None
    assert found["data"][0]["z"] == [[2.0, 4.0], [3.0, None], [4.0, 5.0]]


def test_states_become_bars() -> None:
    """Equal neighbours are one bar in a timeline and cells in a history."""
    mappings = [
        {
            "type": "value",
            "options": {"0": {"text": "down", "color": "red"}, "1": {"text": "up", "color": "green"}},
        }
    ]
    rows = [({"job": "a"}, [1.0, 1.0, 0.0])]
    for kind, bars in (("state-timeline", 2), ("status-history", 3)):
        found = tile(panel(kind, "x", fieldConfig={"defaults": {"mappings": mappings}}), {"x": rows})
        assert found.drawing.figure is not None
        assert sum(len(trace["x"]) for trace in found.drawing.figure["data"]) == bars
        assert {entry.name for entry in found.drawing.legend.entries} == {"up", "down"}


def test_histogram_and_barchart() -> None:
    """How often each size occurs; a bar for each series."""
    counted = tile(panel("histogram", "x"), {"x": [({}, [1.0, 1.0, 9.0])]}).drawing.figure
    assert counted is not None
    assert sum(counted["data"][0]["y"]) == 3
    bars = tile(panel("barchart", "x", instant=True), {"x": LINES}).drawing.figure
    assert bars is not None
    assert bars["data"][0]["y"] == [3.0, 6.0]
    assert bars["layout"]["xaxis"]["ticktext"] == ["weu", "neu"]


def test_text_is_markdown_without_markup() -> None:
    """Structure, links to pages, and the variables of titles; tags stay letters."""
    content = "# Of $who\n\n<b>not bold</b> [a](https://example.com) [b](/etc)"
    document = board(
        panel("text", options={"mode": "markdown", "content": content}),
        templating={"list": [{"name": "who", "type": "custom", "query": "you"}]},
    )
    html = made(document, {})[0].tiles()[0].drawing.html
    assert "<h1>Of you</h1>" in html
    assert "&lt;b&gt;not bold" in html
    assert 'href="https://example.com"' in html
    assert 'href="#"' in html


def test_lists() -> None:
    """An alert list asks for alerts; what only a Grafana has is said."""
    alert = {"alertname": "NodeNotReady", "alertstate": "firing", "cluster": "weu"}
    page, recorded = made(
        board(panel("alertlist"), panel("news"), panel("dashlist")),
        {'ALERTS{alertstate=~"firing|pending"}': [(alert, [1.0])]},
    )
    assert len(recorded.exprs()) == 1
    alerts, news, dashes = (one.drawing.html for one in page.tiles())
    assert "NodeNotReady" in alerts and "cluster=weu" in alerts
    assert "nothing of that is fetched here" in news and "nothing of that is fetched here" in dashes


def test_logs_of_another_data_source_are_said_to_be_left_out() -> None:
    """Nothing is asked."""
    document = panel("logs", '{app="x"}', datasource={"type": "loki", "uid": "l"})
    page, recorded = made(board(document), {})
    assert recorded.exprs() == []
    assert page.tiles()[0].notes == ("not shown: it asks a data source of kind “loki”",)


def test_panels_of_before_are_drawn_as_what_took_their_place() -> None:
    """graph and singlestat, with their axes, colours and thresholds."""
    graph = panel(
        "graph",
        "x",
        yaxes=[{"format": "s", "min": 0}],
        stack=True,
        fill=10,
        seriesOverrides=[{"alias": "/we./", "color": "#EAB839"}],
        fieldConfig=None,
    )
    found = tile(graph, {"x": LINES})
    assert found.drawing.figure is not None
    assert found.drawing.figure["data"][0]["line"]["color"] == "#EAB839"
    assert found.drawing.figure["data"][0]["text"][1] == "2 s"
    single = panel(
        "singlestat",
        "x",
        instant=True,
        format="percent",
        thresholds="80,90",
        colors=["green", "orange", "red"],
        colorValue=True,
    )
    assert "--tone:#F2495C" in tile(single, {"x": [({}, [95.0])]}).drawing.html


@pytest.mark.parametrize("kind", PANELS)
def test_no_kind_breaks_without_data(kind: str) -> None:
    """An empty answer, and one that fails."""
    assert tile(panel(kind, "x"), {"x": []}).errors == ()
    failing = {"x": {"data": {"resultType": "nonsense", "result": [1, {"metric": 3, "values": [["a"]]}]}}}
    assert tile(panel(kind, "x"), failing).errors == ()
