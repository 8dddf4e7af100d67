"""The Helm charts of `charts/`."""

from __future__ import annotations

from pathlib import Path

# In a checkout and in an installed wheel alike, `charts/` lies beside the package `deploy`.
FOLDER = Path(__file__).resolve().parents[2] / "charts"
