"""Custom resource definitions of prometheus-operator: taken from its own binary, applied by themselves.

Helm never changes those that exist, and a client-side apply cannot: their annotation would be too large
(prometheus-community/helm-charts#1500).
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.paths import collection
from estate.errors import EngineError

MANAGER = "singlepane"
# The operator writes its version into each of them.
VERSION = "operator.prometheus.io/version"
_VERSION = "apiextensions.k8s.io/v1"
_KIND = "CustomResourceDefinition"


class _Loader(yaml.CSafeLoader):
    """Reads a plain `=` as text. PyYAML has a type of its own for it, and then cannot make it."""


def _text(loader: Any, node: Any) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:value", _text)


@cache
def wanted(operator: Path) -> tuple[dict[str, Any], ...]:
    """The definitions that this operator's binary holds. Raises EngineError."""
    done = subprocess.run([str(operator), "crds"], capture_output=True, timeout=60, check=False)
    if done.returncode:
        raise EngineError(f"{operator} crds: {done.stderr.decode(errors='replace').strip()}")
    return tuple(each for each in yaml.load_all(done.stdout, _Loader) if each)


def there(api: Api) -> dict[str, str]:
    """The operator's version in each definition that is there, by name, or nothing. Raises ClusterError."""
    return {
        each["metadata"]["name"]: each["metadata"].get("annotations", {}).get(VERSION, "")
        for each in api.metadata(collection(_VERSION, _KIND, None))
    }


def outdated(known: Mapping[str, str], definitions: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
    """Those that are missing among the known ones, or of another version."""
    return tuple(
        each
        for each in definitions
        if known.get(each["metadata"]["name"]) != each["metadata"].get("annotations", {}).get(VERSION)
    )


def apply(api: Api, definition: dict[str, Any]) -> None:
    """Bring one up to date. Raises ClusterError."""
    path = f"{collection(_VERSION, _KIND, None)}/{definition['metadata']['name']}"
    api.apply(path, definition, MANAGER, force=True)


def unserved(api: Api, definitions: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """Names of those whose objects the API server does not take yet. Raises ClusterError."""
    wanted = {
        (f"/apis/{each['spec']['group']}/{version['name']}", each["spec"]["names"]["plural"])
        for each in definitions
        for version in each["spec"]["versions"]
        if version.get("served")
    }
    there = {
        place: {row["name"] for row in (api.find(place) or {}).get("resources", ())}
        for place in {place for place, _ in wanted}
    }
    return tuple(sorted(name for place, name in wanted if name not in there[place]))
