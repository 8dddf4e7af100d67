"""A release: objects that Helm applies through one of our charts, keeps revisions of, and rolls back.

The charts write each object out with what all share, and decide nothing. `complete` does the same here, some
hundred times faster; a test holds both to each other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from deploy.charts import FOLDER
from deploy.targets.kubernetes.objects.adopted import additions
from deploy.targets.kubernetes.objects.files import SecretDraft
from deploy.targets.kubernetes.objects.names import OURS


@cache
def kinds(chart: str) -> Mapping[str, Mapping[str, str]]:
    """The kinds that a chart writes: the API version of each, and its scope where that is the cluster."""
    rows: dict[str, dict[str, str]] = yaml.safe_load((FOLDER / chart / "kinds.yaml").read_text("utf-8"))
    return rows


# What Helm itself writes on every object that it owns.
MANAGED_BY = {"app.kubernetes.io/managed-by": "Helm"}


@dataclass(frozen=True, slots=True)
class Release:
    """`chart` is a folder of `charts/`; `objects` are in its form: kind, name, labels, and the rest."""

    name: str
    namespace: str
    chart: str
    objects: tuple[dict[str, Any], ...]

    def values(self) -> dict[str, Any]:
        """What the chart is given."""
        return {"objects": list(self.objects)}

    @property
    def hash(self) -> str:
        """Equal for equal content."""
        text = json.dumps([self.chart, self.objects], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def manifests(self) -> tuple[dict[str, Any], ...]:
        """The objects as the chart renders them."""
        known = kinds(self.chart)
        return tuple(complete(each, self.namespace, known) for each in self.objects)


def complete(
    given: Mapping[str, Any], namespace: str, known: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """An object as the API server takes it. Raises KeyError for a kind that the chart does not write."""
    kind = given["kind"]
    metadata: dict[str, Any] = {"name": given["name"]}
    if known[kind].get("scope") != "cluster":
        metadata["namespace"] = namespace
    metadata["labels"] = {**OURS, **given.get("labels", {}), **MANAGED_BY}
    if "annotations" in given:
        metadata["annotations"] = given["annotations"]
    rest = {key: value for key, value in given.items() if key not in _METADATA}
    return {"apiVersion": known[kind]["apiVersion"], "kind": kind, "metadata": metadata, **rest}


_METADATA = frozenset({"kind", "name", "labels", "annotations"})


@dataclass(frozen=True, slots=True)
class Rendering:
    """All of one cluster: `secrets` are applied first and by themselves, `releases` in their order.

    `estate` is the name of the estate, which releases of ours carry.
    """

    estate: str
    cluster: str
    namespace: str
    secrets: tuple[SecretDraft, ...]
    releases: tuple[Release, ...]

    def manifests(self) -> list[dict[str, Any]]:
        """The objects of all releases, as the charts render them."""
        return [manifest for release in self.releases for manifest in release.manifests()]

    @property
    def additions(self) -> tuple[dict[str, Any], ...]:
        """Partial objects: the fields that an installed stack gets. Without any, there is no such stack."""
        return tuple(each for release in self.releases for each in additions(release.objects))
