"""Ways to sign in that no pod has.

Source: AzureCliCredential runs `az` (https://learn.microsoft.com/python/api/azure-identity/), which is not in
the image and where nobody has signed in.
"""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import AzureExporter, CliCredential, Estate
from estate.problems import Problem

FIX = "use workload identity, or a client secret by reference"


def signing_in(estate: Estate) -> Iterator[Problem]:
    """Nobody is signed in with the Azure CLI inside a pod."""
    for name, tenant in estate.tenants.items():
        if isinstance(tenant.credential, CliCredential):
            message = "there is no Azure CLI in a pod"
            yield Problem("credential-not-in-pod", ("tenants", name, "credential", "kind"), message, FIX)
    for name, row in estate.exporters.items():
        if isinstance(row, AzureExporter) and row.identity == "cli":
            message = "there is no Azure CLI in a pod"
            yield Problem("credential-not-in-pod", ("exporters", name, "identity"), message, FIX)
