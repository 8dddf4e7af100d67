"""Back to a recorded revision of the estate: Helm still has what each release held then."""

from __future__ import annotations

from collections.abc import Mapping

from deploy.targets.kubernetes.changes.planning import Apart, plan
from deploy.targets.kubernetes.cluster import additions, history, releases
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.helm import Helm
from deploy.targets.kubernetes.cluster.history import Entry
from deploy.targets.kubernetes.cluster.paths import collection
from deploy.targets.kubernetes.cluster.releases import Revision
from deploy.targets.kubernetes.rendering.release import Release, Rendering
from deploy.targets.kubernetes.rollout.applying import Order
from deploy.targets.kubernetes.rollout.waiting import Say, wait
from estate.errors import ClusterError


def entry_of(api: Api, revision: int) -> Entry:
    """What the cluster was at a revision of the estate: the last entry up to it. Raises ClusterError."""
    rows = history.read(api)
    for entry in rows:
        if entry.revision <= revision:
            return entry
    known = ", ".join(str(entry.revision) for entry in rows)
    raise ClusterError(
        f"{api.cluster}: revision {revision} is not recorded any more, or never was",
        f"It has {known}: `singlepane history` lists them." if known else "Nothing was applied to it yet.",
    )


def held_at(api: Api, estate: str, entry: Entry) -> Rendering:
    """What the cluster had at an entry; nothing is changed.

    Raises ClusterError where Helm does not keep all of it any more.
    """
    there = releases.revisions(api)
    wanted = {name: _kept(api, name, hash, there) for name, hash in entry.hashes.items()}
    return rendering(api, estate, wanted)


def rollback(api: Api, helm: Helm, entry: Entry, order: Order, say: Say) -> tuple[str, ...]:
    """Bring the cluster back to an entry and wait until it is ready; what changed.

    The lock must be held. Nothing is changed unless all of it can be. Raises ClusterError, RolloutStopped.
    """
    there = releases.revisions(api)
    wanted = {name: _kept(api, name, hash, there) for name, hash in entry.hashes.items()}
    held = rendering(api, helm.estate, wanted)
    anew = [each for each in plan(api, held, Apart()).changes if each.action == "recreate"]
    changed = []
    for name, revision in wanted.items():
        now = there[name][0]
        if now.status == "deployed" and now.hash == revision.hash:
            continue
        if now.pending:
            api.delete(releases.path(api, now))
        say(f"release {name}: back to its revision {revision.number}")
        for each in anew:
            if each.release == name:
                # Helm cannot change it back either. Its pods go on.
                api.delete(f"{collection('apps/v1', each.kind, api.namespace)}/{each.name}", orphan=True)
        helm.rollback(name, revision.number)
        changed.append(name)
    for name, rows in there.items():
        if name not in wanted and rows[0].estate == helm.estate:
            say(f"release {name} is deleted")
            helm.uninstall(name)
            changed.append(name)
    for what in additions.bring(api, held.additions):
        say(f"{what}: fields of ours, as they were")
        changed.append(what)
    wait(api, [*held.manifests(), *held.additions], order.timeout, say)
    return tuple(changed)


def rendering(api: Api, estate: str, wanted: Mapping[str, Revision]) -> Rendering:
    """What revisions of releases hold. Raises ClusterError where one does not hold what its hash says."""
    found = []
    for name, revision in wanted.items():
        chart, objects = releases.content(api, revision)
        release = Release(name, api.namespace, chart, tuple(objects))
        if release.hash != revision.hash:
            raise ClusterError(
                f"{api.cluster}: revision {revision.number} of release {name} does not hold what was applied",
                "Somebody has changed what Helm keeps. Apply the estate file of that time.",
            )
        found.append(release)
    return Rendering(estate, api.cluster, api.namespace, (), tuple(found))


def differing(api: Api, estate: str, entry: Entry) -> tuple[str, ...]:
    """Objects that are not as they were at an entry, in words. Raises ClusterError."""
    found = plan(api, held_at(api, estate, entry), Apart())
    if found.unknown:
        raise ClusterError(found.unknown, found.remedy)
    return tuple(f"{each.kind} {each.name} (release {each.release})" for each in found.changes)


def _kept(api: Api, name: str, hash: str, there: Mapping[str, tuple[Revision, ...]]) -> Revision:
    for revision in there.get(name, ()):
        if revision.hash == hash and not revision.pending:
            return revision
    raise ClusterError(
        f"{api.cluster}: Helm does not keep what release {name} held then",
        f"It keeps {history.KEPT} revisions of each release, and none of one that was uninstalled. Apply the "
        "estate file of that time: your version control has it.",
    )
