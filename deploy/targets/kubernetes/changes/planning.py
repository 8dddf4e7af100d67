"""What an apply would change in one cluster, by the API server's own dry run under the manager that applies.

`helm upgrade --dry-run=server` sends no such request: it says yes to upgrades that then fail. Objects of
releases that an apply would not send are seen in lists (`untouched`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

from deploy.targets.kubernetes.changes import claims, consequences, diff
from deploy.targets.kubernetes.changes.consequences import Consequence
from deploy.targets.kubernetes.changes.untouched import untouched
from deploy.targets.kubernetes.cluster import additions, definitions, lists, releases, rights
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.paths import collection, path
from deploy.targets.kubernetes.cluster.refused import Refused
from deploy.targets.kubernetes.objects.files import SecretDraft
from deploy.targets.kubernetes.rendering.release import Release, Rendering, complete, kinds
from estate.differing import Field
from estate.errors import ClusterError

Action = Literal["create", "change", "recreate", "delete"]
# Helm's name as a manager of fields. Under another one a removed field would never show.
MANAGER = "helm"
THREADS = 8
# What is applied by itself belongs to no release.
APART = ""
# Stands for both values of a secret.
SECRET = "(secret)"  # noqa: S105 - it stands for one


@dataclass(frozen=True, slots=True)
class Apart:
    """What is applied beside the releases: the operator's definitions, and values of secret references.

    A Secret whose references are not all known is not compared.
    """

    definitions: tuple[dict[str, Any], ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Change:
    """One object that an apply would touch.

    `owners` are others that hold it or fields of it which we would change; `refused` is why the API server
    would not take it, with `remedy`.
    """

    action: Action
    release: str
    kind: str
    name: str
    fields: tuple[Field, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    owners: tuple[str, ...] = ()
    refused: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """All of one cluster. `same` counts objects that stay; `unknown` is why nothing could be seen."""

    cluster: str
    changes: tuple[Change, ...] = ()
    same: int = 0
    unknown: str = ""
    remedy: str = ""

    @property
    def dangers(self) -> tuple[Consequence, ...]:
        """What would be lost."""
        return tuple(each for change in self.changes for each in change.consequences)


def plan(api: Api, rendering: Rendering, apart: Apart, *, full: bool = False) -> ClusterPlan:
    """Ask the cluster for each object that an apply would send; `full`: for each there is.

    A cluster that cannot be asked is a value, never an exception.
    """
    made = {release.name: release.manifests() for release in rendering.releases}
    manifests = [manifest for each in made.values() for manifest in each]
    try:
        _allowed(api, [*manifests, *rendering.additions], bool(rendering.secrets))
        there = releases.revisions(api)
        secrets = [{"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": api.namespace}}]
        live = _live(api, manifests + (secrets if rendering.secrets else []))
        still = set[str]() if full else _still(api, rendering, made, there, live)
        sent = [(name, each) for name, rows in made.items() if name not in still for each in rows]
        found: list[Change | None] = [None] * (len(manifests) - len(sent))
        if sent:
            with ThreadPoolExecutor(THREADS) as pool:
                asked = [pool.submit(_asked, api, name, manifest, live) for name, manifest in sent]
                found += [each.result() for each in asked]
        found += [_secret(api, draft, apart, live) for draft in rendering.secrets]
        wanted = rendering.additions
        # An installed stack has definitions of its own.
        known = {} if wanted else definitions.there(api)
        outdated = () if wanted else definitions.outdated(known, apart.definitions)
        found += [_definition(each, known) for each in outdated]
        found += [_addition(api, each) for each in (*wanted, *additions.left_over(api, wanted))]
        changes = [change for change in found if change is not None]
        changes += _foreign(rendering, there)
        changes += [_growth(each) for each in claims.growing(api, manifests)]
        changes += _gone(api, rendering, there, still)
    except ClusterError as error:
        return ClusterPlan(rendering.cluster, unknown=error.message, remedy=error.remedy)
    return ClusterPlan(rendering.cluster, tuple(changes), found.count(None))


def _still(
    api: Api,
    rendering: Rendering,
    made: Mapping[str, Iterable[Mapping[str, Any]]],
    there: Mapping[str, tuple[releases.Revision, ...]],
    live: Mapping[str, Any],
) -> set[str]:
    """Names of the releases that an apply would not send; `made` has the objects of each."""
    return {
        release.name
        for release in rendering.releases
        if (rows := there.get(release.name))
        and rows[0].estate == rendering.estate
        and rows[0].holds(release.hash)
        and all(
            untouched(_owned(manifest, release.name, api.namespace), live.get(path(manifest)), MANAGER)
            for manifest in made[release.name]
        )
    }


def kinds_of(manifests: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, bool]]:
    """API version and kind of each, once, and whether it is outside of namespaces."""
    rows = ((each["apiVersion"], each["kind"], "namespace" not in each["metadata"]) for each in manifests)
    return list(dict.fromkeys(rows))


def _allowed(api: Api, manifests: Iterable[Mapping[str, Any]], secrets: bool) -> None:
    """Raises ClusterError with all rights that are missing, in place of a refusal for each object."""
    missing = rights.missing(api, rights.to_plan(kinds_of(manifests), secrets))
    if missing:
        raise rights.refusal(api, "plan", missing)


def _foreign(rendering: Rendering, there: Mapping[str, tuple[releases.Revision, ...]]) -> Iterator[Change]:
    """Releases of our names that are somebody else's."""
    for release in rendering.releases:
        rows = there.get(release.name)
        if rows and rows[0].estate != rendering.estate:
            whose = f"estate {rows[0].estate}" if rows[0].estate else "somebody else: no estate applied it"
            yield Change(
                "change",
                APART,
                "Release",
                release.name,
                owners=(f"it is of {whose}",),
                remedy="Name another namespace in the estate, or make it ours with --take-over.",
            )


