"""The page of pictures has every dashboard, and every picture is there."""

from __future__ import annotations

from dashboards import DASHBOARDS
from tests.dashboards import pictures


def test_every_dashboard_has_its_picture() -> None:
    """Under its own title and words; no picture is left over."""
    assert pictures.PAGE.read_text(encoding="utf-8") == pictures.page()
    assert sorted(each.name for each in pictures.FOLDER.iterdir()) == sorted(
        map(pictures.file_of, DASHBOARDS)
    )
