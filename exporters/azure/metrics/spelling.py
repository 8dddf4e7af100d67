"""How values of dimensions are shown: Azure compares them without case and spells them as it likes, `Primary`
now and `primary` a minute later. They are one series, in the spelling that was seen first. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

# Values come and go, names of pods for one; the oldest are forgotten.
MOST_VALUES = 200_000

# Resource type, label and value.
Spelt = tuple[str, str, str]


@dataclass(slots=True)
class Spellings:
    """The spelling of each value by type, label and value in lower case. `mixed` are those that came in more
    than one, each as it is shown.
    """

    mixed: dict[Spelt, str] = field(default_factory=dict)
    _shown: dict[Spelt, str] = field(default_factory=dict)

    def shown(self, type: str, label: str, value: str) -> str:
        """The spelling to show a value in."""
        key = (type, label, value.lower())
        known = self.mixed.get(key) or self._shown.get(key)
        if known is None:
            if len(self._shown) >= MOST_VALUES:
                del self._shown[next(iter(self._shown))]
            self._shown[key] = known = value
        elif known != value:
            self.mixed[key] = known
        return known

    def restore(self, spelt: Iterable[Spelt]) -> None:
        """Take up what an earlier process saw in more than one spelling."""
        for type, label, value in spelt:
            self.mixed[type, label, value.lower()] = value

    def spelt(self) -> list[Spelt]:
        """What `restore` takes."""
        return [(type, label, shown) for (type, label, _), shown in self.mixed.items()]
