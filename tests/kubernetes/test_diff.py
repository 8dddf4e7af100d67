"""What differs between two objects, in the words of a plan."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.targets.kubernetes.changes.diff import differences
from estate.differing import Field
from singlepane.shown_plan import lines


def _object(spec: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"kind": "Deployment", "metadata": {"name": "a", **metadata}, "spec": spec}


def test_what_the_api_server_counts_is_no_difference() -> None:
    """A NetworkPolicy gets a new generation in every dry run, and status is nobody's wish."""
    before = {**_object({"a": 1}, generation=1, resourceVersion="7", managedFields=[]), "status": {"x": 1}}
    assert differences(before, _object({"a": 1}, generation=2)) == ()


@pytest.mark.parametrize(
    ("before", "after", "fields"),
    [
        ({"a": 1}, {"a": 2}, [Field("spec.a", 1, 2)]),
        ({}, {"a": {"b": 1}}, [Field("spec.a", None, {"b": 1})]),
        ({"a": None}, {}, [Field("spec.a", None, None)]),
        ({"x.y/z": "1"}, {"x.y/z": "2"}, [Field("spec[x.y/z]", "1", "2")]),
        ({"l": [1, 2]}, {"l": [1]}, [Field("spec.l[1]", 2, None)]),
        (
            {"l": [{"name": "a", "v": 1}]},
            {"l": [{"name": "b", "v": 2}, {"name": "a", "v": 1}]},
            [Field("spec.l[b]", None, {"name": "b", "v": 2})],
        ),
        (
            {"l": [{"name": "a"}, {"name": "b"}]},
            {"l": [{"name": "b"}, {"name": "a"}]},
            [Field("spec.l", ["a", "b"], ["b", "a"])],
        ),
        (
            {"l": [{"name": "a"}, {"name": "a"}]},
            {"l": [{"name": "a"}]},
            [Field("spec.l[1]", {"name": "a"}, None)],
        ),
        ({"a": 1}, {"a": "1"}, [Field("spec.a", 1, "1")]),
        ({"a": True}, {"a": 1}, []),
    ],
)
def test_fields_that_differ(before: dict[str, Any], after: dict[str, Any], fields: list[Field]) -> None:
    """Rows with names are told apart by name; all others by their place."""
    assert list(differences(_object(before), _object(after))) == fields


def test_a_file_is_shown_line_by_line() -> None:
    """Of a ConfigMap of a thousand lines, those that differ."""
    text = "".join(f"line {number}\n" for number in range(100))
    shown = list(lines(Field("data[a.yaml]", text, text.replace("line 50", "line fifty"))))
    assert shown == [
        "data[a.yaml]:",
        "  @@ -50,3 +50,3 @@",
        "   line 49",
        "  -line 50",
        "  +line fifty",
        "   line 51",
    ]
