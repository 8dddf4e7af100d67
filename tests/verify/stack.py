"""A small estate of real Prometheus, Thanos and Alertmanager processes that a test can break part by part.

Two workload clusters (`weu` with a pair of Prometheus, `neu` with one), blocks of ten seconds in a folder as
the object store, ports that the system gives. It wires the processes by hand, on purpose: verification is
tested against the engines themselves, apart from the topology that the product renders.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import httpx
import yaml

from deploy.engines import find
from estate.model import Estate
from estate.running import Deployment, Running
from tests.ports import free_address, free_port
from tests.verify.doubles import ExporterDouble, ReceiverDouble

REPLICAS = {"weu": 2, "neu": 1}
WATCHDOG = {
    "groups": [
        {
            "name": "watchdog",
            "rules": [{"alert": "Watchdog", "expr": "vector(1)", "labels": {"severity": "none"}}],
        }
    ]
}
GLOBAL_RULES = {
    "groups": [
        {"name": "global", "rules": [{"record": "cluster:up:count", "expr": "count by (cluster) (up)"}]}
    ]
}


def estate() -> Estate:
    """The estate that the stack runs."""
    cluster = {"subscription": "main", "version": "1.36"}
    return Estate.model_validate(
        {
            "apiVersion": "singlepane/v1",
            "name": "proof",
            "tenants": {"main": {"id": "00000000-0000-0000-0000-000000000001"}},
            "subscriptions": {"main": {"id": "00000000-0000-0000-0000-000000000002", "tenant": "main"}},
            "hub": "hub",
            "clusters": {
                "hub": {**cluster, "region": "westeurope"},
                "weu": {
                    **cluster,
                    "region": "westeurope",
                    "labels": {"environment": "prod"},
                    "prometheus": {"replicas": 2, "scrape_interval": "1s"},
                },
                "neu": {**cluster, "region": "northeurope", "prometheus": {"scrape_interval": "1s"}},
            },
            "metrics": {"store": {"account": "proofmetrics", "container": "thanos"}},
            "exporters": {
                "orders": {
                    "kind": "json",
                    "clusters": ["weu", "neu"],
                    "url": "https://orders.example/api",
                    "metrics": [{"name": "shop_orders", "help": "Open orders.", "value": "open"}],
                }
            },
            "alerts": {
                "receivers": {"pane": {"kind": "singlepane"}},
                "default": "pane",
                "heartbeat": {"receiver": "pane", "every": "5s"},
            },
        }
    )


@dataclass
class Process:
    """One engine; stopped with SIGTERM, killed if that does not end it."""

    name: str
    engine: str
    arguments: list[str]
    ready: str
    log: Path
    popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                [str(find(self.engine)), *self.arguments], stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def wait_ready(self, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.popen is not None
            if self.popen.poll() is not None:
                break
            try:
                if httpx.get(self.ready, timeout=2).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"{self.name} did not become ready:\n{self.log.read_text()[-2000:]}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.popen is None:
            return
        self.popen.send_signal(how)
        try:
            self.popen.wait(10)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
        self.popen = None


@dataclass
class Stack:
    """The running stack. `root` becomes the state folder."""

    root: Path
    estate: Estate = field(default_factory=estate)
    processes: dict[str, Process] = field(default_factory=dict)
    exporters: dict[str, ExporterDouble] = field(default_factory=dict)
    receiver: ReceiverDouble = field(default_factory=ReceiverDouble)
    rows: list[Running] = field(default_factory=list)

    def deployment(self) -> Deployment:
        """What runs, as a target would report it."""
        return Deployment(
            estate=self.estate.name,
            estate_file="",
            target="local",
            state_folder=str(self.root),
            started=time.time(),
            supervisor_pid=os.getpid(),
            supervisor_started=0.0,
            components=tuple(self.rows),
        )

    def start(self) -> None:
        """Start everything and wait until each part says it is ready."""
        self.wire()
        for process in self.processes.values():
            process.start()
        for process in self.processes.values():
            process.wait_ready()

    def stop(self) -> None:
        """End every process and server, readers first."""
        for process in reversed(self.processes.values()):
            process.stop()
        for exporter in self.exporters.values():
            exporter.stop()
        self.receiver.stop()

    def write(self, component: str, name: str, content: Any) -> Path:
        """A rendered file of a component, where the local target would put it."""
        path = self.root / "files" / component / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps(content, indent=1)
            if name.endswith(".json")
            else yaml.safe_dump(content, sort_keys=False)
        )
        return path

    def data(self, component: str) -> str:
        path = self.root / "data" / component
        path.mkdir(parents=True, exist_ok=True)
        return str(path)

    def add(
        self,
        name: str,
        kind: str,
        cluster: str,
        addresses: Mapping[str, str],
        replica: int | None = None,
        state: Literal["ready"] = "ready",
    ) -> None:
        self.rows.append(Running(name, kind, cluster, state, replica, addresses))

    def run(self, name: str, engine: str, arguments: list[str], ready: str) -> None:
        log = self.root / "logs" / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        self.processes[name] = Process(name, engine, arguments, ready, log)

    def thanos(
        self, kind: str, name: str, cluster: str, arguments: list[str], replica: int | None = None
    ) -> str:
        """One Thanos process; returns its gRPC address."""
        http, grpc = free_address(), free_address()
        listen = [f"--http-address={http}", f"--grpc-address={grpc}", "--http-grace-period=1s"]
        self.run(
            name, "thanos", [kind, *listen, "--grpc-grace-period=1s", *arguments], f"http://{http}/-/ready"
        )
        self.add(name, kind, cluster, {"http": http, "grpc": grpc}, replica)
        return grpc

    def wire(self) -> None:
        """Lay out files and command lines, data path order."""
        bucket = {"type": "FILESYSTEM", "config": {"directory": self.data("bucket")}}
        objstore = f"--objstore.config-file={self.write('store', 'objstore.yaml', bucket)}"
        receiver = f"127.0.0.1:{self.receiver.port}"
        self.add("server", "server", "hub", {"http": receiver})
        alertmanager = self.alertmanager(receiver)
        sidecars = []
        for cluster, replicas in REPLICAS.items():
            nodes = self.node_exporter(cluster)
            orders = self.exporters[f"orders-{cluster}"] = ExporterDouble()
            self.add(f"orders-{cluster}", "exporter", cluster, {"http": f"127.0.0.1:{orders.port}"})
            for number in range(replicas):
                jobs = {f"node-exporter-{cluster}": nodes, f"orders-{cluster}": f"127.0.0.1:{orders.port}"}
                http = self.prometheus(cluster, number, jobs, alertmanager)
                tsdb = f"--tsdb.path={self.data(f'prometheus-{cluster}-{number}')}"
                sidecars.append(
                    self.thanos(
                        "sidecar",
                        f"sidecar-{cluster}-{number}",
                        cluster,
                        [tsdb, f"--prometheus.url=http://{http}", objstore],
                        number,
                    )
                )
        store = self.thanos(
            "store",
            "store",
            "hub",
            [f"--data-dir={self.data('store')}", objstore, "--sync-block-duration=2s"],
        )
        endpoints = [f"--endpoint={address}" for address in (*sidecars, store)]
        self.thanos(
            "query",
            "query",
            "hub",
            [*endpoints, "--query.replica-label=prometheus_replica", "--query.timeout=30s"],
        )
        query = next(row for row in self.rows if row.name == "query").addresses["http"]
        rules = self.write("rule", "global.yaml", GLOBAL_RULES)
        self.thanos(
            "rule",
            "rule",
            "hub",
            [
                f"--data-dir={self.data('rule')}",
                f"--rule-file={rules}",
                f"--query=http://{query}",
                f"--alertmanagers.url=http://{alertmanager}",
                '--label=cluster="hub"',
                "--eval-interval=2s",
            ],
        )

    def alertmanager(self, receiver: str) -> str:
        port = free_port()
        hook = {"send_resolved": True}
        config = self.write(
            "alertmanager",
            "alertmanager.yaml",
            {
                "route": {
                    "receiver": "pane",
                    "group_by": ["cluster", "alertname"],
                    "group_wait": "1s",
                    "group_interval": "2s",
                    "routes": [
                        {
                            "receiver": "heartbeat",
                            "matchers": ['alertname="Watchdog"'],
                            "group_by": ["cluster"],
                            "repeat_interval": "5s",
                        }
                    ],
                },
                "receivers": [
                    {
                        "name": "pane",
                        "webhook_configs": [{"url": f"http://{receiver}/api/v1/alertmanager", **hook}],
                    },
                    {
                        "name": "heartbeat",
                        "webhook_configs": [{"url": f"http://{receiver}/api/v1/heartbeat", **hook}],
                    },
                ],
            },
        )
        self.run(
            "alertmanager",
            "alertmanager",
            [
                f"--config.file={config}",
                f"--storage.path={self.data('alertmanager')}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
            f"http://127.0.0.1:{port}/-/ready",
        )
        self.add("alertmanager", "alertmanager", "hub", {"http": f"127.0.0.1:{port}"})
        return f"127.0.0.1:{port}"

    def node_exporter(self, cluster: str) -> str:
        address = free_address()
        name = f"node-exporter-{cluster}"
        arguments = [f"--web.listen-address={address}", "--collector.disable-defaults", "--collector.loadavg"]
        self.run(name, "node_exporter", arguments, f"http://{address}/metrics")
        self.add(name, "node-exporter", cluster, {"http": address})
        return address

    def external_labels(self, cluster: str, number: int) -> dict[str, str]:
        labels = self.estate.clusters[cluster].labels
        return {"cluster": cluster, **labels, "prometheus_replica": str(number)}

    def prometheus_config(
        self, cluster: str, number: int, jobs: Mapping[str, str], alertmanager: str
    ) -> dict[str, Any]:
        """The configuration of one Prometheus; a test may change it and reload."""
        name = f"prometheus-{cluster}-{number}"
        scrapes = [
            {
                "job_name": "exporter" if component.startswith("orders") else "node-exporter",
                "scrape_timeout": "1s",
                "static_configs": [{"targets": [address], "labels": {"component": component}}],
            }
            for component, address in jobs.items()
        ]
        return {
            "global": {
                "scrape_interval": "1s",
                "scrape_timeout": "1s",
                "evaluation_interval": "1s",
                "external_labels": self.external_labels(cluster, number),
            },
            "rule_files": [str(self.write(name, "watchdog.yaml", WATCHDOG))],
            "scrape_configs": scrapes,
            "alerting": {
                "alert_relabel_configs": [{"regex": "prometheus_replica", "action": "labeldrop"}],
                "alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}],
            },
        }

    def prometheus(self, cluster: str, number: int, jobs: Mapping[str, str], alertmanager: str) -> str:
        name = f"prometheus-{cluster}-{number}"
        address = free_address()
        config = self.write(
            name, "prometheus.yaml", self.prometheus_config(cluster, number, jobs, alertmanager)
        )
        self.run(
            name,
            "prometheus",
            [
                f"--config.file={config}",
                f"--storage.tsdb.path={self.data(name)}",
                f"--web.listen-address={address}",
                "--web.enable-lifecycle",
                # An Alertmanager that was started anew hears of the alerts soon.
                "--rules.alert.resend-delay=5s",
                "--storage.tsdb.min-block-duration=10s",
                "--storage.tsdb.max-block-duration=10s",
            ],
            f"http://{address}/-/ready",
        )
        self.add(name, "prometheus", cluster, {"http": address}, number)
        return address
