"""Times of gates.

Source: a condition that must hold for as long as it is waited for can hold only if it does from the start.
"""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import Estate
from estate.problems import Problem
from estate.quantities import seconds


def gate_times(estate: Estate) -> Iterator[Problem]:
    """A gate is waited for longer than it must stay open."""
    for index, gate in enumerate(estate.rollout.gates):
        if seconds(gate.hold) >= seconds(gate.within):
            written = "within" if "within" in gate.model_fields_set else "hold"
            message = f"{gate.name!r} must stay open for {gate.hold} and is waited for {gate.within} in all"
            path = ("rollout", "gates", index, written)
            yield Problem("gate-times", path, message, "make within the longer one, by some minutes")
