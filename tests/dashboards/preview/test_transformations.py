"""Each transformation on small frames."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.preview.frames.frame import Field, Frame, Kind
from dashboards.preview.frames.naming import display_name
from dashboards.preview.transformations import TRANSFORMATIONS, transformed


def frame(ref: str = "A", **columns: list[Any]) -> Frame:
    """Columns by name: `Time` holds times, texts are strings, all else numbers."""
    fields = []
    for name, values in columns.items():
        kind: Kind = "time" if name == "Time" else "string" if isinstance(values[0], str) else "number"
        shown_as = name.replace("_", " #") if name.startswith("Value") else name
        fields.append(Field(shown_as, kind, values, ref=ref))
    return Frame(tuple(fields), ref)


def line(labels: dict[str, str], *values: float) -> Frame:
    """A series."""
    times = [1_000 * place for place in range(len(values))]
    return Frame((Field("Time", "time", times), Field("Value", "number", list(values), labels)))


def shown(frames: list[Frame]) -> list[dict[str, list[Any]]]:
    """Columns by the names that a reader sees."""
    return [{display_name(one, each, frames): list(one.values) for one in each.fields} for each in frames]


def after(name: str, options: dict[str, Any], *frames: Frame) -> list[dict[str, list[Any]]]:
    """The columns after one transformation."""
    return shown(transformed(frames, [(name, options)])[0])


PODS = frame(Time=[1, 1], pod=["a", "b"], Value_A=[1.0, 2.0])
LIMITS = frame("B", Time=[1, 1], pod=["b", "c"], Value_B=[20.0, 30.0])


def test_merge_puts_rows_that_agree_into_one() -> None:
    """Rows of both frames, each once."""
    assert after("merge", {}, PODS, LIMITS) == [
        {
            "Time": [1, 1, 1],
            "pod": ["a", "b", "c"],
            "Value #A": [1.0, 2.0, None],
            "Value #B": [None, 20.0, 30.0],
        }
    ]


@pytest.mark.parametrize("name", ["joinByField", "seriesToColumns"])
def test_join_numbers_columns_of_one_name(name: str) -> None:
    """`Time 1`, `Time 2`, as dashboards leave them out by name."""
    assert after(name, {"byField": "pod", "mode": "outer"}, PODS, LIMITS) == [
        {
            "pod": ["a", "b", "c"],
            "Time 1": [1, 1, None],
            "Value #A": [1.0, 2.0, None],
            "Time 2": [None, 1, 1],
            "Value #B": [None, 20.0, 30.0],
        }
    ]


def test_inner_join_keeps_what_all_have() -> None:
    """One row."""
    assert after("joinByField", {"byField": "pod", "mode": "inner"}, PODS, LIMITS)[0]["pod"] == ["b"]


def test_join_by_time() -> None:
    """Series side by side, named by their labels."""
    found = after("joinByField", {}, line({"a": "x"}, 1, 2), line({"a": "y"}, 3, 4))
    assert found == [{"Time": [0, 1_000], "x": [1, 2], "y": [3, 4]}]


def test_organize() -> None:
    """Out, in order, renamed."""
    options = {
        "excludeByName": {"Time": True},
        "indexByName": {"Value #A": 0, "pod": 1},
        "renameByName": {"pod": "Pod"},
    }
    assert list(after("organize", options, PODS)[0]) == ["Value #A", "Pod"]


def test_organize_after_a_join_leaves_numbered_columns_out() -> None:
    """As the dashboards of kubernetes-mixin do."""
    joined, _ = transformed(
        [PODS, LIMITS],
        [
            ("joinByField", {"byField": "pod"}),
            (
                "organize",
                {"excludeByName": {"Time 1": True, "Time 2": True}, "renameByName": {"Value #A": "Used"}},
            ),
        ],
    )
    assert list(shown(joined)[0]) == ["pod", "Used", "Value #B"]


def test_sort_by() -> None:
    """Down, and nothing last."""
    rows = frame(pod=["a", "b", "c"], Value=[1.0, None, 3.0])
    assert after("sortBy", {"sort": [{"field": "Value", "desc": True}]}, rows)[0]["pod"] == ["c", "a", "b"]


def test_group_by() -> None:
    """One row a group; calculated columns say how."""
    rows = frame(node=["n", "n", "m"], Value=[1.0, 3.0, 5.0])
    options = {
        "fields": {
            "node": {"operation": "groupby", "aggregations": []},
            "Value": {"operation": "aggregate", "aggregations": ["sum", "lastNotNull"]},
        }
    }
    assert after("groupBy", options, rows) == [
        {"node": ["n", "m"], "Value (sum)": [4.0, 5.0], "Value (lastNotNull)": [3.0, 5.0]}
    ]


def test_labels_to_fields() -> None:
    """Labels become columns of one table; only those that are kept."""
    found = after(
        "labelsToFields",
        {"keepLabels": ["pod"]},
        line({"pod": "a", "job": "j"}, 1),
        line({"pod": "b", "job": "j"}, 2),
    )
    assert found == [{"Time": [0, 0], "pod": ["a", "b"], "Value": [1, 2]}]


@pytest.mark.parametrize(
    ("options", "column", "values"),
    [
        (
            {
                "mode": "binary",
                "alias": "Used",
                "binary": {"left": "Value #A", "operator": "*", "right": "2"},
            },
            "Used",
            [2.0, 4.0],
        ),
        (
            {"mode": "binary", "binary": {"left": "Value #A", "operator": "/", "right": "0"}},
            "Value #A / 0",
            [None, None],
        ),
        ({"mode": "reduceRow", "reduce": {"reducer": "sum"}, "alias": "All"}, "All", [1.0, 2.0]),
        (
            {
                "mode": "cumulativeFunctions",
                "cumulative": {"reducer": "sum", "field": "Value #A"},
                "alias": "So far",
            },
            "So far",
            [1.0, 3.0],
        ),
        (
            {"mode": "unary", "unary": {"operator": "ceil", "fieldName": "Value #A"}},
            "ceil(Value #A)",
            [1.0, 2.0],
        ),
        ({"mode": "index", "alias": "No."}, "No.", [0.0, 1.0]),
    ],
)
def test_calculate_field(options: dict[str, Any], column: str, values: list[Any]) -> None:
    """A new column; what cannot be divided is nothing."""
    assert after("calculateField", options, PODS)[0][column] == values


def test_calculate_field_of_several_series_replaces_them() -> None:
    """The mean of all, at each time."""
    options = {"mode": "reduceRow", "reduce": {"reducer": "mean"}, "replaceFields": True, "alias": "CPU"}
    found = after("calculateField", options, line({"a": "x"}, 1, 2), line({"a": "y"}, 3, 6))
    assert found == [{"Time": [0, 1_000], "CPU": [2.0, 4.0]}]


@pytest.mark.parametrize(
    ("kind", "config", "kept"),
    [
        ("greater", {"value": 1}, ["b"]),
        ("range", {"from": 0, "to": 1}, ["a"]),
        ("notEqual", {"value": "2"}, ["a"]),
        ("isNotNull", {}, ["a", "b"]),
    ],
)
def test_filter_by_value(kind: str, config: dict[str, Any], kept: list[str]) -> None:
    """Rows that fulfil the condition."""
    rule = {"fieldName": "Value #A", "config": {"id": kind, "options": config}}
    assert (
        after("filterByValue", {"type": "include", "match": "any", "filters": [rule]}, PODS)[0]["pod"] == kept
    )


def test_filter_fields_by_name() -> None:
    """By names and by pattern."""
    assert list(after("filterFieldsByName", {"include": {"names": ["pod"]}}, PODS)[0]) == ["pod"]
    assert list(after("filterFieldsByName", {"include": {"pattern": "/^Val/"}}, PODS)[0]) == ["Value #A"]


def test_filter_by_ref() -> None:
    """Frames of one query."""
    assert len(after("filterByRefId", {"include": "B"}, PODS, LIMITS)) == 1


def test_limit_concatenate_reduce_rename_and_rows() -> None:
    """The small ones."""
    assert after("limit", {"limitField": 1}, PODS)[0]["pod"] == ["a"]
    assert len(after("concatenate", {}, PODS, LIMITS)[0]) == 6
    assert after("reduce", {"reducers": ["max", "mean"]}, PODS) == [
        {"Field": ["Value #A"], "Max": [2.0], "Mean": [1.5]}
    ]
    assert list(after("renameByRegex", {"regex": "Value #(.)", "renamePattern": "Of $1"}, PODS)[0]) == [
        "Time",
        "pod",
        "Of A",
    ]
    assert after("seriesToRows", {}, line({"a": "x"}, 1, 2)) == [
        {"Time": [1_000, 0], "Metric": ["x", "x"], "Value": [2, 1]}
    ]


def test_an_unknown_one_is_left_out_and_said() -> None:
    """The frames stay."""
    frames, notes = transformed([PODS], [("spiral", {})])
    assert frames == [PODS]
    assert notes == ("the transformation “spiral” is not known here and was left out",)


@pytest.mark.parametrize("name", TRANSFORMATIONS)
def test_without_frames_or_options_nothing_breaks(name: str) -> None:
    """What has nothing to do does nothing."""
    assert after(name, {}) in ([], [{"Field": [], "Max": []}], [{"Time": [], "Metric": [], "Value": []}])
