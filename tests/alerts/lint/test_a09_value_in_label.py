"""A-09: values in labels."""

from __future__ import annotations

import pytest

from tests.alerts.lint.sound import changed, said


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("{{ $value }}", True),
        ("{{ .Value | humanize }}", True),
        ('{{ if gt $value 5.0 }}"a"{{ end }}', True),
        ('{{ with query "up" }}{{ . | first | value }}{{ end }}', True),
        ("{{ $labels.value }}", False),
        ('{{ "the value" }}', False),
        ("value", False),
    ],
)
def test_values(label: str, found: bool) -> None:
    """A label of that name is none."""
    text = changed(("component: orders", f"component: '{label}'"))
    assert [row[0] for row in said(text, "A-09")] == ([15] if found else [])
