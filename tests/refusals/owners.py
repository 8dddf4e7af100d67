"""What somebody else has already: objects, fields, releases, namespaces, the lock."""

from __future__ import annotations

from collections.abc import Callable

from tests.cluster.api import Object
from tests.refusals.case import Case
from tests.refusals.things import namespace, of, revision
from tests.refusals.world import World

STATE = "kube-state-metrics-prod-weu"
ALLOWED = "--allow storage-class-missing"


def there(*objects: Object) -> Callable[[World], None]:
    """With these objects in the namespace of prod-weu."""

    def before(world: World) -> None:
        world.signed_in()
        world.has(namespace("prod"), *objects)

    return before


def helms(release: str, space: str = "prod") -> dict[str, object]:
    """What Helm writes on an object of a release."""
    notes = {"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": space}
    return {"annotations": notes, "labels": {"app.kubernetes.io/managed-by": "Helm"}}


def service(**metadata: object) -> Object:
    """A Service of the name that ours has."""
    spec = {"ports": [{"name": "http", "port": 8080, "protocol": "TCP"}], "selector": {"app": "old"}}
    return of("v1", "Service", STATE, spec, **metadata)


def lease(holder: str) -> Object:
    """The lock, held by somebody of another machine."""
    spec = {
        "holderIdentity": holder,
        "leaseDurationSeconds": 60,
        "acquireTime": "2090-01-01T00:00:00.000000Z",
        "renewTime": "2090-01-01T00:00:00.000000Z",
    }
    return of("coordination.k8s.io/v1", "Lease", "singlepane", spec)


CASES = (
    Case(
        "a Service of our name that somebody made by hand",
        f"apply -c prod-weu {ALLOWED}",
        before=there(service()),
    ),
    Case(
        "a Service that belongs to another release",
        f"apply -c prod-weu {ALLOWED}",
        before=there(service(**helms("kube-prometheus-stack"))),
    ),
    Case(
        "a Service that belongs to a release of another namespace",
        f"apply -c prod-weu {ALLOWED}",
        before=there(service(**helms(STATE, "monitoring"))),
    ),
    Case(
        "a Service of our release whose fields another manager has",
        f"apply -c prod-weu {ALLOWED}",
        before=there(service(**helms(STATE))),
    ),
    Case(
        "a release of our name that is of another estate",
        f"apply -c prod-weu {ALLOWED}",
        before=there(revision("metrics", "deployed", "orders")),
    ),
    Case(
        "a release of our name that no estate applied",
        f"apply -c prod-weu {ALLOWED}",
        before=there(revision("metrics", "deployed")),
    ),
    Case(
        "a release of somebody else that waits",
        "apply -c prod-weu --allow storage-class-missing",
        before=there(revision("metrics", "pending-upgrade")),
    ),
    Case(
        "a lock that somebody of another machine holds",
        "apply -c prod-weu --secrets-only",
        before=there(lease("night-shift@jump-1, process 4711, a1b2c3")),
    ),
    Case(
        "a rollback while somebody else changes the cluster",
        "rollback 1 -c prod-weu",
        before=there(lease("night-shift@jump-1, process 4711, a1b2c3")),
    ),
    Case("a rollback where nothing was applied", "rollback 1 -c prod-weu", before=there()),
    Case(
        "a rollback in a namespace that is not there",
        "rollback 1 -c prod-weu",
        before=lambda world: world.signed_in(),
    ),
    Case(
        "two clusters that are one place",
        "plan",
        {"namespace: prod,": "namespace: hub,"},
        before=lambda world: world.signed_in(),
    ),
)
