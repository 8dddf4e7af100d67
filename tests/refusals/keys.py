"""Keys of an estate that only clusters read, written wrong: each with its line, column and what to write."""

from __future__ import annotations

from tests.refusals.case import Case

CHECK = "check --target kubernetes estate.yaml"
ROW = "namespace: prod, "
PROD = "client_id: 8e6d1f54-3b0c-4f43-9b0e-5a1d7c2e0002"
WAVE = "{name: canary, clusters: [prod-weu]}"
GATE = """{name: quiet, query: 'ALERTS{alertstate="firing", severity="critical"}'}"""
IMAGES = "versions: {thanos: 0.42.4}"


def row(what: str, more: str) -> Case:
    """With more in the row of prod-weu."""
    return Case(what, CHECK, {ROW: f"{ROW}{more}, "})


def wave(what: str, text: str) -> Case:
    """With another wave."""
    return Case(what, CHECK, {WAVE: text})


def gate(what: str, text: str) -> Case:
    """With another gate."""
    return Case(what, CHECK, {GATE: text})


def images(what: str, text: str) -> Case:
    """With other images."""
    return Case(what, CHECK, {IMAGES: text})


CASES = (
    Case("a namespace in capitals", CHECK, {ROW: "namespace: Prod, "}),
    Case("a namespace with a dot", CHECK, {ROW: "namespace: prod.eu, "}),
    Case("a namespace that is a number", CHECK, {ROW: "namespace: 7, "}),
    Case("a namespace that is empty", CHECK, {ROW: "namespace: '', "}),
    row("a key of kubernetes that is misspelt", "contxt: aks-prod"),
    row("a context that is a list", "context: [prod-weu]"),
    row("a storage class that is no name", "storage_class: Managed CSI"),
    row("a kubeconfig that is a number", "kubeconfig: 5"),
    Case("an address with a scheme", CHECK, {"address: 10.21.0.10": "address: https://10.21.0.10"}),
    Case("an address with a port", CHECK, {"address: 10.21.0.10": "address: 10.21.0.10:443"}),
    Case("an address that another cluster has", CHECK, {"address: 10.21.0.10": "address: 10.20.0.10"}),
    Case("no address", CHECK, {"address: 10.21.0.10, ": ""}),
    Case("a client id that is a name", CHECK, {PROD: "client_id: prod-identity"}),
    Case("no client id where the store needs one", CHECK, {f", {PROD}": ""}),
    Case("a version that Kubernetes does not have any more", CHECK, {'version: "1.36"': 'version: "1.19"'}),
    Case("a version that is a number", CHECK, {'version: "1.36"': "version: 1.30"}),
    Case("a version with its patch and a v", CHECK, {'version: "1.36"': "version: v1.36.3"}),
    wave("a wave that names no cluster", "{name: canary, clusters: []}"),
    wave("a wave without clusters", "{name: canary}"),
    wave("a wave of a cluster that is not there", "{name: canary, clusters: [prod-neu]}"),
    wave("a wave without a name", "{clusters: [prod-weu]}"),
    wave("a wave that has a cluster twice", "{name: canary, clusters: [prod-weu, prod-weu]}"),
    wave(
        "a wave with the hub behind another",
        f"{WAVE}, {{name: late, clusters: [hub-weu]}}".replace("}, {", "}\n    - {"),
    ),
    wave("two waves of one name", f"{WAVE}\n    - {{name: canary, clusters: [hub-weu]}}"),
    wave("a wave with a key of a gate", "{name: canary, clusters: [prod-weu], hold: 5m}"),
    gate("a gate without a query", "{name: quiet}"),
    gate("a gate whose query is cut off", "{name: quiet, query: 'sum(rate(up[5m])'}"),
    gate("a gate whose query is empty", "{name: quiet, query: ''}"),
    gate("a gate that waits longer than it may", "{name: quiet, query: 'up == 0', hold: 30m, within: 5m}"),
    gate("a gate whose hold is no duration", "{name: quiet, query: 'up == 0', hold: five}"),
    gate("a gate in capitals", "{name: All Quiet, query: 'up == 0'}"),
    gate(
        "a gate that asks with a function of old",
        "{name: quiet, query: 'holt_winters(up[5m], 0.1, 0.1) < 1'}",
    ),
    images("an image by its whole reference", "versions: {thanos: quay.io/thanos/thanos}"),
    images("an image without a tag", "versions: {thanos: ''}"),
    images("an image with the tag latest", "versions: {thanos: latest}"),
    images("an image that there is not", "versions: {thanoss: 0.42.4}"),
    images("a Thanos that is older than what is written for it", "versions: {thanos: 0.30.0}"),
    images("a mirror with a scheme", "mirror: https://mirror.example"),
    images("a mirror with a tag", "mirror: mirror.example/shop:1"),
    images("a digest of the wrong length", "digests: {thanos: sha256:abc}"),
    images("a pull secret that is no name", "pull_secret: My_Secret"),
    images("a key of images that is misspelt", "mirrors: mirror.example"),
)
