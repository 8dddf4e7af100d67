"""The catalogue that comes with singlepane."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from catalogue.catalogue import Catalogue

FOLDER = Path(__file__).parent / "data"


def documents() -> tuple[dict[str, Any], ...]:
    """All exporters, by name."""
    return tuple(json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json")))


@cache
def shipped() -> Catalogue:
    """All of them together."""
    return Catalogue(documents())
