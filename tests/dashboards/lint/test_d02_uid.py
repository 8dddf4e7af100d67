"""D-02: uids."""

from __future__ import annotations

import pytest

from dashboards.lint.rules import d02_uid
from tests.dashboards.lint.sound import said, sound

CODE = d02_uid.RULE.code


@pytest.mark.parametrize(
    ("uid", "message"),
    [
        ("", "there is no uid"),
        (None, "there is no uid"),
        ("Nice Board", "uid 'Nice Board' has signs that an address does not take"),
        ("x" * 41, f"uid '{'x' * 41}' has 41 characters: Grafana takes 40"),
    ],
)
def test_a_uid_that_is_none(uid: str | None, message: str) -> None:
    """Missing, not plain, too long."""
    assert said({**sound(), "uid": uid}, CODE) == [("", message)]


def test_two_with_one_uid() -> None:
    """Each says where the other is."""
    assert said(sound(), CODE, sound()) == [
        ("", "uid 'shop' is also that of 1.json"),
        ("", "uid 'shop' is also that of 0.json"),
    ]
    assert said(sound(), CODE, {**sound(), "uid": "other"}) == []
