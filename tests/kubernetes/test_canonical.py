"""Objects as text: any reader of YAML reads back what was written, and the same object is the same text."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from deploy.targets.kubernetes.objects.canonical import Shared, document

WORDS = st.sampled_from(["yes", "No", "on", "1e3", "0x1f", "1_0", "12:30", "2026-11-29", "~", "=", "<<"])
LINES = st.lists(st.sampled_from(["a", "  b", "", "# c", "- d", "e: f", "\tg", "h "]), max_size=5)
TEXTS = st.text(max_size=20) | WORDS | LINES.map("\n".join) | LINES.map(lambda rows: "\n".join(rows) + "\n")
SCALARS = TEXTS | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_what_is_read_is_what_was_written(value: dict[str, object]) -> None:
    """For a reader of YAML 1.1, which takes more words for something else than newer ones do."""
    text = document(value)
    assert (yaml.safe_load(text) or {}) == value
    assert document(value) == text


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_what_is_shared_has_the_same_text(value: dict[str, object]) -> None:
    """At every place where it is, the second time too."""
    shared = Shared(value)
    for _ in range(2):
        for place in ({"spec": shared}, {"a": {"b": shared}, "c": 1}, {"rows": [shared, 1]}):
            assert document(place) == document(_plain(place))


def _plain(value: object) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def test_a_file_in_a_config_map_is_a_block() -> None:
    """So that a difference between two versions of it is seen line by line."""
    text = document({"data": {"a.yaml": "one: 1\ntwo:\n  - 2\n", "b": "no end\nof line"}})
    assert text == "data:\n  a.yaml: |\n    one: 1\n    two:\n      - 2\n  b: |-\n    no end\n    of line\n"
