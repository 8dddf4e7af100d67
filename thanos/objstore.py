"""Object storage: the document that every Thanos component opens the bucket with.

Contract: https://thanos.io/tip/thanos/storage.md#azure, thanos-io/objstore providers/azure (unknown keys are
refused, account and container are always asked for).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from estate.components import Address, Component, File, FilePath, Reference, SecretValue, Template, Text, text
from estate.model import Store

FILE = "objstore.yaml"
# Name of the workload identity that may read and write the container.
IDENTITY = "metrics-store"


@dataclass(frozen=True, slots=True)
class Bucket:
    """The object store as a component sees it: the document, what must be ready first, and who opens it."""

    document: Mapping[str, Any]
    needs: tuple[str, ...] = ()
    identity: str = ""

    @property
    def file(self) -> File:
        """The document as a file; it may hold a connection string."""
        return File(FILE, self.document, secret=True)

    @property
    def existing(self) -> Bucket:
        """For components that only add blocks: they never make the container, and so start while it is away.

        What they cannot upload they try again, so that reading fresh data never waits for the object store.
        """
        config = dict(self.document["config"])
        if "storage_create_container" in config:
            config["storage_create_container"] = False
        return Bucket({**self.document, "config": config}, (), self.identity)

    def made_by(self, maker: Component) -> Bucket:
        """For a component that opens the container once `maker` has made it: of two that make it at the same
        time, Azure refuses one. Where nobody makes it, nobody is waited for.
        """
        if not self.document["config"].get("storage_create_container"):
            return self
        return replace(self.existing, needs=(maker.name,))

    @property
    def flag(self) -> Text:
        """The flag that names the file, the same for every component."""
        return text("--objstore.config-file=", FilePath(FILE))


def azure(store: Store) -> Mapping[str, Any]:
    """The real storage account, by workload identity (no key at all) or by a connection string.

    The container is made with the account, not here: a Thanos that can make containers needs more rights than
    data.
    """
    config: dict[str, Any] = {
        "storage_account": store.account,
        "container": store.container,
        "storage_create_container": False,
    }
    if store.identity != "workload":
        config["storage_connection_string"] = text(SecretValue(store.identity))
    return {"type": "AZURE", "config": config}


def azurite(store: Store, blob: Address, key: Template | Reference) -> Mapping[str, Any]:
    """Azurite at `blob`, with the estate's account and its base64 `key`.

    Only a connection string can say an http address with the account in the path: `endpoint` alone means
    https://ACCOUNT.ENDPOINT. Thanos refuses an account key beside it.
    """
    address = text("http://", blob, "/", store.account)
    protocol = f"DefaultEndpointsProtocol=http;AccountName={store.account};AccountKey="
    return {
        "type": "AZURE",
        "config": {
            "storage_account": store.account,
            "container": store.container,
            "storage_create_container": True,
            "storage_connection_string": text(protocol, key, ";BlobEndpoint=", address, ";"),
        },
    }


def files(directory: Template | Reference) -> Mapping[str, Any]:
    """A folder on this machine. For one machine only: Thanos calls it fit for tests and demonstrations."""
    return {"type": "FILESYSTEM", "config": {"directory": text(directory)}}
