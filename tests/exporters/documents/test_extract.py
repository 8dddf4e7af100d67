"""One metric out of a document: numbers, scales, labels, and what is left out."""

from __future__ import annotations

import math
from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate.model import JsonMetric
from exporters.documents.extract import compiled, extract
from exporters.exposition.metrics import render


def take(document: Any, **keys: Any) -> tuple[str, dict[str, int]]:
    """Exposition lines and bad values of one metric over a document."""
    metric = JsonMetric.model_validate({"name": "x", "help": "X.", "value": "v", "items": "[]", **keys})
    result = extract(compiled(metric), document)
    lines = [line for line in render([result.family]).text.splitlines() if not line.startswith("#")]
    return "; ".join(lines), {str(reason): count for reason, count in result.bad.items()}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, "x 1"),
        (0, "x 0"),
        (-2.5, "x -2.5"),
        (1e308, "x 1e+308"),
        (True, "x 1"),
        (False, "x 0"),
        (2**70, "x 1.1805916207174113e+21"),
    ],
)
def test_numbers(value: Any, expected: str) -> None:
    """Numbers are values, true is 1 and false 0."""
    assert take([{"v": value}]) == (expected, {})


@pytest.mark.parametrize("item", [{"v": None}, {}, {"other": 1}, "text", 5, None, []])
def test_null_and_missing_are_absent(item: Any) -> None:
    """Nothing is made up, and nothing is wrong."""
    assert take([item]) == ("", {})


@pytest.mark.parametrize("value", ["5", "", "x", [], {}, [1], {"a": 1}, 10**400])
def test_what_is_no_number_is_counted(value: Any) -> None:
    """Text with digits is no number: whoever means it writes to_number(v)."""
    assert take([{"v": value}, {"v": 1}]) == ("x 1", {"number": 1})


def test_text_with_digits_on_demand() -> None:
    """JMESPath's own function makes a number of it."""
    assert take([{"v": "5.5"}], value="to_number(v)") == ("x 5.5", {})


def test_counters_do_not_start_below_zero() -> None:
    """A negative count is wrong, a negative gauge is not."""
    assert take([{"v": -1}], name="x_total", type="counter") == ("", {"negative": 1})


def test_labels() -> None:
    """Texts, numbers and truth values are labels; null is no label; anything else is counted."""
    labels = {"a": "a"}
    assert take([{"v": 1, "a": each} for each in ("x", 5, 2.0, 2.5, True)], labels=labels)[0] == (
        'x{a="x"} 1; x{a="5"} 1; x{a="2"} 1; x{a="2.5"} 1; x{a="true"} 1'
    )
    assert take([{"v": 1, "a": None}], labels=labels) == ("x 1", {})
    assert take([{"v": 1, "a": [1]}, {"v": 1, "a": {}}], labels=labels) == ("", {"label": 2})


def test_equal_labels_are_both_left_out() -> None:
    """Of two values for one series neither is known to be right."""
    document = [{"v": 1, "a": "x"}, {"v": 2, "a": "x"}, {"v": 3, "a": "y"}]
    assert take(document, labels={"a": "a"}) == ('x{a="y"} 3', {"duplicate": 2})


@pytest.mark.parametrize(("items", "bad"), [("a", {"items": 1}), ("b", {}), ("[@]", {})])
def test_items(items: str, bad: dict[str, int]) -> None:
    """Items are a list; nothing there is nothing; the whole document can be the only item."""
    assert take({"a": {"v": 1}, "v": 2}, items=items)[1] == bad
    assert take({"v": 2}, items="[@]") == ("x 2", {})


def test_expressions_that_fail_on_a_document() -> None:
    """A function that does not fit the value is counted; the other items are read."""
    assert take([{"v": 5}, {"v": "ab"}], value="length(v)") == ("x 2", {"expression": 1})
    assert take([], items="sum(@[*].x)") == ("", {"items": 1})
    assert take({"x": 1}, items="sum(x)") == ("", {"expression": 1})


