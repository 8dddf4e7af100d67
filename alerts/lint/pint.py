"""How pint is asked: its checks, and why some are off.

Contract: https://cloudflare.github.io/pint/configuration.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping

# By name, with the reason; docs/alerts/lint.md says the same. Those that ask a Prometheus are off with
# `--offline`.
OFF: Mapping[str, str] = {}
ASKED = ("--offline", "--no-color", "--config", "pint.hcl", "lint", "--fail-on", "fatal")


def configuration() -> str:
    """The configuration file. The schema of Thanos is that of Prometheus and one key more."""
    disabled = ", ".join(json.dumps(name) for name in OFF)
    return f'parser {{\n  schema = "thanos"\n}}\nchecks {{\n  disabled = [{disabled}]\n}}\n'
