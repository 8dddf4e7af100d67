"""What a cluster as it is would refuse: `apply` stops for each before anything is touched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cluster.api import Object
from tests.refusals.case import Case
from tests.refusals.things import namespace, of
from tests.refusals.world import World

APPLY = "apply -c prod-weu"


def there(*objects: Object, **labels: str) -> Callable[[World], None]:
    """With a default storage class, and these objects in the namespace of prod-weu, which has labels."""

    def before(world: World) -> None:
        world.signed_in()
        world.has(storage_class("default"), namespace("prod", **labels), *objects)

    return before


def storage_class(name: str) -> Object:
    """A storage class, the default one if it is called so."""
    note = {"storageclass.kubernetes.io/is-default-class": str(name == "default").lower()}
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name, "annotations": note},
        "provisioner": "disk.csi.azure.com",
        "allowVolumeExpansion": True,
    }


def quota(**hard: str) -> Object:
    """A quota of the namespace."""
    return of(
        "v1", "ResourceQuota", "team", {"hard": {key.replace("_", "."): value for key, value in hard.items()}}
    )


def node(memory: str) -> Object:
    """A node with so much memory, none of it in use."""
    made: dict[str, Any] = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "aks-pool-1"}}
    return {**made, "status": {"allocatable": {"cpu": "2", "memory": memory, "pods": "30"}}}


CASES = (
    Case("no storage class at all", APPLY, before=lambda world: world.signed_in()),
    Case(
        "a storage class that is not there",
        APPLY,
        {"namespace: prod,": "namespace: prod, storage_class: fast,"},
        before=there(),
    ),
    Case("a quota of memory that is too small", APPLY, before=there(quota(requests_memory="1Gi"))),
    Case("a quota of pods that is too small", APPLY, before=there(quota(pods="1"))),
    Case("a quota that counts what containers do not say", APPLY, before=there(quota(limits_cpu="10"))),
    Case(
        "a LimitRange that lets containers use less",
        APPLY,
        before=there(
            of("v1", "LimitRange", "team", {"limits": [{"type": "Container", "max": {"memory": "64Mi"}}]})
        ),
    ),
    Case(
        "a namespace of the standard restricted",
        APPLY,
        before=there(**{"pod_security.kubernetes.io/enforce": "restricted"}),
    ),
    Case(
        "an image pull secret that is not there",
        APPLY,
        {"images:\n": "images:\n  pull_secret: registry\n"},
        before=there(),
    ),
    Case(
        "two things at once, one of them allowed",
        f"{APPLY} --allow quota-exceeded",
        {"images:\n": "images:\n  pull_secret: registry\n"},
        before=there(quota(pods="1")),
    ),
    Case("a code of --allow that is misspelt", f"{APPLY} --allow storage-class-mising"),
    Case("a code of --allow that there is not", f"{APPLY} --allow everything"),
)
