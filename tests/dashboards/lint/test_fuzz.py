"""No file that somebody gives makes the lint fail."""

from __future__ import annotations

import pytest

from tests.dashboards.fuzz import damaged, sources, tried


@pytest.mark.parametrize("seed", [2, 3])
def test_damaged_dashboards(seed: int) -> None:
    """Each gives findings that can be printed. `python -m tests.dashboards.fuzz` tries more."""
    assert tried(damaged(sources(), seed, 40)) > 40
