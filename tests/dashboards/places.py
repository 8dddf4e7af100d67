"""Where things are."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "dashboards"
MIXINS = ROOT / "tests" / "data" / "mixins"
