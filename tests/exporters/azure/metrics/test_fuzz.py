"""Spoilt replies per API: nothing breaks, nothing wrong is shown, one error counted each.

The benchmark `azure-fuzz` spoils 20,000 replies of each.
"""

from __future__ import annotations

import pytest

from tests.exporters.fuzzing import FUZZES, direct

REPLIES = 250


@pytest.mark.parametrize("api", list(FUZZES))
async def test_spoilt_replies(api: str) -> None:
    """What is asserted of each reply stands in `fuzzing`; some are errors, some can be used."""
    with direct():
        errors = await FUZZES[api](REPLIES)
    assert 0 < errors < REPLIES
