"""Pinned versions of everything that is not ours.

`engines/*/go.mod` and package.json pin the same (tests compare). What runs out of an official image alone is
built by nobody here.
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
    "pint": "0.87.0",
    "prometheus_operator": "0.93.1",
    "prometheus_config_reloader": "0.93.1",
    "kube_state_metrics": "2.18.0",
    "prometheus_kubernetes": "3.14.0",
    "kube_apiserver": "1.36.3",
    "kube_controller_manager": "1.36.3",
    "kube_scheduler": "1.36.3",
    "kubelet": "1.36.3",
    "kube_proxy": "1.36.3",
    "etcd": "3.6.15",
    "coredns": "1.14.0",
}
IMAGES = {"grafana": "13.2.2"}
