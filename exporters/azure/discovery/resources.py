"""Azure resources as this exporter knows them. Pure: ids are compared, kept and shown in lower case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple
from zlib import crc32

from estate.series_labels import tag_label, words
from exporters.exposition.metrics import Labels

# Becomes part of a host name: nothing else may pass.
_REGION = re.compile(r"[a-z0-9-]{1,40}")
_HIDDEN_TAG = "hidden-"


class Variant(NamedTuple):
    """What resources of one type differ by: kind and name of the SKU, in lower case; what is not said is
    empty.
    """

    kind: str = ""
    sku: str = ""

    def __str__(self) -> str:
        said = [f"kind {self.kind}"] * bool(self.kind) + [f"SKU {self.sku}"] * bool(self.sku)
        return " and ".join(said) or "no kind or SKU"


UNSAID = Variant()


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource. `name` holds the names of its parents too (`account/default`); all but tags are lower
    case.
    """

    id: str
    name: str
    type: str
    region: str
    group: str
    subscription: str
    tags: Mapping[str, str] = field(default_factory=dict)
    variant: Variant = UNSAID


def resource(
    id: str, location: str | None, tags: Any = None, kind: Any = None, sku: Any = None
) -> Resource | None:
    """A resource from what Resource Graph and ARM say of it; None for an id that is not one of a resource.

    The type is read from the id: the two APIs spell `type` in different ways, and both ids alike. `kind` is
    a text and `sku` an object with a `name`; anything else says nothing.
    """
    parts = id.strip().strip("/").lower().split("/")
    if len(parts) < 6 or parts[0] != "subscriptions" or "providers" not in parts:
        return None
    if not all(each.strip(".") for each in parts):
        # Empty and dot segments would lead elsewhere in a URL.
        return None
    group = parts[3] if parts[2] == "resourcegroups" else ""
    # Of an extension resource the last provider is its own; what it extends is part of its name.
    first, last = parts.index("providers"), len(parts) - 1 - parts[::-1].index("providers")
    provider = parts[last + 1 :]
    if len(provider) < 3 or len(provider) % 2 == 0:
        return None
    names = provider[2::2]
    name = "/".join(names) if first == last else "/".join([*parts[first + 1 : last], *names])
    region = re.sub(r"\s", "", (location or "global").lower()) or "global"
    if not _REGION.fullmatch(region):
        return None
    return Resource(
        "/" + "/".join(parts),
        name,
        "/".join([provider[0], *provider[1::2]]),
        region,
        group,
        parts[1],
        {
            key: value
            for key, value in (tags.items() if isinstance(tags, dict) else ())
            if isinstance(key, str) and isinstance(value, str) and not key.startswith(_HIDDEN_TAG)
        },
        Variant(_word(kind), _word(sku.get("name") if isinstance(sku, dict) else None)),
    )


def _word(value: Any) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


def series_labels(resource: Resource, subscription: str) -> dict[str, str]:
    """Labels of every series of a resource. With the type, which is part of the metric's name, they are
    unique.
    """
    return {
        "subscription": subscription,
        "resource_group": resource.group,
        "resource_name": resource.name,
        "region": resource.region,
    }


def tag_spellings(resources: Iterable[Resource]) -> dict[str, str]:
    """How each tag is spelt, by its name in lower case: Azure compares names of tags without case, so
    `CostCenter` of one resource and `costcenter` of another are one tag, and one label. The spelling with the
    most words wins.
    """
    spelt: dict[str, str] = {}
    for name in {name for each in resources for name in each.tags}:
        known = spelt.get(name.lower(), name)
        spelt[name.lower()] = max(known, name, key=lambda each: (len(words(each)), each))
    return spelt


def info_labels(
    resource: Resource,
    subscription: str,
    wanted: Callable[[str], bool] = bool,
    spelt: Mapping[str, str] = MappingProxyType({}),
) -> Labels:
    """Labels of `azure_resource_info`: the full id, the type, and the tags whose names are wanted, as `spelt`
    (by lower-case name) spells them.

    Of tags that become one label the first in alphabetical order has it; the others get an end that comes
    from their own name, so that it stays the same.
    """
    tags: dict[str, str] = {}
    named = ((spelt.get(key.lower(), key), value) for key, value in resource.tags.items())
    for key, value in sorted(named):
        if not wanted(key):
            continue
        label = tag_label(key)
        if label in tags or label == "tag_":
            label = f"{label.rstrip('_')}_{crc32(key.encode()):08x}"
        tags[label] = value
    return Labels(
        {
            **tags,
            **series_labels(resource, subscription),
            "resource_id": resource.id,
            "resource_type": resource.type,
            "subscription_id": resource.subscription,
        }
    )
