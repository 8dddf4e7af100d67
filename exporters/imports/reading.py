"""What is read out of another exporter's configuration: wishes, and what could not be carried. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from estate.errors import UsageError
from estate.model import Aggregation
from estate.names import REGION, RESOURCE_TYPE, UUID
from estate.suggest import offer
from estate.tree import Path, spoken
from exporters.configuration.grains import GRAIN_SECONDS

AGGREGATIONS: tuple[str, ...] = get_args(Aggregation)
# A literal secret is never carried: the process gets it by this variable, and azure-identity knows the name.
REFERENCE = "env:AZURE_CLIENT_SECRET"
_SPLIT = re.compile(r"([A-Za-z0-9_/ -]+?)\s+eq\s+'([^']*)'", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wish:
    """One metric of some resources of one subscription. Empty lists ask for nothing: all resources, the
    primary aggregation. `poll` is how often it is fetched; `cloud` is the tenant's.
    """

    subscription: str
    type: str
    metric: str
    aggregations: tuple[str, ...] = ()
    interval: str = "PT1M"
    dimensions: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    poll: str = "1m"
    tenant: str = ""
    identity: str = "workload"
    cloud: str = "public"
    regions: tuple[str, ...] = ()


@dataclass(slots=True)
class Reading:
    """Collects what one file brings. `where` gives the place of a key path, as a person looks for it."""

    where: Callable[[Path], str] = spoken
    wishes: list[Wish] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    azure: dict[str, str] = field(default_factory=dict)

    def leave(self, path: Path, why: str) -> None:
        """Something could not be carried; `why` never repeats a value that may be secret."""
        self.left.append(f"{self.where(path)}: {why}")

    def leave_rest(self, found: dict[str, Any], path: Path, known: Iterable[str]) -> None:
        """Name all keys that nothing was made of."""
        for key in [each for each in found if each not in set(known)]:
            self.leave((*path, key), "not carried: there is no such thing here")

    def wrong(self, path: Path, message: str, fix: str = "") -> UsageError:
        """The error to raise where the file does not make sense."""
        return UsageError(f"{self.where(path)}: {message}", fix)

    def mapping(self, found: Any, path: Path) -> dict[str, Any]:
        """A group of keys; nothing counts as an empty one. Raises UsageError."""
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise self.wrong(path, "a group of keys belongs here")
        return found

    def items(self, found: Any, path: Path) -> list[Any]:
        """A list; nothing counts as an empty one. Raises UsageError."""
        if found is None:
            return []
        if not isinstance(found, list):
            raise self.wrong(path, "a list belongs here")
        return found

    def text(self, found: Any, path: Path) -> str:
        """A text that is not empty. Raises UsageError."""
        if not isinstance(found, str) or not found.strip():
            raise self.wrong(path, "a text belongs here")
        return found.strip()

    def id(self, found: Any, path: Path) -> str:
        """A subscription's or tenant's id. Raises UsageError."""
        text = self.text(found, path)
        if not UUID.fits(text):
            raise self.wrong(path, "this is no id of a subscription or tenant", f"write {UUID.allowed}")
        return text.lower()

    def type(self, found: Any, path: Path) -> str:
        """A resource type. Raises UsageError."""
        text = self.text(found, path)
        if not RESOURCE_TYPE.fits(text):
            raise self.wrong(path, f"{text!r} is no resource type", f"write {RESOURCE_TYPE.allowed}")
        return text

    def region(self, found: Any, path: Path) -> str:
        """A region in its short form: `West Europe` is westeurope. Raises UsageError."""
        text = self.text(found, path)
        short = REGION.repair(text)
        if not REGION.fits(short):
            raise self.wrong(path, f"{text!r} is no region", f"write {REGION.allowed}")
        return short

    def cloud(self, found: Any, path: Path, names: Mapping[str, str]) -> str:
        """The cloud that a name of theirs means; one that we do not know is left, and said."""
        if found in (None, ""):
            return "public"
        text = self.text(found, path)
        for theirs, ours in names.items():
            if theirs.lower() == text.lower():
                return ours
        why = "was closed in 2021" if "german" in text.lower() else "is not known here"
        self.leave(path, f"the cloud {text!r} {why}: write the tenant's cloud, or addresses under azure")
        return "public"

    def aggregation(self, found: Any, path: Path) -> str:
        """An aggregation in our spelling. Raises UsageError."""
        text = self.text(found, path)
        for each in AGGREGATIONS:
            if each.lower() == text.lower():
                return each
        raise self.wrong(path, f"{text!r} is no aggregation", offer(text, AGGREGATIONS, ""))

    def grain(self, seconds: int, path: Path) -> str:
        """The interval of so many seconds, or the next longer one that Azure has."""
        for name, length in GRAIN_SECONDS.items():
            if length == seconds:
                return name
            if length > seconds:
                self.leave(path, f"Azure has no interval of {seconds} s: {name} is taken")
                return name
        self.leave(path, f"Azure has no interval of {seconds} s: P1D is taken")
        return "P1D"

    def split(self, text: str, path: Path) -> tuple[str, ...]:
        """Dimensions of a filter. One that asks for certain values is split whole, and that is said."""
        found = [(name.strip().removeprefix("and ").strip(), value) for name, value in _SPLIT.findall(text)]
        for name, value in found:
            if value != "*":
                self.leave(path, f"the filter on {name!r} is not carried: each value is a series")
        return tuple(name for name, _ in found)


def identified(reading: Reading, id: str, path: Path) -> tuple[str, str, str, str]:
    """Subscription (may be empty), resource group, type and name of a resource id. Raises UsageError."""
    parts = id.strip().strip("/").split("/")
    subscription = ""
    if len(parts) > 2 and parts[0].lower() == "subscriptions":
        subscription = reading.id(parts[1], path)
        parts = parts[2:]
    provider = parts[3:]
    legal = (
        len(parts) >= 6
        and parts[0].lower() == "resourcegroups"
        and parts[2].lower() == "providers"
        and len(provider) % 2 == 1
        and "" not in parts
        and "providers" not in [each.lower() for each in provider]
    )
    if not legal:
        raise reading.wrong(path, "this is no resource id", "write resourceGroups/…/providers/…")
    type = reading.type("/".join([provider[0], *provider[1::2]]), path)
    return subscription, parts[1], type, "/".join(provider[2::2])
