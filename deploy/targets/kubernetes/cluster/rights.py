"""What somebody must be allowed to do in a cluster before anything is touched, and what of it is missing.

Each right is asked for by itself: a review of all rules is incomplete where the API server asks somebody
else, as it does with Azure RBAC. Contract:
https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.paths import plural
from estate.errors import ClusterError

REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
NOBODY = "system:anonymous"
THREADS = 8
READ = ("get", "list")
# A dry run needs the rights of the change itself.
DRY = (*READ, "create", "patch")
WRITE = (*DRY, "update", "delete")


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One verb on one resource, in the namespace of the estate or (`wide`) in the whole cluster."""

    wide: bool
    group: str
    resource: str
    verb: str


def to_plan(kinds: Iterable[tuple[str, str, bool]], secrets: bool) -> Iterator[Right]:
    """What a plan of these kinds needs: API version, kind, and whether it is outside of namespaces.

    `secrets`: values of Secrets are compared.
    """
    yield from _rights(kinds, DRY)
    yield Right(False, "", "secrets", "list")
    if secrets:
        yield Right(False, "", "secrets", "get")
    yield Right(True, "apiextensions.k8s.io", "customresourcedefinitions", "list")


def to_apply(kinds: Collection[tuple[str, str, bool]], hub: bool, apart: bool) -> Iterator[Right]:
    """What an apply of these kinds needs, Helm's part included.

    `hub`: gates ask Query there. `apart`: definitions and Secrets alone.
    """
    yield from to_plan((), secrets=True)
    for verb in ("create", "patch"):
        yield Right(True, "apiextensions.k8s.io", "customresourcedefinitions", verb)
    for verb in ("get", "create", "patch"):
        yield Right(True, "", "namespaces", verb)
    for verb in ("get", "create", "update"):
        yield Right(False, "coordination.k8s.io", "leases", verb)
    # Helm keeps its revisions in Secrets, we our history in a ConfigMap.
    yield from _rights([("v1", "Secret", False)], WRITE)
    yield from _rights([("v1", "ConfigMap", False)], ("get", "create", "update"))
    if not apart:
        yield from _rights(kinds, (*DRY, "delete"))
        yield Right(False, "", "pods", "list")
    if hub and not apart:
        yield Right(False, "", "services/proxy", "get")


def to_roll_back(kinds: Collection[tuple[str, str, bool]]) -> Iterator[Right]:
    """What a rollback to a revision with these kinds needs, Helm's part and its own plan included."""
    yield from to_plan((), secrets=False)
    for verb in ("get", "create", "update"):
        yield Right(False, "coordination.k8s.io", "leases", verb)
    yield from _rights([("v1", "Secret", False)], WRITE)
    yield from _rights([("v1", "ConfigMap", False)], ("get", "create", "update"))
    yield from _rights(kinds, (*DRY, "delete"))
    yield Right(False, "", "pods", "list")


def missing(api: Api, needed: Iterable[Right]) -> tuple[Right, ...]:
    """Those that this person has not. Raises ClusterError where nobody answers."""
    if _allowed(api, Right(True, "*", "*", "*")):
        return ()
    rights = sorted(set(needed))
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda right: _allowed(api, right), rights))
    return tuple(right for right, allowed in zip(rights, answers, strict=True) if not allowed)


def who(api: Api) -> str:
    """The name that the API server knows this person by. Raises ClusterError."""
    document = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    return str(api.post(WHO, document)["status"]["userInfo"]["username"])


def roles(rights: Iterable[Right], namespace: str, name: str) -> str:
    """A Role and a ClusterRole that grant them, as YAML to copy; only those that are needed."""
    texts = []
    for wide, rows in groupby(sorted(rights), key=lambda right: right.wide):
        kind = "ClusterRole" if wide else "Role"
        metadata = f"{{name: {name}}}" if wide else f"{{name: {name}, namespace: {namespace}}}"
        head = f"apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {metadata}\nrules:"
        texts.append("\n".join([head, *_rules(rows)]))
    return "\n---\n".join(texts)


def refusal(api: Api, verb: str, rights: Collection[Right]) -> ClusterError:
    """That this person may not do all that `verb` (apply, plan, rollback) does, with the roles to copy.

    Raises ClusterError where nobody answers.
    """
    user, name = who(api), f"singlepane-{verb}"
    if user == NOBODY:
        # No right may be granted to whoever comes along.
        return ClusterError(
            f"{api.cluster}: context {api.access.context} signs nobody in",
            "Write its user anew with `az aks get-credentials`.",
        )
    count = f"{len(rights)} rights" if len(rights) > 1 else "a right"
    lines = [
        f"Grant {'them' if len(rights) > 1 else 'it'} in {api.cluster}, for example by these objects:",
        roles(rights, api.namespace, name),
        "and bind them:",
    ]
    kubectl = f"kubectl --context {api.access.context} create"
    for wide in sorted({right.wide for right in rights}):
        kind = "clusterrole" if wide else "role"
        space = "" if wide else f" --namespace {api.namespace}"
        lines.append(f"{kubectl} {kind}binding {name} --{kind} {name} --user {shlex.quote(user)}{space}")
    done = "" if verb == "plan" else "; nothing was changed"
    return ClusterError(f"{api.cluster}: {user} lacks {count} that {verb} needs{done}", "\n".join(lines))


def _rules(rights: Iterable[Right]) -> Iterator[str]:
    """Resources of one group and with the same verbs stand together."""
    verbs: dict[tuple[str, str], list[str]] = {}
    for right in rights:
        verbs.setdefault((right.group, right.resource), []).append(right.verb)
    together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (group, resource), row in verbs.items():
        together.setdefault((group, tuple(sorted(row, key=WRITE.index))), []).append(resource)
    for (group, needed), resources in together.items():
        yield f"- apiGroups: {json.dumps([group])}"
        yield f"  resources: {json.dumps(resources)}"
        yield f"  verbs: {json.dumps(needed)}"


def _rights(kinds: Iterable[tuple[str, str, bool]], verbs: Iterable[str]) -> Iterator[Right]:
    for version, kind, wide in kinds:
        group = version.rpartition("/")[0]
        yield from (Right(wide, group, plural(kind), verb) for verb in verbs)


def _allowed(api: Api, right: Right) -> bool:
    resource, _, below = right.resource.partition("/")
    attributes: dict[str, Any] = {"group": right.group, "resource": resource, "verb": right.verb}
    if below:
        attributes["subresource"] = below
    if not right.wide:
        attributes["namespace"] = api.namespace
    document = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    return bool(api.post(REVIEW, document)["status"]["allowed"])
