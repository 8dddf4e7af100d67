"""An installed kube-prometheus-stack, as Helm knows it: a chart of that name and version with the objects
that matter to whoever adopts it, written by us and installed by the real Helm.

What is as in the chart of each version: tests/data/kubernetes/stack/SOURCES.md. Grafana, exporters and most
rules are left out: nothing of ours looks at them.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from deploy.engines import find
from estate.stacks import CHART, full_name

VERSIONS: Mapping[str, tuple[str, str]] = {
    # Chart: version of the operator, tag of Prometheus.
    "80.4.1": ("0.87.1", "v3.8.0"),
    "88.5.4": ("0.93.1", "v3.13.2-distroless"),
}


@dataclass(frozen=True)
class Installed:
    """A release of the chart.

    `spec` is laid over that of its Prometheus, as values would do; None takes a key away. `more` are other
    objects of the release.
    """

    version: str = "88.5.4"
    release: str = CHART
    namespace: str = "monitoring"
    spec: Mapping[str, Any] = field(default_factory=dict)
    chart: str = CHART
    more: tuple[Mapping[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """What the names of its objects begin with."""
        return full_name(self.release)

    def labels(self, part: str) -> dict[str, str]:
        """Labels of an object."""
        return {
            "app": f"{CHART}-{part}" if part else CHART,
            "app.kubernetes.io/managed-by": "Helm",
            "app.kubernetes.io/instance": self.release,
            "app.kubernetes.io/version": self.version,
            "app.kubernetes.io/part-of": CHART,
            "chart": f"{CHART}-{self.version}",
            "release": self.release,
            "heritage": "Helm",
        }

    def prometheus(self) -> dict[str, Any]:
        """Its Prometheus."""
        tag = VERSIONS[self.version][1]
        ours = {"matchLabels": {"release": self.release}}
        own = f"{self.name}-prometheus"
        alertmanager = {
            "namespace": self.namespace,
            "name": f"{self.name}-alertmanager",
            "port": "http-web",
            "pathPrefix": "/",
            "apiVersion": "v2",
        }
        spec: dict[str, Any] = {
            "alerting": {"alertmanagers": [alertmanager]},
            "image": f"quay.io/prometheus/prometheus:{tag}",
            "version": tag,
            "externalUrl": f"http://{own}.{self.namespace}:9090",
            "paused": False,
            "replicas": 1,
            "shards": 1,
            "logLevel": "info",
            "logFormat": "logfmt",
            "listenLocal": False,
            "enableAdminAPI": False,
            "scrapeInterval": "30s",
            "retention": "10d",
            "walCompression": True,
            "routePrefix": "/",
            "serviceAccountName": own,
            "serviceMonitorSelector": ours,
            "serviceMonitorNamespaceSelector": {},
            "podMonitorSelector": ours,
            "podMonitorNamespaceSelector": {},
            "probeSelector": ours,
            "probeNamespaceSelector": {},
            "scrapeConfigSelector": ours,
            "scrapeConfigNamespaceSelector": {},
            "ruleSelector": ours,
            "ruleNamespaceSelector": {},
            "portName": "http-web",
            "securityContext": {"fsGroup": 2000, "runAsGroup": 2000, "runAsNonRoot": True, "runAsUser": 1000},
            **self.spec,
        }
        spec = {key: value for key, value in spec.items() if value is not None}
        return self._object("monitoring.coreos.com/v1", "Prometheus", own, "prometheus", spec=spec)

    def objects(self) -> list[dict[str, Any]]:
        """All of the release that we made."""
        own = f"{self.name}-prometheus"
        web = [{"name": "http-web", "port": 9090, "targetPort": 9090, "protocol": "TCP"}]
        pods = {"app.kubernetes.io/name": "prometheus", "operator.prometheus.io/name": own}
        scraped = {"matchLabels": {"app": f"{CHART}-prometheus", "release": self.release}}
        watchdog = {"alert": "Watchdog", "expr": "vector(1)", "labels": {"severity": "none"}}
        group = {"name": "general.rules", "rules": [watchdog]}
        monitoring = "monitoring.coreos.com/v1"
        return [
            self._object("v1", "ServiceAccount", own, "prometheus", automountServiceAccountToken=True),
            self._object(
                "v1", "Service", own, "prometheus", spec={"ports": web, "selector": pods, "type": "ClusterIP"}
            ),
            self._operator(),
            self.prometheus(),
            self._object(
                monitoring,
                "ServiceMonitor",
                own,
                "prometheus",
                spec={"endpoints": [{"port": "http-web", "path": "/metrics"}], "selector": scraped},
            ),
            self._object(
                monitoring, "PrometheusRule", f"{self.name}-general.rules", "", spec={"groups": [group]}
            ),
            *map(dict, self.more),
        ]

    def _operator(self) -> dict[str, Any]:
        name, own = f"{self.name}-operator", {"app": f"{CHART}-operator", "release": self.release}
        image = f"quay.io/prometheus-operator/prometheus-operator:v{VERSIONS[self.version][0]}"
        containers = [{"name": CHART, "image": image, "args": ["--kubelet-service=kube-system/kubelet"]}]
        template = {"metadata": {"labels": own}, "spec": {"containers": containers}}
        spec = {"replicas": 1, "selector": {"matchLabels": own}, "template": template}
        return self._object("apps/v1", "Deployment", name, "operator", spec=spec)

    def _object(self, version: str, kind: str, name: str, part: str, **rest: Any) -> dict[str, Any]:
        labels = self.labels(part)
        metadata = {"name": name, "namespace": self.namespace, "labels": labels}
        return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}

    def write(self, folder: Path) -> Path:
        """The chart, as a folder."""
        (folder / "templates").mkdir(parents=True)
        about = {"apiVersion": "v2", "name": self.chart, "version": self.version, "type": "application"}
        about["appVersion"] = f"v{VERSIONS[self.version][0]}"
        (folder / "Chart.yaml").write_text(yaml.safe_dump(about))
        (folder / "templates" / "all.yaml").write_text(yaml.safe_dump_all(self.objects(), sort_keys=False))
        return folder

    def helm(self, kubeconfig: Path, *words: str) -> subprocess.CompletedProcess[str]:
        """`helm upgrade --install` of it, with more words, such as `--server-side=false`."""
        with tempfile.TemporaryDirectory() as folder:
            chart = self.write(Path(folder) / "chart")
            verb = ("upgrade", self.release, str(chart), "--install", "--namespace", self.namespace)
            return run(kubeconfig, *verb, *words)


def run(kubeconfig: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Helm towards a cluster; nothing that this machine has configured is read."""
    with tempfile.TemporaryDirectory() as home:
        environment = {"HOME": home, "PATH": os.environ["PATH"], "KUBECONFIG": str(kubeconfig)}
        command = [str(find("helm")), *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
