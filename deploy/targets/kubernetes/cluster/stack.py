"""An installed stack as it is: its Helm release, its Prometheus, and what leads to it."""

from __future__ import annotations

import re
from typing import Any

import yaml

from deploy.targets.kubernetes.checks.inputs import Installed, Object
from deploy.targets.kubernetes.cluster import releases
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.paths import collection
from deploy.targets.kubernetes.cluster.refused import Refused
from deploy.targets.kubernetes.cluster.releases import Revision
from estate.stacks import CHART

MONITORING = "monitoring.coreos.com/v1"
# Documents of a manifest are read only where they are of this kind: rules hold what PyYAML cannot read.
_PROMETHEUS = re.compile(r"^kind: [\"']?Prometheus[\"']?\s*$", re.MULTILINE)


def installed(api: Api, release: str) -> Installed:
    """The stack of that release's name, or what other stacks there are. Raises ClusterError."""
    there = releases.revisions(api)
    # The one that somebody applies right now is no reason to read the one before.
    named = {release: there[release]} if release in there else there
    found = [_release(api, rows[0]) for rows in named.values()]
    kept = tuple(each for each in found if each["name"] == release or each["chart"] == CHART)
    prometheuses = _listed(api, MONITORING, "Prometheus", unknown=404)
    services = _listed(api, "v1", "Service", unknown=403)
    return Installed(kept, prometheuses, services, _namespace(api))


def _release(api: Api, revision: Revision) -> Object:
    stored = releases.stored(api, revision)
    about = stored["chart"]["metadata"]
    return {
        "name": revision.release,
        "chart": about["name"],
        "version": about["version"],
        "app": about.get("appVersion", ""),
        "status": revision.status,
        "prometheuses": _prometheuses(stored.get("manifest") or ""),
    }


def _prometheuses(manifest: str) -> list[str]:
    """Names of the Prometheus objects of a release."""
    parts = [part for part in re.split(r"^---.*$", manifest, flags=re.MULTILINE) if _PROMETHEUS.search(part)]
    return [yaml.load(part, yaml.CSafeLoader)["metadata"]["name"] for part in parts]


def _listed(api: Api, version: str, kind: str, unknown: int) -> tuple[Object, ...]:
    """Those of the namespace; none where the answer is `unknown`."""
    try:
        rows: list[Any] = api.get(collection(version, kind, api.namespace))["items"] or []
    except Refused as error:
        if error.status != unknown:
            raise
        return ()
    return tuple({"apiVersion": version, "kind": kind, **each} for each in rows)


def _namespace(api: Api) -> Object | None:
    """With its labels; None where this person may not read it."""
    try:
        found: Object | None = api.find(f"{collection('v1', 'Namespace', None)}/{api.namespace}")
    except Refused as error:
        if error.status != 403:
            raise
        return None
    return found
