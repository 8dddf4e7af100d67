"""Dashboards as files: what Grafana's provisioning, a ConfigMap or its API take."""

from __future__ import annotations

import json
from typing import Any

from dashboards import DASHBOARDS
from dashboards.panels import document


def documents() -> dict[str, dict[str, Any]]:
    """All dashboards by file name, `<uid>.json`."""
    return {f"{dashboard.uid}.json": document(dashboard) for dashboard in DASHBOARDS}


def text(rendered: dict[str, Any]) -> str:
    """A document as a file holds it: the same bytes for the same dashboard, on any machine."""
    return json.dumps(rendered, indent=2, ensure_ascii=False) + "\n"
