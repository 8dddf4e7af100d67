"""Pinned versions of everything that is not ours.

`engines/*/go.mod` and package.json pin the same (tests compare).
"""

from __future__ import annotations

ENGINES = {
    "prometheus": "3.14.0",
    "promtool": "3.14.0",
    "thanos": "0.42.4",
    "alertmanager": "0.31.1",
    "amtool": "0.31.1",
    "node_exporter": "1.12.1",
    "azurite": "3.37.0",
    "helm": "4.3.1",
    "prometheus_operator": "0.93.1",
    "kube_state_metrics": "2.18.0",
}
