"""Prometheus' own word on a query."""

from __future__ import annotations

import subprocess
from functools import cache

from deploy.engines import find


@cache
def refusal(query: str) -> str:
    """Why promtool refuses a query, or nothing."""
    command = [str(find("promtool")), "--experimental", "promql", "format", "--", query]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return "" if done.returncode == 0 else done.stderr.strip()
