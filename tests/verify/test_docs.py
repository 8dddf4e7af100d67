"""Each hop is in the documentation, and each hop in the documentation exists."""

from __future__ import annotations

import re
from pathlib import Path

from deploy.verify import HOPS

PAGE = Path(__file__).parents[2] / "docs" / "verify.md"


def test_every_hop_is_documented_in_path_order() -> None:
    """The table of the page has a row for each hop, with its scope, in the order of HOPS."""
    rows = re.findall(r"^\| `([a-z-]+)` \| (cluster|replica) \| \S", PAGE.read_text(), re.MULTILINE)
    assert rows == [(hop.name, hop.scope) for hop in HOPS]
