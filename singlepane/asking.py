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
from deploy.targets.kubernetes.changes.planning import Apart, ClusterPlan, kinds_of, plan
from deploy.targets.kubernetes.cluster import rights
from deploy.targets.kubernetes.cluster.api import Api, Moment
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
from singlepane.each import AT_ONCE, of_each
from singlepane.which import estate_file


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
    with ThreadPoolExecutor(AT_ONCE) as pool:
        # A context may sign in by a program that takes its time.
        servers = list(pool.map(lambda api: api.server, apis.values()))
    places: dict[tuple[str, str], Api] = {}
    for api, server in zip(apis.values(), servers, strict=True):
        other = places.setdefault((server, api.namespace), api)
        if other is not api:
            raise UsageError(
                f"{other.cluster} and {api.cluster} are one place: the contexts {other.access.context} and "
                f"{api.access.context} both lead to {server}, and both use namespace {api.namespace}",
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


def held_against(given: Asked, name: str, rendering: Rendering, api: Api) -> tuple[Finding, ...]:
    """What a cluster as it is would refuse. One that cannot be asked adds nothing."""
    try:
        return tuple(checks.live_findings(given.loaded, name, rendering.manifests(), facts(api)))
    except ClusterError:
        return ()


@dataclass(frozen=True, slots=True)
class Compared:
    """The plans of clusters, and what the clusters as they are would refuse."""

    plans: tuple[ClusterPlan, ...]
    findings: tuple[Finding, ...]


def compared(
    given: Asked,
    renderings: Mapping[str, Rendering],
    apis: Mapping[str, Api],
    apart: Apart,
    *,
    full: bool = False,
) -> Compared:
    """What would change in each cluster, and what it would refuse, which is said.

    `full`: objects that an apply would not send are sent to the dry run too. A cluster that cannot be asked
    has no findings.
    """

    def of(name: str) -> tuple[ClusterPlan, tuple[Finding, ...]]:
        moment, rendering = Moment(apis[name]), renderings[name]
        found = plan(moment, rendering, apart, full=full)
        return found, () if found.unknown else held_against(given, name, rendering, moment)

    rows = of_each(tuple(renderings), of)
    findings = in_order(row for _, each in rows for row in each)
    output.findings(findings, as_json=False, on=output.errors)
    return Compared(tuple(each for each, _ in rows), findings)


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

    found = [error for error in of_each(tuple(apis), lacking, "clusters asked for rights") if error]
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
        try:
            return checks.stack_findings(given.loaded, name, objects, installed(apis[name], release))
        except ClusterError:
            return ()

    names = [name for name in renderings if is_adopted(given.estate, name)]
    rows = in_order(row for each in of_each(names, found, "stacks read") for row in each)
    if _wrong(rows):
        raise EstateInvalid(rows)
    output.findings(rows, as_json=False, on=output.errors)


def _wrong(found: Sequence[Finding]) -> bool:
    return any(row.severity == "error" for row in found)


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


def said(cluster: str, line: str) -> None:
    """A line of progress of one cluster."""
    output.message(f"{cluster}: {line}")