@pytest.mark.parametrize(
    ("value", "items"),
    [
        ("length(queues[?used > `80`])", "[@]"),
        ("max_by(queues, &used).used", "[@]"),
        ("contains(name, `1`)", "[@]"),
        ("ceil(to_number(`1e308`) || `0`) > name", "[@]"),
        ("v", "queues[?used > `80`]"),
    ],
)
def test_errors_of_python_are_expressions_that_fail(value: str, items: str) -> None:
    """jmespath lets a TypeError of Python through where a text meets a number: it costs this metric alone."""
    document = {"queues": [{"used": 90, "v": 1}, {"used": "n/a", "v": 1}], "name": "north"}
    assert take(document, items=items, value=value) == ("", {"expression": 1})


@pytest.mark.parametrize(
    "text",
    [
        "1_000",
        "nan",
        "inf",
        " 1",
        "1 ",
        "0x1",
        "+1",
        "01",
        ".5",
        "1.",
        "1e",
        "٣",
        "",
        "n/a",
        "1e999",
        "9" * 500,
    ],
)
def test_to_number_takes_numbers_of_json_alone(text: str) -> None:
    """Its specification: any string of the json-number production. Python reads more; that is no number here,
    and is counted where nothing comes of it.
    """
    assert take([{"v": text}, {"v": "-1.5e3"}], value="to_number(v)") == ("x -1500", {"number": 1})
    assert take([{"v": text}], value="to_number(v) || `7`")[0] == ("" if text == "1e999" else "x 7")
    assert take([{"v": None}, {}, {"v": [1]}], value="to_number(v)") == ("", {})


def test_labels_that_no_double_holds() -> None:
    """A label never says infinity for a number that the document has and we have not."""
    assert take([{"v": 1, "a": math.inf}, {"v": 1, "a": math.nan}], labels={"a": "a"}) == ("", {"number": 2})


@pytest.mark.parametrize("path", ["v", "a.v", '"a"."b c".v', "a.b.c.d"])
@pytest.mark.parametrize(
    "item",
    [{"v": 1}, {"a": {"v": 2, "b c": {"v": 3}}}, {"a": {"b": {"c": {"d": 4}}}}, {"a": [1]}, "text", None],
)
def test_plain_paths_are_what_jmespath_says(path: str, item: Any) -> None:
    """The short way through plain paths gives what the library gives."""
    expected = jmespath.search(path, item)
    assert take([item], value=path) == ("" if expected is None else f"x {expected}", {})


@pytest.mark.parametrize(
    ("value", "scale", "expected"),
    [
        (70, 0.01, "x 0.7"),
        (3, 0.1, "x 0.3"),
        (99.9, 0.01, "x 0.999"),
        (0.1, 3, "x 0.3"),
        (-35, 0.01, "x -0.35"),
        (0, 0.01, "x 0"),
        (250, 0.001, "x 0.25"),
        (1795412923976123456, 1e-9, "x 1795412923.9761236"),
        (640, 1024, "x 655360"),
        (True, 0.01, "x 0.01"),
        (1e308, 0.01, "x 1e+306"),
        (10**308, 1e-300, "x 100000000"),
        (5e-324, 0.01, "x 0"),
        (0.1 + 0.2, 1, "x 0.30000000000000004"),
    ],
)
def test_values_are_scaled_as_they_are_written(value: Any, scale: float, expected: str) -> None:
    """The double closest to the decimal product, where doubles would give 0.7000000000000001 for 70 percent.
    Without a scale values are not touched.
    """
    assert take([{"v": value}], scale=scale) == (expected, {})
    if value > 0:
        counter = take([{"v": value}], scale=scale, name="x_total", type="counter")
        assert counter == (expected.replace("x ", "x_total "), {})


@pytest.mark.parametrize(
    ("value", "scale"), [(1e308, 100), (math.inf, 0.01), (math.nan, 0.01), (10**400, 1e-300), ("70", 0.01)]
)
def test_what_is_no_number_is_none_scaled(value: Any, scale: float) -> None:
    """A product too large for a double is left out like a value too large; a text is no number by a scale."""
    assert take([{"v": value}, {"v": 1}], scale=scale)[1] == {"number": 1}


@given(st.integers(-(10**15), 10**15), st.integers(0, 12))
def test_a_scale_that_is_a_power_of_ten_moves_the_point(value: int, places: int) -> None:
    """Whatever the number: what comes out is what a person would write."""
    (line, bad) = take([{"v": value}], scale=float(f"1e-{places}"))
    assert (float(line.removeprefix("x ")), bad) == (float(f"{value}e-{places}"), {})
