"""The Prometheus of an installed stack: which one it is, and of which form.

Source: prometheus-community/helm-charts, templates/_helpers.tpl: its name follows from that of the release,
`fullnameOverride`, `nameOverride` and `cleanPrometheusOperatorObjectNames`; shards:
https://prometheus-operator.dev/docs/platform/high-availability/.
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Installed, Object, Rendered
from estate.problems import Problem
from estate.stacks import account_of, server_of


def stack_prometheus(rendered: Rendered, found: Installed) -> Iterator[Problem]:
    """The estate names the one that is there, its account, and as many replicas as it has."""
    release = found.release(rendered.row.kubernetes.stack.release)
    name = server_of(rendered.estate, rendered.cluster)
    each = found.prometheus(name)
    if each is None:
        yield from _another(rendered, found, release, name)
        return
    yield from _form(rendered, each, name)


def _another(rendered: Rendered, found: Installed, release: Object | None, name: str) -> Iterator[Problem]:
    if release is None:
        return
    path = rendered.path("kubernetes", "stack", "prometheus")
    names = list(release["prometheuses"])
    if len(names) == 1:
        message = f"the Prometheus of release {release['name']} is called {names[0]}, not {name}"
        yield Problem("stack-prometheus", path, message, f"write prometheus: {names[0]}")
    elif names:
        message = f"release {release['name']} has {len(names)} Prometheus objects: {', '.join(names)}"
        yield Problem("stack-prometheus", path, message, "write which of them gets the sidecar")
    else:
        message = f"release {release['name']} has no Prometheus object"
        yield Problem("stack-prometheus", path, message, "set prometheus.enabled in the values of the stack")


def _form(rendered: Rendered, each: Object, name: str) -> Iterator[Problem]:
    spec, cluster = each["spec"], rendered.cluster
    replicas, wanted = spec.get("replicas", 1), rendered.row.prometheus.replicas
    if spec.get("shards", 1) > 1:
        message = f"Prometheus {name} has {spec['shards']} shards, and the hub reaches replicas alone"
        fix = "set prometheusSpec.shards to 1, or leave this cluster out of the estate"
        yield Problem("stack-prometheus", rendered.path("kubernetes", "existing"), message, fix)
    if replicas != wanted:
        message = f"Prometheus {name} has replicas: {replicas}, the estate says {wanted}"
        path = rendered.path("prometheus", "replicas")
        yield Problem("stack-prometheus", path, message, f"write prometheus: {{replicas: {replicas}}}")
    account, asked = spec.get("serviceAccountName", "default"), account_of(rendered.estate, cluster)
    if account != asked:
        message = f"Prometheus {name} runs as the ServiceAccount {account}, not {asked}"
        path = rendered.path("kubernetes", "stack", "account")
        yield Problem("stack-prometheus", path, message, f"write account: {account}")
    if spec.get("paused"):
        message = f"Prometheus {name} is paused: the operator would not give it a sidecar"
        path = rendered.path("kubernetes", "existing")
        yield Problem("stack-prometheus", path, message, "set prometheusSpec.paused to false")
