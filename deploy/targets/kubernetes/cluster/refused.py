"""What an API server answers when it does not do what is asked.

Contract: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from estate.errors import ClusterError

# What stands before a list of rules that is longer than anybody reads.
GRANTS = "is attempting to grant RBAC permissions not currently held"


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason of several; `field` is a path such as spec.selector, or empty."""

    field: str
    message: str
    reason: str = ""


class Refused(ClusterError):
    """An answer that is no success. `status` is HTTP's, `reason` Kubernetes' word, such as NotFound."""

    def __init__(
        self, message: str, remedy: str, *, status: int, reason: str = "", causes: tuple[Cause, ...] = ()
    ) -> None:
        super().__init__(message, remedy)
        self.status = status
        self.reason = reason
        self.causes = causes


def refused(cluster: str, method: str, path: str, status: int, body: bytes, ended: str = "") -> Refused:
    """The error for an answer. `ended` says of a client certificate when it ended."""
    document = _document(body)
    message = str(document.get("message") or body.decode(errors="replace").strip() or f"status {status}")
    reason = str(document.get("reason") or "")
    details = document.get("details") or {}
    causes = tuple(
        Cause(str(each.get("field", "")), str(each.get("message", "")), str(each.get("reason", "")))
        for each in details.get("causes") or ()
    )
    if GRANTS in message:
        message, _, rows = message.partition(f"{GRANTS}:\n")
        message += f"{GRANTS}: {len(rows.splitlines())} rules"
    said = f"{cluster}: {message[:600]}"
    if status == 404 and not document:
        # No Status: the kind itself is not known there.
        reason = "NoKind"
        said = f"{cluster}: the API server does not know {path.split('?', maxsplit=1)[0]}"
    remedy = _remedy(cluster, status, method, path, message)
    if ended:
        said = f"{said}: {ended}"
        remedy = "`az aks get-credentials` writes a new one into the kubeconfig."
    return Refused(said, remedy, status=status, reason=reason, causes=causes)


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) and document.get("kind") == "Status" else {}


def _remedy(cluster: str, status: int, method: str, path: str, message: str) -> str:
    match status:
        case 400 if "HTTP request to an HTTPS server" in message:
            return f"The server of {cluster} begins with http:// in the kubeconfig: write https://."
        case 401:
            return f"The credentials of {cluster} are not valid, or not any more: sign in again."
        case 403:
            return _forbidden(cluster, method, path, message)
        case 404 if "namespaces" in message:
            return "The namespace is made by `singlepane apply`; was it deleted meanwhile?"
        case 404:
            return "A custom resource definition is missing: `singlepane apply` brings those that it needs."
        case 409:
            return "Somebody else holds these fields: take them out there, or let them be taken over."
        case 422 if "immutable" in message or "Forbidden: updates to" in message:
            return (
                "What cannot be changed must be made anew: delete the object yourself, at a time when it may "
                "be away, and run the same again. Or leave that field as it is."
            )
        case 500 if "failed to create typed patch object" in message:
            return "The object has a field that this version of its kind does not know."
    return ""


def _forbidden(cluster: str, method: str, path: str, message: str) -> str:
    if "system:anonymous" in message:
        return f"The context of {cluster} signs nobody in: `az aks get-credentials` writes its user anew."
    if GRANTS in message:
        return (
            "A role may be made only by who holds all that it grants, or by:\n"
            '- apiGroups: ["rbac.authorization.k8s.io"]\n'
            '  resources: ["clusterroles", "roles"]\n'
            '  verbs: ["escalate", "bind"]'
        )
    if "is forbidden: User" in message or "cannot get path" in message:
        return f"Grant this right in {_where(path)}, for example with:\n{rule(method, path)}"
    if "exceeded quota" in message:
        return "Raise the ResourceQuota of the namespace, or ask for less in the estate."
    return ""


def _where(path: str) -> str:
    parts = path.strip("/").split("/")
    at = parts.index("namespaces") + 1 if "namespaces" in parts else len(parts)
    return f"a Role of namespace {parts[at]}" if at + 1 < len(parts) else "a ClusterRole"


def rule(method: str, path: str) -> str:
    """The rule of a role that would allow a request, as YAML to copy."""
    parts = path.split("?", maxsplit=1)[0].strip("/").split("/")
    if parts[0] not in ("api", "apis") or len(parts) < 3:
        return f'- nonResourceURLs: ["/{"/".join(parts)}"]\n  verbs: ["{method.lower()}"]'
    group = "" if parts[0] == "api" else parts[1]
    rest = parts[2:] if parts[0] == "api" else parts[3:]
    if len(rest) > 2 and rest[0] == "namespaces":
        rest = rest[2:]
    # services/http:query:10902/proxy/api/v1/query is asked for as services/proxy.
    resource = "/".join([rest[0], *rest[2:3]])
    named = len(rest) > 1
    verb = {"GET": "get" if named else "list", "POST": "create", "PUT": "update", "DELETE": "delete"}
    verbs = ["patch", "create"] if method == "PATCH" else [verb.get(method, method.lower())]
    return f'- apiGroups: ["{group}"]\n  resources: ["{resource}"]\n  verbs: {json.dumps(verbs)}'
