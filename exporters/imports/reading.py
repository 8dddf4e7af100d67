"""What is read out of another exporter's configuration: wishes, and what could not be carried. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from estate.errors import UsageError
from estate.model import Aggregation
from estate.names import REGION, RESOURCE_TYPE, UUID
from estate.series_labels import words
from estate.suggest import offer
from estate.tree import Path, spoken
from exporters.configuration.grains import GRAIN_SECONDS
from exporters.imports import intervals
from exporters.imports.filters import RESOURCE_ID, clauses, matcher
from exporters.imports.placeholders import default, placeholders

AGGREGATIONS: tuple[str, ...] = get_args(Aggregation)
# A literal secret is never carried: the process gets it by this variable, and azure-identity knows the name.
REFERENCE = "env:AZURE_CLIENT_SECRET"
# Azure measures nothing more often.
LEAST_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Resources that fit each list that is not empty."""

    groups: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def overlaps(self, other: Place) -> bool:
        """Whether both may hold the same resource."""
        return not any(mine and theirs and not set(mine) & set(theirs) for mine, theirs in self._with(other))

    def within(self, other: Place) -> bool:
        """Whether it holds nothing that the other one does not."""
        return all(not theirs or (mine and set(mine) <= set(theirs)) for mine, theirs in self._with(other))

    def _with(self, other: Place) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
        return (
            (self.groups, other.groups),
            (self.regions, other.regions),
            (self.names, other.names),
        )

    def match(self) -> dict[str, list[str]]:
        """It as `select` or a block of `exclude`."""
        keys = ("resource_groups", "regions", "names")
        lists = (self.groups, self.regions, self.names)
        return {key: list(values) for key, values in zip(keys, lists, strict=True) if values}


@dataclass(frozen=True, slots=True)
class Wish:
    """One metric of some resources of one subscription. Empty lists ask for nothing: all resources, the
    primary aggregation. `poll` is how often it is fetched in seconds; `cloud` is the tenant's; `without` is
    read by other wishes; `at` is where it is asked for.
    """

    subscription: str
    type: str
    metric: str
    aggregations: tuple[str, ...] = ()
    interval: str = "PT1M"
    dimensions: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    poll: int = 60
    tenant: str = ""
    identity: str = "workload"
    cloud: str = "public"
    regions: tuple[str, ...] = ()
    without: tuple[Place, ...] = ()
    at: str = field(default="", compare=False)

    @property
    def place(self) -> Place:
        """Which resources of the type."""
        return Place(self.groups, self.regions, self.names)


@dataclass(slots=True)
class Reading:
    """Collects what one file brings. `where` gives the place of a key path, as a person looks for it."""

    where: Callable[[Path], str] = spoken
    wishes: list[Wish] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    azure: dict[str, str] = field(default_factory=dict)
    # Ids that stand for placeholders, by these.
    _ids: dict[str, str] = field(default_factory=dict)

    def leave(self, path: Path, why: str) -> None:
        """Something could not be carried as it is; `why` says what follows, and never repeats a value that
        may be secret.
        """
        self.left.append(f"{self.where(path)}: {why}")

    def leave_rest(
        self, found: dict[str, Any], path: Path, known: Iterable[str], losses: Mapping[str, str] | None = None
    ) -> None:
        """Name all keys that nothing was made of, and what follows: `losses` says it by key."""
        for key in [each for each in found if each not in set(known)]:
            unknown = "is unknown to this importer: if it changes what is read, ours is read without it"
            self.leave((*path, key), (losses or {}).get(key, unknown))

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
        """A text that is not empty; one with a placeholder is kept, and said. Raises UsageError."""
        if not isinstance(found, str) or not found.strip():
            raise self.wrong(path, "a text belongs here")
        if word := placeholders(found):
            self.leave(
                path, f"{word}: not filled in here, nothing fits it until the value stands in its place"
            )
        return found.strip()

    def id(self, found: Any, path: Path) -> str:
        """A subscription's or tenant's id; for a placeholder an id that stands for it. Raises UsageError."""
        if not isinstance(found, str) or not found.strip():
            raise self.wrong(path, "a text belongs here")
        text = found.strip()
        if word := placeholders(text):
            if UUID.fits(default(text)):
                self.leave(
                    path, f"{word} is not filled in here: its default is carried, correct it if it is set"
                )
                return default(text).lower()
            id = self._ids.setdefault(word, f"00000000-0000-0000-0000-{len(self._ids) + 1:012}")
            self.leave(
                path, f"{word} is not filled in here: {id} stands for it, write the real id in its place"
            )
            return id
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
        self.leave(
            path,
            f"the cloud {text!r} {why}: the public one is asked, "
            "write the tenant's cloud, or addresses under azure",
        )
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
                break
        else:
            name = "P1D"
        self.leave(path, f"Azure has no interval of {seconds} s: each value is one of {name}")
        return name

    def poll(self, seconds: float | None, path: Path, said: Any) -> int:
        """How often to fetch, in whole seconds; `said` is what stands in the file, `seconds` what it means,
        or None where that is unknown.
        """
        if seconds is None or seconds <= 0:
            self.leave(
                path, f"{said!r} is no interval that can be read: fetched every minute, 1,440 times a day"
            )
            return LEAST_SECONDS
        if seconds < LEAST_SECONDS:
            fewer = f"{LEAST_SECONDS / seconds:.3g}"
            self.leave(
                path,
                f"{said} is shorter than anything that Azure measures: fetched every minute, "
                f"with {fewer} times fewer calls on the bill",
            )
            return LEAST_SECONDS
        return round(seconds)

    def split(self, text: str, path: Path) -> tuple[str, ...]:
        """Dimensions of a filter. One that asks for certain values is split whole, and it is said how to pick
        these.
        """
        by_name: dict[str, list[Any]] = {}
        spelt: dict[str, str] = {}
        for each in clauses(text):
            if not each.name:
                self.leave(
                    path, f"{each.value!r} in the filter is not understood: values are not split by it"
                )
                continue
            by_name.setdefault(spelt.setdefault(each.name.lower(), each.name), []).append(each)
        for name, found in by_name.items():
            if any(each.operator == "eq" and each.value == "*" for each in found):
                continue
            if name.lower() == RESOURCE_ID:
                self.leave(
                    path, "the filter on resources is not carried: all are read, narrow them by select"
                )
                continue
            said = f"every value of {name!r} is a series, and counts on the budget"
            self.leave(path, f"{said}: the filter's are {{{matcher(name, found)}}} in a query")
        return tuple(name for name in by_name if name.lower() != RESOURCE_ID)


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


def every(reading: Reading, found: Any, path: Path) -> int:
    """How often to fetch by a duration of Prometheus or Go, in seconds; of a placeholder a minute."""
    if isinstance(found, str) and (word := placeholders(found)):
        reading.leave(path, f"{word} is not filled in here: fetched every minute, 1,440 times a day")
        return LEAST_SECONDS
    return reading.poll(intervals.duration(str(found)), path, found)


def series_of(name: str, types: Iterable[str]) -> str:
    """What follows from the loss of a metric's name. Ours ends in the unit, which only Azure tells."""
    ours = dict.fromkeys("_".join(words(each.lower().removeprefix("microsoft."))) for each in types)
    begins = " or ".join(f"azure_{each}_…" for each in ours)
    return (
        f"rules and panels that ask for {name!r} get nothing any more: ask for {begins}, as /metrics has it"
    )
