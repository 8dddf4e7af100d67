"""What `plan`, `apply`, `rollback`, `history` and `drift` share: the estate, its renderings, its clusters."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy import engines
from deploy.cluster_wiring import cluster_components, rule_files
from deploy.targets.kubernetes import checks
from deploy.targets.kubernetes.changes.planning import Apart, ClusterPlan, kinds_of
from deploy.targets.kubernetes.changes.planning import plan as plan_of
from deploy.targets.kubernetes.cluster import rights
from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.connection import access
from deploy.targets.kubernetes.cluster.facts import facts
from deploy.targets.kubernetes.cluster.helm import Helm
from deploy.targets.kubernetes.cluster.rights import Right
from deploy.targets.kubernetes.cluster.stack import installed
from deploy.targets.kubernetes.rendering.release import Rendering
from deploy.targets.kubernetes.rendering.render import Wish, render
from deploy.targets.kubernetes.rollout.rollout import Target
from estate.errors import ClusterError, EstateInvalid, UsageError
from estate.findings import Finding, in_order
from estate.load import Loaded, load
from estate.model import Estate
from estate.stacks import adopted as is_adopted
from singlepane import output
from singlepane.building import Building
from singlepane.clusters import meant
from singlepane.which import estate_file

# Clusters that are asked at once.
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """An estate and the clusters of it that a command is about. `base` is the folder of its file."""

    loaded: Loaded
    base: Path
    clusters: tuple[str, ...]

    @property
    def estate(self) -> Estate:
        """The estate itself."""
        return self.loaded.estate

    def renderings(self) -> dict[str, Rendering]:
        """What each of them should have. Raises UsageError."""
        wish = Wish(self.estate, cluster_components(self.estate), rule_files(self.estate))
        return {each.cluster: each for each in render(wish, self.clusters)}

    def apis(self) -> dict[str, Api]:
        """The API server of each, and of the hub. Raises UsageError where two are one, and for contexts."""
        names = dict.fromkeys((*self.clusters, self.estate.hub))
        found = {name: Api(access(self.estate, name, self.base, os.environ)) for name in names}
        _apart(found)
        return found


def asked(file: Path | None, named: list[str] | None) -> Asked:
    """What the command line means. Raises UsageError and EstateInvalid."""
    path = estate_file(file)
    loaded = load(path)
    return Asked(loaded, path.parent, meant(loaded.estate, named))


def _apart(apis: Mapping[str, Api]) -> None:
    """Two clusters in one namespace of one API server would undo each other."""
    places: dict[tuple[str, str], Api] = {}
    for api in apis.values():
        other = places.setdefault((api.server, api.namespace), api)
        if other is not api:
            raise UsageError(
                f"{other.cluster} and {api.cluster} are one place: the contexts {other.access.context} and "
                f"{api.access.context} both lead to {api.server}, and both use namespace {api.namespace}",
                f"Name the right one in clusters.{api.cluster}.kubernetes.context.",
            )


def checked(given: Asked) -> dict[str, Rendering]:
    """What each cluster should have, once file and objects are found right; warnings are said.

    Raises EstateInvalid where there are errors, and UsageError.
    """
    found = checks.findings(given.loaded)
    renderings = given.renderings() if not _wrong(found) else {}
    for name, rendering in renderings.items():
        found += checks.rendered_findings(given.loaded, name, rendering.manifests())
    if _wrong(found):
        raise EstateInvalid(in_order(found))
    output.findings(in_order(found), as_json=False, on=output.errors)
    return renderings


def held_against(
    given: Asked, renderings: Mapping[str, Rendering], apis: Mapping[str, Api]
) -> tuple[Finding, ...]:
    """What the clusters as they are would refuse, which is said. One that cannot be asked adds nothing."""

    def found(name: str) -> Sequence[Finding]:
        objects = renderings[name].manifests()
        return checks.live_findings(given.loaded, name, objects, facts(apis[name]))

    rows = _of_each(renderings, found)
    output.findings(rows, as_json=False, on=output.errors)
    return rows


def allowed(given: Asked, renderings: Mapping[str, Rendering], apis: Mapping[str, Api], apart: bool) -> None:
    """Raises ClusterError with all rights that somebody lacks for an apply, cluster by cluster.

    `apart`: of definitions and Secrets alone.
    """

    def needed(name: str) -> Iterable[Right]:
        hub = name == given.estate.hub
        return rights.to_apply(kinds_of(objects_of(renderings[name])), hub, apart)

    granted("apply", {name: apis[name] for name in renderings}, needed)


def granted(verb: str, apis: Mapping[str, Api], needed: Callable[[str], Iterable[Right]]) -> None:
    """Raises ClusterError with all rights that somebody lacks for `verb`, cluster by cluster."""

    def lacking(name: str) -> ClusterError | None:
        missing = rights.missing(apis[name], needed(name))
        return rights.refusal(apis[name], verb, missing) if missing else None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = [error for error in pool.map(lacking, apis) if error]
    if found:
        raise ClusterError(
            "\n".join(each.message for each in found), "\n".join(each.remedy for each in found)
        )


def objects_of(rendering: Rendering) -> list[dict[str, Any]]:
    """All objects of a cluster, and partial ones of an installed stack."""
    return [*rendering.manifests(), *rendering.additions]


def adopted(given: Asked, renderings: Mapping[str, Rendering], apis: Mapping[str, Api]) -> None:
    """Reads the stacks that clusters are built on, and says what does not fit; warnings are said.

    Raises EstateInvalid where one cannot be adopted as the estate has it. A cluster that cannot be asked says
    nothing here.
    """

    def found(name: str) -> Sequence[Finding]:
        release = given.estate.clusters[name].kubernetes.stack.release
        objects = renderings[name].manifests()
        return checks.stack_findings(given.loaded, name, objects, installed(apis[name], release))

    rows = _of_each([name for name in renderings if is_adopted(given.estate, name)], found)
    if _wrong(rows):
        raise EstateInvalid(rows)
    output.findings(rows, as_json=False, on=output.errors)


def _of_each(clusters: Iterable[str], ask: Callable[[str], Sequence[Finding]]) -> tuple[Finding, ...]:
    """The findings of several clusters at once, in order. One that cannot be asked adds none."""

    def found(name: str) -> Sequence[Finding]:
        try:
            return ask(name)
        except ClusterError:
            return ()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return in_order(row for each in pool.map(found, clusters) for row in each)


def _wrong(found: Sequence[Finding]) -> bool:
    return any(row.severity == "error" for row in found)


def plans(
    renderings: Mapping[str, Rendering], apis: Mapping[str, Api], apart: Apart, full: bool = False
) -> list[ClusterPlan]:
    """What would change in each cluster, several at once, with progress.

    `full`: objects that an apply would not send are sent to the dry run too.
    """
    total = sum(len(release.objects) for each in renderings.values() for release in each.releases)
    with counted(total, "objects compared") as step, ThreadPoolExecutor(AT_ONCE) as pool:
        asking = [
            pool.submit(plan_of, apis[name], each, apart, step, full=full)
            for name, each in renderings.items()
        ]
        return [each.result() for each in asking]


def known(rows: Sequence[ClusterPlan]) -> None:
    """Raises ClusterError where the plan of a cluster is not known."""
    unknown = [each for each in rows if each.unknown]
    if unknown:
        others = ", ".join(each.cluster for each in unknown[1:])
        more = f"; of {others} nothing is known either" if others else ""
        raise ClusterError(f"{unknown[0].unknown}{more}", unknown[0].remedy)


def references(renderings: Mapping[str, Rendering]) -> tuple[str, ...]:
    """Secret references of these clusters, each once."""
    drafts = [draft for each in renderings.values() for draft in each.secrets]
    return tuple(sorted({reference for draft in drafts for reference in draft.references}))


def targets(given: Asked, apis: Mapping[str, Api]) -> dict[str, Target]:
    """Helm towards each cluster; it is built first where it is not there yet. Raises EngineError."""
    helm = built("helm")
    return {name: Target(api, Helm(helm, api.access, given.estate.name)) for name, api in apis.items()}


def built(name: str) -> Path:
    """An engine's program, built where it is missing. Raises EngineError."""
    with Building() as building:
        return engines.ensure([name], building)[name]


def me() -> str:
    """Who applies, for the history."""
    return getpass.getuser()


class counted:
    """Progress at a terminal: so many of so many. In a pipe nothing is shown before the result."""

    def __init__(self, total: int, what: str) -> None:
        self._total, self._what, self._count = total, what, 0
        self._status = output.errors.status(f"0 of {total} {what}")

    def __enter__(self) -> Callable[[], None]:
        if output.errors.is_terminal:
            self._status.start()
        return self._step

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def _step(self) -> None:
        self._count += 1
        self._status.update(f"{self._count} of {self._total} {self._what}")


def said(cluster: str, line: str) -> None:
    """A line of progress of one cluster."""
    output.message(f"{cluster}: {line}")
