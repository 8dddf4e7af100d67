"""Pod Security Admission, as far as our kinds of pods could violate it.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/ (baseline, restricted),
https://kubernetes.io/docs/concepts/security/pod-security-admission/ (labels of the namespace).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.targets.kubernetes.checks.inputs import Facts, Rendered, named
from deploy.targets.kubernetes.checks.pods import pods
from estate.problems import Problem

LABEL = "pod-security.kubernetes.io/enforce"
# Volumes that `restricted` leaves.
VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
# Capabilities that `baseline` lets a container add.
ADDABLE = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)


def pod_security(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """Every pod meets the standard that the namespace enforces."""
    labels = ((facts.namespace or {}).get("metadata") or {}).get("labels") or {}
    level = labels.get(LABEL, "privileged")
    if level not in ("baseline", "restricted"):
        return
    for each in pods(rendered.objects):
        broken = list(_baseline(each.spec, each.containers()))
        if level == "restricted":
            broken += _restricted(each.spec, each.containers())
        if broken:
            message = f"namespace {rendered.row.kubernetes.namespace} enforces {level!r}, and pods of "
            message += f"{named(each.owner)} have {', '.join(dict.fromkeys(broken))}"
            fix = "use another namespace, or label this one privileged"
            yield Problem("pod-security", rendered.path("kubernetes", "namespace"), message, fix)


def _baseline(spec: Mapping[str, Any], containers: Iterator[Mapping[str, Any]]) -> Iterator[str]:
    yield from (key for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key))
    if any("hostPath" in volume for volume in spec.get("volumes") or ()):
        yield "hostPath volumes"
    for each in containers:
        security = each.get("securityContext") or {}
        if security.get("privileged"):
            yield "a privileged container"
        if any(port.get("hostPort") for port in each.get("ports") or ()):
            yield "host ports"
        if set((security.get("capabilities") or {}).get("add") or ()) - ADDABLE:
            yield "added capabilities"
        if (security.get("seccompProfile") or {}).get("type") == "Unconfined":
            yield "no seccomp profile"


def _restricted(spec: Mapping[str, Any], containers: Iterator[Mapping[str, Any]]) -> Iterator[str]:
    pod = spec.get("securityContext") or {}
    if any(set(volume) - {"name"} - VOLUMES - {"hostPath"} for volume in spec.get("volumes") or ()):
        yield "volumes of other kinds"
    for each in containers:
        security = {**pod, **(each.get("securityContext") or {})}
        capabilities = security.get("capabilities") or {}
        if security.get("runAsNonRoot") is not True:
            yield "no runAsNonRoot"
        if security.get("runAsUser") == 0:
            yield "runAsUser 0"
        if (security.get("seccompProfile") or {}).get("type") not in ("RuntimeDefault", "Localhost"):
            yield "no seccomp profile"
        if security.get("allowPrivilegeEscalation") is not False:
            yield "allowPrivilegeEscalation"
        if "ALL" not in (capabilities.get("drop") or ()):
            yield "capabilities that are not dropped"
        if set(capabilities.get("add") or ()) - {"NET_BIND_SERVICE"}:
            yield "added capabilities"
