"""Azure resources and subscriptions as targets: each has a collector of its own, which goes on from one probe
to the next, and all call Azure as one with the rows of the process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from time import monotonic, time

from estate.model import AzureExporter, AzureReading
from estate.quantities import seconds
from exporters.azure.calls.clock import REAL
from exporters.azure.discovery.access import Access
from exporters.azure.discovery.resources import Resource, resource
from exporters.azure.discovery.wanted import Mismatch
from exporters.azure.metrics import own
from exporters.azure.metrics.budget import Dropped
from exporters.azure.metrics.state import FORGET_SECONDS
from exporters.collectors.azure_metrics import AzureMetrics
from exporters.configuration.config import Config
from exporters.configuration.modules import AzureModule, reached
from exporters.configuration.places import AzurePlace, azure_place
from exporters.configuration.targets import NoTarget
from exporters.exposition.metrics import Family
from exporters.probe.sources import no_target, not_listed
from exporters.running.own import labelled

# Files of targets that are kept, those written last.
MOST_FILES = 2048
TIDY_SECONDS = 3600.0
# Scrapes of one interval come a little sooner or later.
SLACK = 0.05


class _Kept(AzureMetrics):
    """The collector of a target, in a set as long as it is open."""

    among: set[AzureMetrics]

    async def close(self) -> None:
        """As its base."""
        self.among.discard(self)
        await super().close()


class AzureSource:
    """A module of kind azure. `folder` is for the targets' counters, None to keep none."""

    kind = "azure"
    goes_on = True

    def __init__(
        self, name: str, module: AzureModule, config: Config, access: Access, folder: Path | None
    ) -> None:
        self.timeout = float(seconds(module.timeout))
        self.cache = module.cache_seconds * (1 - SLACK)
        self._name = name
        self._module = module
        self._clients = access.clients(module.identity)
        self._folder = folder
        self._tidied = -TIDY_SECONDS
        self._ids = {each: row.id for each, row in config.subscriptions.items()}
        self._allowed = [azure_place(each, self._ids) for each in module.targets]
        self._types = frozenset(metric.type.lower() for metric in module.metrics)
        self._scopes = access.scopes(reached(config.subscriptions, module))
        self._open: set[AzureMetrics] = set()

    def named(self, target: str) -> str:
        """The id in lower case."""
        try:
            place = azure_place(target, self._ids)
            one = _resource(place)
        except NoTarget as error:
            raise no_target(error) from None
        if not any(each.holds(place) for each in self._allowed):
            raise not_listed(self._name)
        if one is not None and one.type not in self._types:
            raise no_target(f"the module {self._name} has no metrics of the type {one.type}")
        return place.id

    def turn(self, name: str) -> str:
        """Each subscription by itself: Azure may ask one to wait."""
        return azure_place(name, {}).subscription

    def reading(self, name: str) -> AzureMetrics:
        """The collector of an id."""
        place = azure_place(name, {})
        scope = self._scopes[place.subscription]
        keys = AzureReading.model_fields
        row = AzureExporter.model_construct(
            **{key: getattr(self._module, key) for key in keys},
            scope=[scope.name],
            interval=f"{self._module.cache_seconds}s",
        )
        kept = _Kept(
            self._name,
            row,
            (scope,),
            self._clients.shared(self._clients.traffic),
            self._file(name),
            REAL,
            only=_resource(place),
        )
        kept.among = self._open
        self._open.add(kept)
        return kept

    def own(self) -> Iterable[Family]:
        """What was called for this module's targets, what their budgets leave out, and what is wrong with
        the module.
        """
        levels = {
            key: level for key, level in self._clients.levels().items() if key[1] in {"", *self._scopes}
        }
        dropped: Dropped = Counter()
        wrong: dict[Mismatch, None] = {}
        for each in self._open:
            dropped.update(each.ledger.tallies.dropped)
            wrong.update(dict.fromkeys(each.catalogue.mismatches))
        families = [
            *own.calls(self._clients.traffic, levels, self._subscription),
            own.dropped(dropped),
            own.mismatched(wrong),
        ]
        return [labelled(each, {"collector": "probe", "exporter": self._name}) for each in families]

    async def close(self) -> None:
        """Let go of the connections."""
        await self._clients.close()

    def _subscription(self, id: str) -> str:
        return self._scopes[id].name if id in self._scopes else id

    def _file(self, name: str) -> Path | None:
        if self._folder is None:
            return None
        if monotonic() - self._tidied > TIDY_SECONDS:
            self._tidied = monotonic()
            tidy(self._folder, time())
        digest = sha256(f"{self._name} {name}".encode()).hexdigest()[:40]
        return self._folder / f"{digest}.counters"


def tidy(folder: Path, now: float) -> None:
    """Remove files of targets that were not probed for long, and the oldest where there are too many."""
    files: list[tuple[float, Path]] = []
    for path in folder.glob("*.counters*"):
        with suppress(OSError):
            files.append((path.stat().st_mtime, path))
    for place, (written, path) in enumerate(sorted(files, reverse=True)):
        if place >= MOST_FILES or written < now - FORGET_SECONDS:
            with suppress(OSError):
                path.unlink()


def _resource(place: AzurePlace) -> Resource | None:
    """The resource at a place, without its region; None for a whole subscription. Raises NoTarget."""
    if place.whole:
        return None
    found = resource(place.id, None)
    if found is None:
        raise NoTarget("it is neither a subscription nor the whole id of a resource")
    return found
