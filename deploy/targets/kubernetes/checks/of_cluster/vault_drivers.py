"""What brings secrets of key vaults into a cluster.

Source: https://learn.microsoft.com/azure/aks/csi-secrets-store-driver (the add-on brings the definitions),
https://external-secrets.io/latest/introduction/getting-started/
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.inputs import Facts, Rendered, named
from estate.problems import Problem

# By kind: the group of its definition, what brings it, and how to get that.
BROUGHT = {
    "SecretProviderClass": (
        "secrets-store.csi.x-k8s.io",
        "the driver of the Secrets Store",
        "az aks enable-addons --addons azure-keyvault-secrets-provider",
    ),
    "ExternalSecret": (
        "external-secrets.io",
        "External Secrets",
        "install it, or write vaults: csi",
    ),
}


def vault_drivers(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """It is there, if the definitions could be read at all."""
    groups = {each["spec"]["group"] for each in facts.crds}
    for kind, (group, brings, fix) in BROUGHT.items():
        wanted = rendered.of(kind)
        if wanted and groups and group not in groups:
            message = f"{named(wanted[0])} needs {brings}, which is not in {rendered.cluster!r}"
            yield Problem("vault-driver-missing", rendered.path("kubernetes", "vaults"), message, fix)
