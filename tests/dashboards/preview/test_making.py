"""Pages as a whole: variables, times, repetitions, failures, and what is asked for them."""

from __future__ import annotations

from typing import Any

import httpx

from tests.dashboards.preview.answers import NOW, board, made, panel

CLUSTER = {
    "name": "cluster",
    "type": "query",
    "query": {"query": "label_values(up, cluster)", "refId": "x"},
    "multi": True,
    "includeAll": True,
    "sort": 1,
    "current": {"text": ["All"], "value": ["$__all"]},
}
VALUES = {"/api/v1/label/cluster/values": ["weu", "neu", "a.b"]}


def with_(*variables: dict[str, Any]) -> dict[str, Any]:
    """The part of a dashboard that holds variables."""
    return {"templating": {"list": list(variables)}}


def test_all_is_every_value_escaped() -> None:
    """Sorted, and a dot is a dot."""
    _, recorded = made(
        board(panel("stat", 'up{cluster=~"$cluster"}', instant=True), **with_(CLUSTER)), VALUES
    )
    assert recorded.exprs() == [r'up{cluster=~"(a\\.b|neu|weu)"}']
    assert recorded.asked[0][1]["match[]"] == ["up"]


def test_all_has_the_text_that_the_variable_gives_it() -> None:
    """`allValue` goes in raw."""
    variable = CLUSTER | {"allValue": ".*"}
    _, recorded = made(
        board(panel("stat", 'up{cluster=~"$cluster"}', instant=True), **with_(variable)), VALUES
    )
    assert recorded.exprs() == ['up{cluster=~".*"}']


def test_the_reader_s_choice_is_taken() -> None:
    """Also one that the API does not list: it may have come and gone."""
    page, recorded = made(
        board(panel("stat", 'up{cluster=~"$cluster"}', instant=True, title="Of $cluster"), **with_(CLUSTER)),
        VALUES,
        chosen={"cluster": ["weu", "gone"]},
    )
    assert recorded.exprs() == ['up{cluster=~"(weu|gone)"}']
    assert page.tiles()[0].title == "Of weu + gone"


def test_a_variable_follows_the_one_in_its_query() -> None:
    """Whatever their order."""
    node = {"name": "node", "type": "query", "query": 'label_values(up{cluster=~"$cluster"}, node)'}
    page, recorded = made(
        board(**with_(node, CLUSTER)),
        VALUES | {"/api/v1/label/node/values": ["n1", "n2"]},
        chosen={"cluster": ["weu"]},
    )
    assert recorded.asked[1][1]["match[]"] == ['up{cluster=~"weu"}']
    assert [one.chosen for one in page.choices] == [("n1",), ("weu",)]


def test_kinds_of_variables() -> None:
    """custom, interval with auto, textbox, query_result with a regular expression, data source."""
    page, _ = made(
        board(
            **with_(
                {"name": "a", "type": "custom", "query": "one, Two : 2"},
                {
                    "name": "b",
                    "type": "interval",
                    "query": "1m,5m",
                    "auto": True,
                    "auto_count": 60,
                    "current": {"value": "$__auto_interval_b"},
                },
                {"name": "c", "type": "textbox", "query": "typed"},
                {"name": "d", "type": "query", "query": "query_result(top)", "regex": '/node="([^"]+)"/'},
                {"name": "e", "type": "datasource", "query": "prometheus"},
                {"name": "f", "type": "adhoc"},
            )
        ),
        {"top": [({"node": "n1"}, [1.0])]},
    )
    assert [one.chosen for one in page.choices] == [
        ("one",),
        ("1m",),
        ("typed",),
        ("n1",),
        ("prometheus",),
        ("",),
    ]
    assert page.choices[0].options == (("one", "one"), ("Two", "2"))
    assert page.problems == ("f: a variable of kind “adhoc” is not filled in",)


