"""What a cloud does for a cluster: addresses for services of type LoadBalancer, disks for claims.

A loop looks at the API every second. An address is one of the cluster's range, routed to its node, where
kube-proxy answers for it. A disk is a folder of the node as a `local` volume, so that a pod's fsGroup is
applied to it.
"""

from __future__ import annotations

import ssl
import threading
from pathlib import Path

import httpx

from tests.cluster.addresses import Addresses
from tests.cluster.api import Api, Object
from tests.cluster.base_objects import CLASSES, PROVISIONER

# Where the node keeps the disks, and the annotation by which the scheduler says that a claim is wanted there.
DISKS = "/var/lib/disks"
_WANTED = "volume.kubernetes.io/selected-node"
_MADE_BY = {"pv.kubernetes.io/provisioned-by": PROVISIONER}


class Cloud:
    """The loop for one cluster, until `end`. `disks` is the folder of DISKS on this machine."""

    def __init__(self, api: Api, addresses: Addresses, disks: Path) -> None:
        self._api, self._addresses, self._disks = api, addresses, disks
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"cloud-{addresses.number}", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop looking."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(1):
            for look in (self._give_addresses, self._give_disks, self._take_disks, self._grow_disks):
                # A conflict or an API server that is away is over by the next look.
                try:
                    look()
                except (httpx.HTTPError, ssl.SSLError, OSError):
                    continue

    def _give_addresses(self) -> None:
        services = self._api.get("/api/v1/services")["items"]
        balanced = [service for service in services if service["spec"].get("type") == "LoadBalancer"]
        taken = {entry["ip"] for service in balanced for entry in _ingress(service)}
        for service in balanced:
            if not _ingress(service):
                address = _address(service, taken, self._addresses)
                taken.add(address)
                path = f"/api/v1/namespaces/{_namespace(service)}/services/{_name(service)}/status"
                self._api.merge(path, {"status": {"loadBalancer": {"ingress": [{"ip": address}]}}})

    def _give_disks(self) -> None:
        for claim in self._api.get("/api/v1/persistentvolumeclaims")["items"]:
            node = claim["metadata"].get("annotations", {}).get(_WANTED)
            wanted = (
                claim["spec"].get("storageClassName") in CLASSES and claim["status"]["phase"] == "Pending"
            )
            if node and wanted and not claim["spec"].get("volumeName"):
                disk = f"pvc-{claim['metadata']['uid']}"
                (self._disks / disk).mkdir(parents=True, exist_ok=True)
                try:
                    self._api.create("/api/v1/persistentvolumes", volume(disk, claim, node))
                except httpx.HTTPStatusError as error:
                    if error.response.status_code != httpx.codes.CONFLICT:
                        raise

    def _take_disks(self) -> None:
        for disk in self._own_disks():
            if disk["status"].get("phase") in ("Released", "Failed"):
                self._api.delete(f"/api/v1/persistentvolumes/{_name(disk)}")

    def _grow_disks(self) -> None:
        """Growing costs nothing here: capacity of the volume first, then that of the claim, as a resizer
        does.
        """
        disks = {_name(disk): disk for disk in self._own_disks()}
        for claim in self._api.get("/api/v1/persistentvolumeclaims")["items"]:
            disk = disks.get(claim["spec"].get("volumeName", ""))
            wanted = claim["spec"]["resources"]["requests"]["storage"]
            if (
                not disk
                or claim["status"]["phase"] != "Bound"
                or wanted == claim["status"]["capacity"]["storage"]
            ):
                continue
            capacity = {"capacity": {"storage": wanted}}
            self._api.merge(f"/api/v1/persistentvolumes/{_name(disk)}", {"spec": capacity})
            path = f"/api/v1/namespaces/{_namespace(claim)}/persistentvolumeclaims/{_name(claim)}/status"
            self._api.merge(path, {"status": {**capacity, "conditions": None}})

    def _own_disks(self) -> list[Object]:
        found = self._api.get("/api/v1/persistentvolumes")["items"]
        return [disk for disk in found if disk["metadata"].get("annotations", {}).items() >= _MADE_BY.items()]


def volume(name: str, claim: Object, node: str) -> Object:
    """The volume of a claim, bound to it and to the node."""
    here = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
    metadata = claim["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": _MADE_BY},
        "spec": {
            "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
            "accessModes": claim["spec"]["accessModes"],
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": claim["spec"]["storageClassName"],
            "volumeMode": "Filesystem",
            "local": {"path": f"{DISKS}/{name}"},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [here]}]}},
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "name": metadata["name"],
                "namespace": metadata["namespace"],
                "uid": metadata["uid"],
            },
        },
    }


def _address(service: Object, taken: set[str], addresses: Addresses) -> str:
    """The address that the service asks for as AKS lets it, else the lowest free one."""
    annotations = service["metadata"].get("annotations", {})
    asked = annotations.get("service.beta.kubernetes.io/azure-load-balancer-ipv4")
    if asked:
        # Services with other ports share it (cloud-provider-azure, topics/shared-ip).
        return str(asked)
    return next(free for index in range(250) if (free := addresses.balancer(index)) not in taken)


def _ingress(service: Object) -> list[dict[str, str]]:
    return list(service["status"].get("loadBalancer", {}).get("ingress") or ())


def _name(content: Object) -> str:
    return str(content["metadata"]["name"])


def _namespace(content: Object) -> str:
    return str(content["metadata"]["namespace"])
