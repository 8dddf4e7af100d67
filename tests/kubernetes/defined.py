"""The definitions of our prometheus-operator on a real API server, for as long as somebody needs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from deploy.engines import find
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.definitions import apply, there, wanted
from estate.errors import ClusterError
from tests.cluster.api import until
from tests.cluster.plane import Plane

_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_KINDS = ("prometheuses", "prometheusrules", "servicemonitors", "podmonitors")


@contextmanager
def defined(plane: Plane) -> Iterator[Plane]:
    """Until the block ends; with them goes whatever was made of their kinds. Raises ClusterError."""
    api = plane.client("definitions", "default")
    for each in wanted(find("prometheus_operator")):
        until(partial(_applied, api, each), each["metadata"]["name"])
    for name in _KINDS:
        until(partial(_answers, api, f"/apis/monitoring.coreos.com/v1/{name}"), name)
    # Made at the first question for it, for longer than Helm waits on a busy machine.
    until(partial(_answers, api, "/openapi/v2"), "the schema of all kinds")
    try:
        yield plane
    finally:
        for name in there(api):
            api.delete(f"{_DEFINITIONS}/{name}")
        until(lambda: not there(api), "the end of the definitions")


def _applied(api: Api, definition: dict[str, Any]) -> bool:
    try:
        apply(api, definition)
    except ClusterError:
        # A busy machine takes longer for one of half a megabyte than a client waits.
        return False
    return True


def _answers(api: Api, path: str) -> bool:
    try:
        return bool(api.text(path))
    except ClusterError:
        # Among others 429, while the storage of a new kind is being made.
        return False
