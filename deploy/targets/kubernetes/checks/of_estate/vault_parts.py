"""Secrets of key vaults that are one part of a document.

Source: the driver writes each secret into a file as it is, and fills nothing in
(https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/); Thanos takes a
connection string inside of its document alone (https://thanos.io/tip/thanos/storage.md/#azure).
"""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import Estate
from estate.problems import Problem
from estate.vaults import readers


def vault_parts(estate: Estate) -> Iterator[Problem]:
    """A secret that is mounted is all of its file."""
    said = set()
    for each in readers(estate):
        mounts = estate.clusters[each.cluster].kubernetes.vaults == "csi"
        if each.part and mounts and each.path not in said:
            said.add(each.path)
            message = (
                f"{each.reference} is one line of a document, and {each.cluster!r} mounts secrets as they are"
            )
            fix = "use workload identity, or write clusters.*.kubernetes.vaults: external-secrets"
            yield Problem("vault-part", each.path, message, fix)