def _secret(api: Api, draft: SecretDraft, apart: Apart, live: Mapping[str, Any]) -> Change | None:
    """Which keys of a Secret would change. Neither value is ever shown."""
    place = f"{collection('v1', 'Secret', api.namespace)}/{draft.name}"
    before = live.get(place) or api.find(place)
    if before is None:
        return Change("create", APART, "Secret", draft.name)
    if any(reference not in apart.secrets for reference in draft.references):
        return None
    data = before.get("data") or {}
    wanted = draft.data(apart.secrets)
    fields = tuple(Field(f"data[{key}]", SECRET, SECRET) for key in wanted if data.get(key) != wanted[key])
    return Change("change", APART, "Secret", draft.name, fields) if fields else None


def _addition(api: Api, wanted: Mapping[str, Any]) -> Change | None:
    """What becomes of an object of others that gets fields of ours, or loses them."""
    kind, name = wanted["kind"], wanted["metadata"]["name"]
    before = api.find(path(wanted))
    if before is None:
        return Change(
            "change", APART, kind, name, refused=f"{api.cluster}: there is no {kind} {name} to add fields to"
        )
    try:
        after = additions.apply(api, wanted, before, dry_run=True)
    except ClusterError as error:
        return Change("change", APART, kind, name, refused=error.message, remedy=error.remedy)
    fields = diff.differences(before, after)
    if not fields:
        return None
    return Change("change", APART, kind, name, fields, tuple(consequences.of_change(before, after)))


def _definition(definition: Mapping[str, Any], known: Mapping[str, str]) -> Change:
    name = definition["metadata"]["name"]
    return Change("change" if name in known else "create", APART, definition["kind"], name)


def _growth(growth: claims.Growth) -> Change:
    field = Field("spec.resources.requests.storage", growth.has, growth.wanted)
    return Change("change", APART, "PersistentVolumeClaim", growth.name, (field,))


