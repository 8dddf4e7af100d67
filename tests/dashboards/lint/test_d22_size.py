"""D-22: the size of the file."""

from __future__ import annotations

from dashboards.lint.rules import d22_size
from tests.dashboards.lint.sound import said, sound, text

CODE = d22_size.RULE.code


def test_a_file_is_measured_as_it_is() -> None:
    """In bytes, blanks and all."""
    document = sound()
    room = 200_000 - len(text({**document, "weekStart": ""}))
    assert said({**document, "weekStart": "x" * room}, CODE) == []
    assert said({**document, "weekStart": "x" * (room + 1)}, CODE) == [
        ("", "it has 200001 bytes, more than 200000")
    ]
