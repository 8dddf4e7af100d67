"""What a reading of a few resources did not bring, in words: who is to blame, if anybody, and what to do.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from exporters.advice.values import Silent, Values
from exporters.azure.discovery.resources import Resource
from exporters.azure.metrics.isolation import LeftOut

State = Literal["ok", "missing", "failed", "unseen", "part", "silent"]
# States in which nothing is wrong.
WELL: frozenset[State] = frozenset({"ok", "unseen", "part", "silent"})
# Metric, state, detail, remedy.
Finding = tuple[str, State, str, str]


def findings(found: Values, samples: Sequence[Resource]) -> Iterator[Finding]:
    """One per metric that is refused or gives nothing."""
    for left in found.left_out:
        yield _refused(left, samples)
    for silent in found.silent:
        yield _silent(silent)


def _refused(left: LeftOut, samples: Sequence[Resource]) -> Finding:
    name, said = left.metric.definition.name, str(left.error)
    if left.why in ("missing", "sought"):
        asked = sum(left.metric.only.takes(each) for each in samples)
        lacking = len(left.resources) or asked
        if lacking < asked or left.why == "sought":
            return (
                name,
                "part",
                f"{lacking} of {asked} resources tried do not have it: read of the others",
                "",
            )
        remedy = f"remove {name}, or narrow its row with `select` to the resources that have it"
        return name, "failed", f"none of {asked} resources tried has it: {said}", remedy
    if left.why == "dimension" and not left.metric.dimensions:
        known = ", ".join(sorted(left.metric.definition.dimensions.values())) or "a dimension"
        return name, "failed", said, f"put {name} into a row of its own that is split by {known}"
    if left.why == "dimension":
        return name, "failed", said, f"put {name} into a row without this split"
    return name, "failed", said, f"{name} is left out until Azure takes it; remove it if that does not pass"


def _silent(silent: Silent) -> Finding:
    name, split = silent.metric.definition.name, ", ".join(silent.metric.dimensions)
    if silent.whole:
        detail = f"no value of an hour of {silent.resources} resources split by {split}, and values without"
        return name, "failed", detail, f"put {name} into a row without the split by {split}"
    by = f" split by {split}" if split else ""
    detail = f"no value of an hour of {silent.resources} resources{by}: they may have had nothing to report"
    return name, "silent", detail, ""
