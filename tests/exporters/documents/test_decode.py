"""From bytes to a document: what is taken although it is no strict JSON, and what is not."""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.documents.decode import NotJson, decoded


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e999", math.inf),
        ("-1e999", -math.inf),
        ("1e-999", 0.0),
        ("Infinity", math.inf),
        ("-Infinity", -math.inf),
        ("9" * 5000, math.inf),
        ("-" + "9" * 5000, -math.inf),
        ("9" * 5000 + ".5", math.inf),
        ("123456789012345678901234567890", 123456789012345678901234567890),
    ],
)
def test_numbers_beyond_a_double(text: str, value: float) -> None:
    """RFC 8259 section 6 leaves the range to the reader: the number is infinite, the others are kept."""
    assert decoded(f'{{"a": {text}, "b": [1, {text}], "c": 1.5}}'.encode()) == {
        "a": value,
        "b": [1, value],
        "c": 1.5,
    }


def test_nan() -> None:
    """What Python's json.dumps writes by default."""
    found = decoded(json.dumps({"a": math.nan, "b": 1}).encode())
    assert math.isnan(found["a"]) and found["b"] == 1


def test_a_lone_surrogate() -> None:
    """RFC 8259 section 8.2: the grammar allows it. The other values are not lost for it."""
    assert decoded(rb'{"a": "\ud800", "b": 1}') == {"a": "\ud800", "b": 1}


def test_byte_order_marks() -> None:
    """RFC 8259 section 8.1 allows to ignore that of UTF-8; another encoding is named."""
    assert decoded("\ufeff[1]".encode()) == [1]
    for encoding in ("utf-16", "utf-16-be"):
        text = "[1]" if encoding == "utf-16" else "\ufeff[1]"
        with pytest.raises(NotJson, match="is UTF-16, and JSON is UTF-8"):
            decoded(text.encode(encoding))


@pytest.mark.parametrize(
    "text", ["", "\ufeff", "nan", "{'a': 1}", "[1,]", "[01]", "[+1]", "[.5]", "1 2", "<html>"]
)
def test_what_is_no_json(text: str) -> None:
    """Nothing else than numbers is taken beyond the grammar."""
    with pytest.raises(NotJson, match="is no JSON: "):
        decoded(text.encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**200), 2**200) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_documents_are_what_they_say(document: Any) -> None:
    """Whatever a document holds, it comes out as it went in, by the fast way and by the other one."""
    assert decoded(json.dumps(document).encode()) == document
    assert decoded(b"[1e999," + json.dumps(document).encode() + b"]") == [math.inf, document]


@given(st.binary(max_size=60))
def test_no_bytes_are_a_crash(raw: bytes) -> None:
    """A document or NotJson; and what the strict reader takes is taken."""
    try:
        strict: Any = msgspec.json.decode(raw)
    except (msgspec.DecodeError, ValueError):
        strict = NotJson
    try:
        found = decoded(raw)
    except NotJson:
        found = NotJson
    assert strict is NotJson or strict == found
