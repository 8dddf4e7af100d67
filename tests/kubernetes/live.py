"""An estate for real clusters: the hub and one cluster beside it, small and fast enough for one machine.

What the estate takes as given stands beside it: blob storage (Azurite, a pod of the hub) and a shop.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme

from deploy import engines
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.connection import Access
from deploy.targets.kubernetes.cluster.paths import path
from deploy.targets.kubernetes.objects import images
from estate.model import Images
from estate.versions import ENGINES
from tests.cluster.clusters import Clusters

HUB, OTHER = "hub-weu", "prod-weu"
SPACE, BESIDE = "monitoring", "beside"
ACCOUNT, CONTAINER = "shopmetrics", "thanos"
# A key of the length that Azure's have; it opens nothing but the Azurite of this run.
KEY = base64.b64encode(b"0" * 64).decode()
AZURITE_PORT, SHOP_PORT = 10000, 8080

ESTATE = """\
apiVersion: singlepane/v1
name: shop
tenants: {{main: {{id: 6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001}}}}
subscriptions:
  shop-hub: {{id: 2b1c8f30-7d51-4c8e-9a46-3f1f6d2b0001, tenant: main}}
  shop-prod: {{id: 2b1c8f30-7d51-4c8e-9a46-3f1f6d2b0002, tenant: main}}
hub: hub-weu
defaults:
  cluster:
    version: "1.36"
    region: westeurope
    prometheus: {{retention: 24h, series: 20k, scrape_interval: 5s}}
    kubernetes: {{storage_class: managed-csi}}
clusters:
  hub-weu:
    subscription: shop-hub
    labels: {{environment: hub}}
    kubernetes: {{address: {hub}}}
    tls: {{kind: reference, certificate: "file:hub-weu.crt", key: "file:hub-weu.key"}}
  prod-weu:
    subscription: shop-prod
    labels: {{environment: prod}}
    kubernetes: {{address: {other}}}
    tls: {{kind: reference, certificate: "file:prod-weu.crt", key: "file:prod-weu.key"}}
metrics:
  store: {{account: shopmetrics, container: thanos, identity: "env:STORE_CONNECTION"}}
  timing: demonstration
  tls: {{ca: "file:ca.crt"}}
exporters:
  inventory: {{kind: estate}}
  shop-orders:
    kind: json
    clusters: [prod-weu]
    url: http://shop.beside.svc:8080/api/v1/orders/summary
    interval: 5s
    timeout: 3s
    metrics:
      - name: shop_orders_total
        type: counter
        help: Orders placed since the shop started.
        items: regions
        value: orders.total
        labels: {{region: name}}
alerts:
  receivers: {{panes: {{kind: singlepane}}}}
  default: panes
  heartbeat: {{receiver: panes, every: 15s}}
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended."""

    code: int
    out: str
    err: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Live:
    """The estate on its clusters. `addresses` are those of the load balancers by cluster."""

    folder: Path
    kubeconfig: Path
    addresses: Mapping[str, str]
    blobs: str
    apis: dict[str, Api] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """The estate file."""
        return self.folder / "estate.yaml"

    def write(self, change: Callable[[str], str] = lambda text: text) -> None:
        """The estate as it is above, changed."""
        text = ESTATE.format(hub=self.addresses[HUB], other=self.addresses[OTHER])
        self.file.write_text(change(text))

    def api(self, cluster: str, namespace: str = SPACE) -> Api:
        """The API server of a cluster, as ours talks to it."""
        return Api(Access(cluster, str(self.kubeconfig), cluster, namespace))

    def environment(self) -> dict[str, str]:
        """That of a person who applies."""
        endpoint = f"http://{self.blobs}:{AZURITE_PORT}/{ACCOUNT}"
        account = f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY}"
        own = {"KUBECONFIG": str(self.kubeconfig), "STORE_CONNECTION": f"{account};BlobEndpoint={endpoint};"}
        return {**os.environ, **own}

    def command(self, *words: str) -> list[str]:
        """`singlepane` with these words, on this estate."""
        verb, *rest = words
        code = "from singlepane.main import main; main()"
        return [sys.executable, "-P", "-c", code, verb, str(self.file), *rest]

    def run(self, *words: str, seconds: float = 900) -> Ran:
        """Run it to its end."""
        began = time.monotonic()
        done = subprocess.run(
            self.command(*words),
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr, time.monotonic() - began)

    def query(self, promql: str) -> list[dict[str, Any]]:
        """The series of an instant query of the global view."""
        place = f"/api/v1/namespaces/{SPACE}/services/http:query:10902/proxy/api/v1/query"
        answer = self.api(HUB).get(place, query=promql)
        return list(answer["data"]["result"])

    def prepare(self) -> None:
        """What the estate takes as given: blob storage with its container, and a shop."""
        hub, other = self.api(HUB), self.api(OTHER)
        for api, objects in ((hub, list(azurite(self.blobs))), (other, list(shop()))):
            for each in (_namespace(), *objects):
                api.apply(path(each), each, "tests", force=True)
        wait_for(lambda: self._ready(hub, "azurite"), "Azurite")
        wait_for(lambda: self._ready(other, "shop"), "the shop")
        wait_for(self._made, "the container")

    def _ready(self, api: Api, name: str) -> bool:
        found = api.get(f"/apis/apps/v1/namespaces/{BESIDE}/deployments/{name}")
        return bool(found["status"].get("readyReplicas"))

    def _made(self) -> bool:
        """The container, made by a Thanos that may."""
        connection = self.environment()["STORE_CONNECTION"]
        config = {
            "storage_account": ACCOUNT,
            "container": CONTAINER,
            "storage_create_container": True,
            "storage_connection_string": connection,
        }
        words = [
            "tools",
            "bucket",
            "ls",
            "--objstore.config",
            json.dumps({"type": "AZURE", "config": config}),
        ]
        done = subprocess.run(
            [str(engines.find("thanos")), *words], capture_output=True, check=False, timeout=60
        )
        return done.returncode == 0


def certificates(folder: Path, clusters: Iterable[str]) -> None:
    """An authority, and of each cluster the certificate by which others know it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.crt")
    for cluster in clusters:
        leaf = authority.issue_cert(f"{cluster}.shop.internal")
        leaf.cert_chain_pems[0].write_to_path(folder / f"{cluster}.crt")
        leaf.private_key_pem.write_to_path(folder / f"{cluster}.key")


