"""The Helm charts of `charts/`, and what in them is made here: the values of the exporter's chart with their
schema, and its alert rules and dashboard.
"""

from __future__ import annotations

from pathlib import Path

# In a checkout and in an installed wheel alike, `charts/` lies beside the package `deploy`.
FOLDER = Path(__file__).resolve().parents[2] / "charts"
