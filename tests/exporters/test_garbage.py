"""What is held for long is set aside from the collector of garbage, once it has grown."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from exporters.exposition.metrics import Labels, Sample
from exporters.garbage import Garbage


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave the interpreter as it was."""
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


def test_nothing_before_the_start() -> None:
    """Within another program the collector is left alone."""
    before = gc.get_freeze_count(), gc.get_threshold()
    Garbage().settle(100_000)
    assert (gc.get_freeze_count(), gc.get_threshold()) == before


def test_only_growth_sets_aside() -> None:
    """Few series, and as many as before, change nothing; many more do."""
    garbage = Garbage()
    garbage.start()
    seen = []
    kept: list[list[list[int]]] = []
    for series in (500, 20_000, 21_000, 20_000, 40_000):
        kept.append([[] for _ in range(100)])
        before = gc.get_freeze_count()
        garbage.settle(series)
        seen.append(gc.get_freeze_count() >= before + 100)
    assert seen == [False, True, False, False, True]


def test_what_is_set_aside_is_still_freed() -> None:
    """Samples that the next cycle replaces go at once, collector or not."""
    held = [[number] for number in range(1000)]
    gc.freeze()
    before = gc.get_freeze_count()
    held.clear()
    assert gc.get_freeze_count() <= before - 1000


def test_samples_are_never_looked_at() -> None:
    """There are as many as there are series."""
    assert not gc.is_tracked(Sample(Labels({"a": "b"}), 1.0))