def _live(api: Api, manifests: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What is there, by path: a list for each kind in place of a request for each object."""
    collections = {
        (each["apiVersion"], each["kind"], each["metadata"].get("namespace")): None for each in manifests
    }
    live: dict[str, Any] = {}
    for version, kind, namespace in collections:
        try:
            live |= {path(each): each for each in lists.ours(api, version, kind, namespace)}
        except Refused as error:
            # Of a kind that the cluster does not know there is nothing.
            if error.status != 404:
                raise
    return live


def _asked(
    api: Api,
    release: str,
    manifest: Mapping[str, Any],
    live: Mapping[str, Any],
) -> Change | None:
    """What would become of one object; None where it stays as it is."""
    kind, name = manifest["kind"], manifest["metadata"]["name"]
    place = path(manifest)
    # One that is not in the list may still be there, without our label.
    before = live.get(place) or api.find(place)
    wanted = _owned(manifest, release, api.namespace)
    owners = tuple(_owner(before, release, api.namespace)) if before else ()
    try:
        try:
            after = api.apply(place, wanted, MANAGER, dry_run=True)
        except Refused as error:
            if error.status != 409 or before is None:
                raise
            owners += tuple(dict.fromkeys(f"{each.field}: {each.message}" for each in error.causes))
            after = api.apply(place, wanted, MANAGER, dry_run=True, force=True)
    except Refused as error:
        return _not_taken(release, manifest, before, error)
    if before is None:
        return Change("create", release, kind, name)
    fields = diff.differences(before, after)
    if not fields and not owners:
        return None
    lost = tuple(consequences.of_change(before, after))
    return Change("change", release, kind, name, fields, lost, owners)


def _owner(before: Mapping[str, Any], release: str, namespace: str) -> Iterator[str]:
    """Why Helm would refuse to take an object that is there: it is of another release, or of none.

    Contract: helm.sh/helm/v4 pkg/action/validate.go, `checkOwnership`.
    """
    notes = before["metadata"].get("annotations") or {}
    name, space = (notes.get(f"meta.helm.sh/release-{key}") for key in ("name", "namespace"))
    if name is None or space is None:
        managers = {each["manager"] for each in before["metadata"].get("managedFields") or ()}
        made = f"; {', '.join(sorted(managers))} wrote it" if managers else ""
        yield f"it belongs to no release of Helm{made}"
    elif (name, space) != (release, namespace):
        yield f"it belongs to the release {name} in {space}"
    elif (before["metadata"].get("labels") or {}).get("app.kubernetes.io/managed-by") != "Helm":
        yield "its label app.kubernetes.io/managed-by is not Helm"


def _owned(manifest: Mapping[str, Any], release: str, namespace: str) -> dict[str, Any]:
    """An object with what Helm writes on each that it owns."""
    own = {"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace}
    notes = {**manifest["metadata"].get("annotations", {}), **own}
    return {**manifest, "metadata": {**manifest["metadata"], "annotations": notes}}


def _not_taken(release: str, manifest: Mapping[str, Any], before: Any, error: Refused) -> Change:
    """The namespace or the definition may be missing because nothing was applied yet: that is no refusal."""
    kind, name = manifest["kind"], manifest["metadata"]["name"]
    if before is None and error.status == 404:
        return Change("create", release, kind, name)
    if before is not None and error.status == 422:
        lost = tuple(consequences.of_change(before, manifest))
        if any(each.code == "statefulset-recreated" for each in lost):
            fields = diff.asked(before, {**before, "spec": manifest["spec"]})
            return Change("recreate", release, kind, name, fields, lost)
    return Change(
        "change" if before else "create", release, kind, name, refused=error.message, remedy=error.remedy
    )


def _gone(
    api: Api, rendering: Rendering, there: Mapping[str, tuple[releases.Revision, ...]], still: set[str]
) -> list[Change]:
    """Objects of ours that are rendered no more: of releases that stay, and of those that go. What is `still`
    as it should be has none.
    """
    wanted = {release.name: release for release in rendering.releases}
    changes: list[Change] = []
    for name, rows in there.items():
        last = releases.current(rows)
        if name in still or last is None or not last.hash:
            continue
        release = wanted.get(name)
        if release is not None and release.hash == last.hash:
            continue
        for manifest in _before(api, last, release, rendering.namespace):
            lost = tuple(consequences.of_deletion(manifest))
            called = manifest["metadata"]["name"]
            changes.append(Change("delete", name, manifest["kind"], called, consequences=lost))
    return changes


def _before(
    api: Api, last: releases.Revision, release: Release | None, namespace: str
) -> Iterable[Mapping[str, Any]]:
    """What the last revision had and the wanted one has not."""
    known = {**kinds("workload"), **kinds("metrics")}
    kept = {(each["kind"], each["name"]) for each in release.objects} if release else set()
    for each in releases.objects(api, last):
        if (each["kind"], each["name"]) not in kept and each["kind"] in known:
            yield complete(each, namespace, known)
