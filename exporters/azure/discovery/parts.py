"""Parts of a resource that no listing shows, although they have metrics: the services of a storage account.
Pure.

Resource Graph and ARM list accounts. Each of an account's services is there under the name `default`, so what
is listed says what else there is. Contracts:
https://learn.microsoft.com/rest/api/storagerp/blob-services/list and
https://learn.microsoft.com/azure/storage/common/storage-account-overview#types-of-storage-accounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from exporters.azure.discovery.resources import Resource

_ACCOUNTS = "microsoft.storage/storageaccounts"
# The services of accounts that have not all of them, by the account's kind.
_SERVICES: Mapping[str, frozenset[str]] = {
    "blobstorage": frozenset({"blobservices"}),
    "blockblobstorage": frozenset({"blobservices"}),
    "filestorage": frozenset({"fileservices"}),
}
# A general-purpose account that is premium has page blobs alone.
_PREMIUM = frozenset({"blobservices"})


@dataclass(frozen=True, slots=True)
class Part:
    """A type that is in no listing: the type of the whole, which is, and the way from its id to the part's.
    All in lower case.
    """

    whole: str
    path: str

    def of(self, one: Resource) -> Resource:
        """This part of a whole; region, tags and resource group are those of the whole."""
        service, name = self.path.split("/")
        return replace(
            one, id=f"{one.id}/{self.path}", name=f"{one.name}/{name}", type=f"{one.type}/{service}"
        )


PARTS: Mapping[str, Part] = {
    f"{_ACCOUNTS}/{service}": Part(_ACCOUNTS, f"{service}/default")
    for service in ("blobservices", "fileservices", "queueservices", "tableservices")
}


def listed_type(type: str) -> str:
    """The type that is listed and may be seen: that of the whole where the type itself is in no listing, in
    the same spelling.
    """
    return type.rsplit("/", 1)[0] if type.lower() in PARTS else type


def listed_types(types: Iterable[str]) -> frozenset[str]:
    """The same for several types, each once."""
    return frozenset(map(listed_type, types))


def parts(one: Resource, row: Mapping[str, Any], wanted: frozenset[str]) -> Iterator[Resource]:
    """The wanted parts of a resource; `row` is what the listing says of it, with `kind` and `sku`."""
    for type in sorted(wanted & PARTS.keys()):
        part = PARTS[type]
        if part.whole == one.type and _has(part.path.split("/")[0], row):
            yield part.of(one)


def _has(service: str, row: Mapping[str, Any]) -> bool:
    """Whether an account has a service. A kind that nothing is known of may have all."""
    kind, sku = row.get("kind"), row.get("sku")
    tier = sku.get("name") if isinstance(sku, Mapping) else ""
    services = _SERVICES.get(kind.lower()) if isinstance(kind, str) else None
    if services is None and isinstance(tier, str) and tier.lower().startswith("premium"):
        services = _PREMIUM
    return services is None or service in services