def test_panels_repeat_for_each_value() -> None:
    """Side by side, each with its own value; what is below moves down."""
    document = board(
        panel(
            "stat", 'up{cluster=~"$cluster"}', instant=True, title="$cluster", repeat="cluster", maxPerRow=2
        ),
        panel("text", gridPos={"x": 0, "y": 8, "w": 24, "h": 2}),
        **with_(CLUSTER),
    )
    page, recorded = made(document, VALUES)
    assert [(one.title, one.panel.place.x, one.panel.place.y) for one in page.tiles()] == [
        ("a.b", 0, 0),
        ("neu", 12, 0),
        ("weu", 0, 8),
        ("A text", 0, 16),
    ]
    assert sorted(recorded.exprs()) == [r'up{cluster=~"a\\.b"}', 'up{cluster=~"neu"}', 'up{cluster=~"weu"}']


def test_rows_repeat_and_fold() -> None:
    """A folded row asks nothing until it is opened."""
    row = {
        "type": "row",
        "id": 7,
        "title": "In $cluster",
        "collapsed": True,
        "repeat": "cluster",
        "panels": [panel("stat", "up", instant=True)],
    }
    page, recorded = made(board(row, **with_(CLUSTER)), VALUES, opened=frozenset())
    assert [(one.title, one.folded) for one in page.shelves] == [
        ("In a.b", True),
        ("In neu", True),
        ("In weu", True),
    ]
    assert recorded.exprs() == []
    page, _ = made(board(row, **with_(CLUSTER)), VALUES)
    assert len(page.tiles()) == 3


def test_a_query_is_asked_once_and_on_its_step() -> None:
    """Two panels with one question; ends that lie on the step."""
    _, recorded = made(board(panel("timeseries", "up"), panel("timeseries", "up")), {"up": [({}, [1.0])]})
    ((path, form),) = recorded.asked
    assert path == "/api/v1/query_range"
    assert form["step"] == ["15.000"]
    assert (float(form["start"][0]) % 15, float(form["end"][0]) % 15) == (0, 0)


def test_the_time_that_is_asked_for() -> None:
    """The reader's before the dashboard's; nonsense is said and becomes the last hour."""
    page, _ = made(board(), {}, since="now-5m")
    assert page.scope.end - page.scope.begin == 300_000
    page, _ = made(board(), {}, since="tomorrow")
    assert page.scope.end == NOW * 1_000
    assert page.problems == ("“tomorrow” to “now” is no time; the last hour is shown.",)


def test_a_panel_of_another_time() -> None:
    """`timeFrom` and `timeShift`."""
    _, recorded = made(board(panel("timeseries", "up", timeFrom="2h", timeShift="1d")), {})
    form = recorded.asked[0][1]
    assert float(form["end"][0]) - float(form["start"][0]) == 7_200
    assert NOW - float(form["end"][0]) >= 86_400


def test_failures_stay_in_their_panel() -> None:
    """An error of the API, a page that is none, a closed door; the others are shown."""
    answers = {
        "bad": httpx.Response(400, json={"status": "error", "error": "parse error"}),
        "html": httpx.Response(502, text="<h1>Bad gateway</h1>"),
        "good": [({}, [1.0])],
    }
    page, _ = made(board(*(panel("stat", one, instant=True) for one in answers)), answers)
    assert [one.errors for one in page.tiles()] == [
        ("A: HTTP 400: parse error",),
        ("A: HTTP 502: <h1>Bad gateway</h1>",),
        (),
    ]
    assert [one.state for one in page.tiles()] == ["failed", "failed", "shown"]


def test_a_partial_answer_is_said() -> None:
    """The warning of a store that is down: on the panel, and once for the page."""
    answer = {
        "data": {"resultType": "vector", "result": [{"metric": {}, "value": [NOW, "1"]}]},
        "warnings": ["store is down"],
    }
    page, _ = made(
        board(panel("stat", "a", instant=True), panel("stat", "b", instant=True)), {"a": answer, "b": answer}
    )
    assert [one.state for one in page.tiles()] == ["partial", "partial"]
    assert page.problems == ("store is down",)


def test_an_unfilled_variable_is_said() -> None:
    """Grafana would send it as it is; so does the preview, and names it."""
    page, _ = made(board(panel("stat", 'up{a="$nobody"}', instant=True)), {})
    assert page.tiles()[0].notes == ("A: nothing fills in $nobody",)
