"""Exposition: escapes, numbers, both formats, and what an independent parser reads back."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from exporters.exposition.metrics import Family, Labels, Sample, gauge, merged, number, render

EVERYTHING = (
    Family(
        "shop_orders_total",
        "counter",
        'Orders placed, "all" of them.\nSince the start.',
        (
            Sample(Labels({"region": "north", "path": 'C:\\orders\n"new"'}), 12.0),
            Sample(Labels({"region": "süd"}), 0.5),
        ),
    ),
    Family(
        "shop_disk_used_bytes",
        "gauge",
        "Bytes on disk.",
        (
            Sample(Labels(), math.nan),
            Sample(Labels({"disk": "a"}), math.inf),
            Sample(Labels({"disk": "b"}), -math.inf),
            Sample(Labels({"disk": "c"}), 1e21, 1_700_000_000.25),
        ),
        "bytes",
    ),
    Family("shop_build_info", "info", "Version.", (Sample(Labels({"version": "1"}), 1.0),)),
    Family("shop_unsure", "unknown", "Who knows.", (Sample(Labels(), -3.0),)),
    Family("shop_never_seen", "gauge", "Nothing of it is written."),
)

TEXT = r"""# HELP shop_orders_total Orders placed, "all" of them.\nSince the start.
# TYPE shop_orders_total counter
shop_orders_total{path="C:\\orders\n\"new\"",region="north"} 12
shop_orders_total{region="süd"} 0.5
# HELP shop_disk_used_bytes Bytes on disk.
# TYPE shop_disk_used_bytes gauge
shop_disk_used_bytes NaN
shop_disk_used_bytes{disk="a"} +Inf
shop_disk_used_bytes{disk="b"} -Inf
shop_disk_used_bytes{disk="c"} 1e+21 1700000000250
# HELP shop_build_info Version.
# TYPE shop_build_info gauge
shop_build_info{version="1"} 1
# HELP shop_unsure Who knows.
# TYPE shop_unsure untyped
shop_unsure -3
"""

OPENMETRICS = r"""# TYPE shop_orders counter
# HELP shop_orders Orders placed, \"all\" of them.\nSince the start.
shop_orders_total{path="C:\\orders\n\"new\"",region="north"} 12
shop_orders_total{region="süd"} 0.5
# TYPE shop_disk_used_bytes gauge
# UNIT shop_disk_used_bytes bytes
# HELP shop_disk_used_bytes Bytes on disk.
shop_disk_used_bytes NaN
shop_disk_used_bytes{disk="a"} +Inf
shop_disk_used_bytes{disk="b"} -Inf
shop_disk_used_bytes{disk="c"} 1e+21 1700000000.25
# TYPE shop_build info
# HELP shop_build Version.
shop_build_info{version="1"} 1
# TYPE shop_unsure unknown
# HELP shop_unsure Who knows.
shop_unsure -3
"""


def test_text_format_whole() -> None:
    """Text 0.0.4: escapes, special numbers, milliseconds, info as gauge, nothing for an empty family."""
    assert render(EVERYTHING).text == TEXT


def test_openmetrics_format_whole() -> None:
    """OpenMetrics 1.0: families without suffix, units, seconds."""
    assert render(EVERYTHING).openmetrics == OPENMETRICS
    assert render(EVERYTHING).series == 8


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0, "0"), (-0.0, "-0"), (1.0, "1"), (0.1, "0.1"), (1e300, "1e+300"), (2.0**53, "9007199254740992")],
)
def test_numbers(value: float, written: str) -> None:
    """A number is written in its shortest form."""
    assert number(value) == written


def test_empty_labels_are_no_labels() -> None:
    """An empty value is the same as no label, and order does not matter."""
    assert Labels({"a": "", "c": "1", "b": "2"}) == Labels({"b": "2", "c": "1"})
    assert Labels({"a": ""}).text == ""


@pytest.mark.parametrize("name", ["1a", "a-b", "", "__name__", "a b"])
def test_bad_label_names_are_refused(name: str) -> None:
    """What Prometheus does not take as a label name never gets into an exposition."""
    with pytest.raises(ValueError, match="label name"):
        Labels({name: "x"})


@pytest.mark.parametrize(
    ("name", "type", "unit"),
    [("a b", "gauge", ""), ("orders", "counter", ""), ("build", "info", ""), ("used", "gauge", "bytes")],
)
def test_names_fit_type_and_unit(name: str, type: str, unit: str) -> None:
    """A family whose name does not say what it is cannot be made."""
    with pytest.raises(ValueError, match=name):
        Family(name, type, "Help.", (), unit)  # type: ignore[arg-type]  # literals come from parametrize


def test_merged_joins_and_sorts() -> None:
    """Families of one name become one; of a series that is there twice the first stays, and it counts."""
    result = merged(
        (
            gauge("b", "B.", 1.0),
            gauge("a", "A.", 1.0, {"x": "1"}),
            gauge("a", "Another help.", 2.0, {"x": "2"}),
            gauge("a", "A.", 3.0, {"x": "1"}),
        )
    )
    assert render(result.families).text == (
        '# HELP a A.\n# TYPE a gauge\na{x="1"} 1\na{x="2"} 2\n# HELP b B.\n# TYPE b gauge\nb 1\n'
    )
    assert (result.duplicates, result.conflicts) == (1, ())


def test_merged_never_mixes_types() -> None:
    """A family that shares its OpenMetrics name with one of another type is left out and named."""
    counter = Family("a_total", "counter", "A.", (Sample(Labels(), 1.0),))
    result = merged((counter, gauge("a", "A.", 2.0)))
    assert [family.name for family in result.families] == ["a_total"]
    assert [each.name for each in result.conflicts] == ["a"]


TEXTS = st.text(st.characters(exclude_categories=[]), max_size=20)
NUMBERS = st.floats(allow_nan=True, allow_infinity=True)
SERIES = st.dictionaries(
    st.dictionaries(st.from_regex(r"[a-z][a-z_]{0,5}", fullmatch=True), TEXTS, max_size=3).map(Labels),
    NUMBERS,
    min_size=1,
    max_size=5,
)


@given(SERIES, TEXTS.filter(lambda text: not any(0xD800 <= ord(each) < 0xE000 for each in text)))
def test_parsers_read_back_what_was_meant(series: dict[Labels, float], help: str) -> None:
    """Whatever the label values, help and numbers: both formats parse, to the same series."""
    family = Family("x", "gauge", help, tuple(Sample(labels, value) for labels, value in series.items()))
    exposition = render([family])
    openmetrics: Any = read_openmetrics
    for parsed in (read_text(exposition.text), openmetrics(exposition.openmetrics + "# EOF\n")):
        (found,) = parsed
        values = {Labels(sample.labels): sample.value for sample in found.samples}
        assert {labels: repr(value + 0.0) for labels, value in values.items()} == {
            Labels(dict(_readable(labels))): repr(number + 0.0) for labels, number in series.items()
        }


def _readable(labels: Labels) -> list[tuple[str, str]]:
    """Label values as they can be written: a lone surrogate has become a question mark."""
    return [(name, value.encode(errors="replace").decode()) for name, value in labels.pairs]
