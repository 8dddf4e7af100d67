"""Secrets of key vaults as files: the driver of the Secrets Store mounts them into the pods that read them.

Each pod asks for what it reads alone, signed in as the identity of its cluster. A file that is the secret
itself is read where the driver writes it, and is renewed there. A variable can be set from a Secret alone:
the driver makes one as soon as a pod mounts the volume, and the pod waits for it.

Contracts: https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/,
https://secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret,
https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from deploy.targets.kubernetes.objects import names
from deploy.targets.kubernetes.objects.canonical import document
from deploy.targets.kubernetes.objects.place import Place
from estate.components import Component, Document, SecretValue, Template, Text, within
from estate.errors import UsageError
from estate.vaults import named, of

DRIVER = "secrets-store.csi.k8s.io"
# Changes with what is read, so that pods are made anew: the driver need not look again by itself.
CHECKSUM = "checksum/vaults"
CLOUDS: Mapping[str, str] = {"china": "AzureChinaCloud", "usgov": "AzureUSGovernmentCloud"}


@dataclass(frozen=True, slots=True)
class Read:
    """A secret that a component reads: as the file `key`, or as the variable of that name."""

    vault: str
    secret: str
    key: str
    variable: bool


def reads(place: Place, own: Component) -> tuple[Read, ...]:
    """What is mounted for a component. Raises UsageError for a secret that is part of something."""
    if not place.mounts_vaults:
        return ()
    files = [(names.key(file.path), file.content, file.references, False) for file in own.files]
    variables = [(name, value, within(value), True) for name, value in own.environment.items()]
    return tuple(
        Read(*named(reference), key, variable)
        for key, content, references, variable in (*files, *variables)
        if references
        for reference in _whole(place, own, key, content, references)
    )


def _whole(
    place: Place, own: Component, key: str, content: Template | Document, held: Sequence[str]
) -> Iterator[str]:
    """The reference that a file or a variable is, or nothing."""
    references = [each for each in held if of(each)]
    if not references:
        return
    if not isinstance(content, Text) or content.parts != (SecretValue(references[0]),):
        raise UsageError(
            f"{key} of {own.name} holds {references[0]} among other text, and a mounted secret is a file of "
            "its own",
            f"Write clusters.{place.cluster}.kubernetes.vaults: external-secrets, which fills it in.",
        )
    yield references[0]


def objects(place: Place, own: Component, labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A SecretProviderClass for each vault, in the form of the charts. Raises UsageError."""
    row = place.estate.clusters[place.cluster]
    tenant = place.estate.tenants[place.estate.subscriptions[row.subscription].tenant]
    for vault, rows in _by_vault(reads(place, own)).items():
        if row.kubernetes.client_id is None:
            raise UsageError(
                f"nobody reads the key vault {vault} in cluster {place.cluster}: it has no client id",
                f"Write clusters.{place.cluster}.kubernetes.client_id: that of its managed identity.",
            )
        name = provider(own, vault)
        parameters = {
            "clientID": row.kubernetes.client_id,
            "keyvaultName": vault,
            "tenantId": tenant.id,
            "objects": _listed(rows),
        }
        if tenant.cloud in CLOUDS:
            parameters["cloudName"] = CLOUDS[tenant.cloud]
        spec: dict[str, Any] = {"provider": "azure", "parameters": parameters}
        variables = [{"key": each.key, "objectName": each.key} for each in rows if each.variable]
        if variables:
            spec["secretObjects"] = [{"secretName": name, "type": "Opaque", "data": variables}]
        yield {"kind": "SecretProviderClass", "name": name, "labels": dict(labels), "spec": spec}


def _listed(rows: Sequence[Read]) -> str:
    """The parameter `objects`: a document that holds documents, as the provider reads it."""
    return document(
        {
            "array": [
                document({"objectName": each.secret, "objectType": "secret", "objectAlias": each.key})
                for each in rows
            ]
        }
    )


def provider(own: Component, vault: str) -> str:
    """The name of the SecretProviderClass, and of the Secret that variables are set from."""
    return f"{names.shared(own)}-{vault}"


def volumes(place: Place, own: Component) -> list[dict[str, Any]]:
    """A volume for each vault."""
    return [
        {
            "name": _volume(vault),
            "csi": {
                "driver": DRIVER,
                "readOnly": True,
                "volumeAttributes": {"secretProviderClass": provider(own, vault)},
            },
        }
        for vault in _by_vault(reads(place, own))
    ]


def mounts(place: Place, own: Component) -> list[dict[str, Any]]:
    """Where the container has them."""
    return [
        {"name": _volume(vault), "mountPath": place.vault(vault), "readOnly": True}
        for vault in _by_vault(reads(place, own))
    ]


def variables(place: Place, own: Component) -> dict[str, str]:
    """Variables that are set out of a vault, each with the Secret that the driver makes."""
    return {each.key: provider(own, each.vault) for each in reads(place, own) if each.variable}


def checksums(place: Place, own: Component) -> dict[str, str]:
    """An annotation that makes the pods anew when they are to read something else."""
    rows = reads(place, own)
    return {CHECKSUM: sha256(repr(rows).encode()).hexdigest()[:16]} if rows else {}


def _volume(vault: str) -> str:
    return f"vault-{vault}"


def _by_vault(rows: Iterable[Read]) -> dict[str, list[Read]]:
    made: dict[str, list[Read]] = {}
    for each in rows:
        made.setdefault(each.vault, []).append(each)
    return made
