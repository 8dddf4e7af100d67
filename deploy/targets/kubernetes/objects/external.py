"""Secrets of key vaults as Secrets: External Secrets reads them in the cluster, and no value passes through
us.

`keyvault:VAULT/NAME` is the secret NAME, read through the ClusterSecretStore that is called VAULT. A file
that holds a secret among other text is a template, which is filled in there.

Contract: https://external-secrets.io/latest/api/externalsecret/,
https://external-secrets.io/latest/guides/templating/
"""

from __future__ import annotations

from typing import Any

from deploy.targets.kubernetes.objects.files import SecretDraft
from estate.errors import UsageError
from estate.vaults import named, of

# Rotated secrets arrive within this time.
REFRESH = "1h"


def of_vaults(draft: SecretDraft) -> bool:
    """Whether a Secret is made of secrets in key vaults.

    Raises UsageError where some of its references are of another kind: nobody could make the whole of it.
    """
    kinds = {of(reference) for reference in draft.references}
    if len(kinds) > 1:
        raise UsageError(
            f"{draft.name} of cluster {draft.place.cluster} would be made of {', '.join(draft.references)}",
            "Write all of them as keyvault: references, or none.",
        )
    return kinds == {True}


def external_secret(draft: SecretDraft) -> dict[str, Any]:
    """The object, in the form of the charts."""
    names = {reference: f"s{index}" for index, reference in enumerate(draft.references)}
    content = draft.values({reference: f"{{{{ .{name} }}}}" for reference, name in names.items()})
    spec = {
        "refreshInterval": REFRESH,
        "target": {
            "name": draft.name,
            "creationPolicy": "Owner",
            "template": {"engineVersion": "v2", "data": content},
        },
        "data": [_row(reference, name) for reference, name in names.items()],
    }
    return {"kind": "ExternalSecret", "name": draft.name, "labels": dict(draft.labels), "spec": spec}


def _row(reference: str, name: str) -> dict[str, Any]:
    vault, secret = named(reference)
    store = {"kind": "ClusterSecretStore", "name": vault}
    return {"secretKey": name, "remoteRef": {"key": secret}, "sourceRef": {"storeRef": store}}
