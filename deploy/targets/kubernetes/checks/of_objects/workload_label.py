"""The label by which a pod asks for its workload identity.

Source: https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html,
thanos-io/thanos#5694, #5891 (another identity of the node took its place).
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Rendered, named
from deploy.targets.kubernetes.checks.pods import pods
from estate.problems import Problem

ANNOTATION = "azure.workload.identity/client-id"
LABEL = "azure.workload.identity/use"


def workload_label(rendered: Rendered) -> Iterator[Problem]:
    """A pod whose account has an identity asks for it."""
    accounts = {
        each["metadata"]["name"]
        for each in rendered.of("ServiceAccount")
        if ANNOTATION in (each["metadata"].get("annotations") or {})
    }
    for each in pods(rendered.objects):
        if each.spec.get("serviceAccountName") in accounts and each.labels.get(LABEL) != "true":
            message = (
                f"pods of {named(each.owner)} lack the label {LABEL}, and get no token of their identity"
            )
            yield Problem("workload-label", rendered.path("kubernetes"), message, f'write {LABEL}: "true"')
