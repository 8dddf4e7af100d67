"""Our dashboards as files for a Grafana that reads them: provisioning, and ConfigMaps for its sidecar. Pure.

Contracts: https://grafana.com/docs/grafana/v12.4/administration/provisioning/#dashboards ; the charts of
Grafana and kube-prometheus-stack (sidecar.dashboards) and kiwigrid/k8s-sidecar for label and annotations.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from dashboards.ours import files
from dashboards.publishing.marks import FOLDER
from estate.components import Template

# Where the sidecar of Grafana's charts looks, and in which folder it then puts the file: the first is what
# many charts set as its annotation, the second what it takes when nothing is set.
LABEL = "grafana_dashboard=1"
_IN_FOLDER = ("grafana_folder", "k8s-sidecar-target-directory")


def provider(path: Template, folder: str = FOLDER) -> dict[str, object]:
    """The provisioning document that names the folder of our dashboards. `path` is on Grafana's machine."""
    return {
        "apiVersion": 1,
        "providers": [
            {
                "name": "singlepane",
                "folder": folder,
                "type": "file",
                "disableDeletion": False,
                "allowUiUpdates": False,
                "updateIntervalSeconds": 30,
                "options": {"path": path},
            }
        ],
    }


def provisioning(path: str, folder: str) -> Iterator[tuple[str, str]]:
    """The provider for provisioning/dashboards, and the files that it reads from `path`: name and text."""
    yield "singlepane.yaml", yaml.safe_dump(provider(path, folder), sort_keys=False)
    for name, text in files():
        yield f"singlepane/{name}", text


def config_maps(folder: str, label: tuple[str, str]) -> Iterator[dict[str, Any]]:
    """One for each dashboard, in whatever namespace it is applied."""
    for name, text in files():
        uid = name.removesuffix(".json")
        yield {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": f"dashboard-{uid}",
                "labels": {
                    label[0]: label[1],
                    # Not the label of what an estate applies, which would take them for its own.
                    "app.kubernetes.io/part-of": "singlepane-dashboards",
                },
                "annotations": dict.fromkeys(_IN_FOLDER, folder),
            },
            "data": {name: text},
        }