def prepared(clusters: Clusters, folder: Path, *further: str) -> Live:
    """The estate file in a folder, and on the clusters what it takes as given; nothing is applied yet.

    `further`: clusters that the file is going to have besides.
    """
    certificates(folder, (HUB, OTHER, *further))
    addresses = {name: clusters[name].addresses.balancer(0) for name in (HUB, OTHER)}
    made = Live(folder, clusters.kubeconfig, addresses, clusters[HUB].addresses.balancer(1))
    made.write()
    made.prepare()
    return made


def wait_for(holds: Callable[[], object], what: str, seconds: float = 240) -> None:
    """Until it holds. Raises AssertionError."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"{what} is not there after {seconds:g} s")
        time.sleep(2)


def azurite(address: str) -> Iterator[dict[str, Any]]:
    """Blob storage at a load balancer's address, so that every cluster reaches it, as it would Azure's."""
    words = ["--blobHost", "0.0.0.0", "--blobPort", str(AZURITE_PORT), "--location", "/data"]
    yield _deployment(
        "azurite",
        {
            "image": f"mcr.microsoft.com/azure-storage/azurite:{ENGINES['azurite']}",
            "args": [*words, "--skipApiVersionCheck", "--disableTelemetry", "--silent"],
            "env": [{"name": "AZURITE_ACCOUNTS", "value": f"{ACCOUNT}:{KEY}"}],
            "ports": [{"containerPort": AZURITE_PORT, "protocol": "TCP"}],
        },
        AZURITE_PORT,
    )
    yield _service("azurite", AZURITE_PORT, address)


def shop() -> Iterator[dict[str, Any]]:
    """The demonstration shop."""
    yield _deployment(
        "shop",
        {
            "image": images.reference("singlepane", Images()),
            "args": ["simulate", "shop", "--listen", f"0.0.0.0:{SHOP_PORT}"],
            "ports": [{"containerPort": SHOP_PORT, "protocol": "TCP"}],
        },
        SHOP_PORT,
    )
    yield _service("shop", SHOP_PORT, None)


def _namespace() -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": BESIDE}}


def _deployment(name: str, container: Mapping[str, Any], port: int) -> dict[str, Any]:
    made = {
        "name": name,
        "imagePullPolicy": "IfNotPresent",
        "volumeMounts": [{"name": "data", "mountPath": "/data"}, {"name": "tmp", "mountPath": "/tmp"}],
        "readinessProbe": {"tcpSocket": {"port": port}, "periodSeconds": 2},
        **container,
    }
    volumes = [{"name": "data", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}]
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [made], "volumes": volumes}}
    spec = {"selector": {"matchLabels": {"app": name}}, "template": template}
    metadata = {"name": name, "namespace": BESIDE}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def _service(name: str, port: int, address: str | None) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "namespace": BESIDE}
    spec: dict[str, Any] = {"selector": {"app": name}, "ports": [{"port": port, "protocol": "TCP"}]}
    if address is not None:
        spec["type"] = "LoadBalancer"
        metadata["annotations"] = {"service.beta.kubernetes.io/azure-load-balancer-ipv4": address}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}
