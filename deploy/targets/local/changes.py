"""What an `up` did to what ran before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changes:
    """Names of components, as the supervisor knows them: whoever looks from outside while others start sees
    new processes that are nobody's doing.
    """

    started: tuple[str, ...] = ()
    restarted: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()

    @classmethod
    def from_document(cls, document: Mapping[str, Sequence[str]]) -> Changes:
        """Inverse of `dataclasses.asdict`, from JSON. Raises KeyError and TypeError for another shape."""
        return cls(**{name: tuple(names) for name, names in document.items()})

    def __str__(self) -> str:
        parts = [
            f"{word} {', '.join(names)}"
            for word, names in (
                ("started", self.started),
                ("restarted", self.restarted),
                ("stopped", self.stopped),
            )
            if names
        ]
        return "; ".join(parts) or "nothing had to change"
