"""Keeps the snapshot fresh: data when a collector brought some or its values grew too old, own metrics every
tick.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from time import monotonic, time

import structlog

from exporters.exposition.metrics import Family, merged
from exporters.exposition.snapshot import Part, Snapshot, part, snapshot
from exporters.garbage import GARBAGE
from exporters.running.own import Counts
from exporters.work import worked

TICK_SECONDS = 5.0

log = structlog.get_logger()


class Board:
    """The snapshot that scrapes read. Rendering happens in a thread; a scrape only takes the attribute.

    `data` gives the families that collectors serve now, `own` those of the exporter itself. Where both have a
    name, the exporter's own wins: alerts rely on it. `external` gives the external labels of the Prometheus
    that scrapes it.
    """

    def __init__(
        self,
        data: Callable[[], Iterable[Family]],
        own: Callable[[Snapshot | None], Iterable[Family]],
        counts: Counts,
        external: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self._data = data
        self._own = own
        self._counts = counts
        self._external = external
        self._changed = asyncio.Event()
        self._served: Sequence[Family] = ()
        self._data_part: Part | None = None
        self._left_out: frozenset[tuple[str, str]] = frozenset()
        self.snapshot: Snapshot | None = None

    def changed(self) -> None:
        """Families changed: render soon. May be called at any rate; rendering never overlaps."""
        self._changed.set()

    def unserved(self, families: Iterable[Family]) -> tuple[str, ...]:
        """Names of those that the last snapshot has not, because others have their names."""
        found = {family.name for family in families if (family.name, family.type) in self._left_out}
        return tuple(sorted(found))

    async def run(self) -> None:
        """Refresh for ever; ends when cancelled."""
        while True:
            await self.refresh()
            try:
                async with asyncio.timeout(TICK_SECONDS):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def refresh(self) -> None:
        """Render what changed and put the new snapshot up."""
        taken = time()
        changed = self._changed.is_set()
        self._changed.clear()
        served = tuple(self._data())
        own = merged(self._own(self.snapshot)).families
        if changed or self._data_part is None or [*map(id, served)] != [*map(id, self._served)]:
            started = monotonic()
            self._data_part = await worked(self._render, served, frozenset(family.base for family in own))
            self._served = served
            self._counts.render_seconds = monotonic() - started
            GARBAGE.settle(self._data_part.series)
        self.snapshot = await worked(_joined, self._data_part, own, taken)

    def _render(self, families: Sequence[Family], reserved: frozenset[str]) -> Part:
        result = merged(family for family in families if family.base not in reserved)
        conflicts = (*(family for family in families if family.base in reserved), *result.conflicts)
        left_out = frozenset((family.name, family.type) for family in conflicts)
        if left_out - self._left_out:
            log.warning("metrics left out: their names are taken", names=sorted(name for name, _ in left_out))
        self._left_out = left_out
        self._counts.duplicates = result.duplicates
        self._counts.conflicts = len(left_out)
        self._counts.replaced = {label: _having(label, result.families) for label in self._external()}
        return part(result.families)


def _having(label: str, families: Iterable[Family]) -> int:
    """How many series have a label of this name."""
    # In a value a quotation mark is escaped, so that this is found in front of values alone.
    first, later = f'{{{label}="', f',{label}="'
    return sum(
        sample.labels.text.startswith(first) or later in sample.labels.text
        for family in families
        for sample in family.samples
    )


def _joined(data: Part, own: Sequence[Family], taken: float) -> Snapshot:
    return snapshot((data, part(own)), taken)
