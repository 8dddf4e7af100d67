"""How the resources of one type report: a fleet's behaviour, in the units of the truth."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulators.azure.catalogue import Metric
from simulators.azure.dimensions import values_of
from simulators.azure.fleet import Behaviour
from simulators.azure.truth import Habit, Series, series


@dataclass(frozen=True)
class Manner:
    """What the truth of a metric depends on besides the resource and the metric."""

    seed: int
    habit: Habit
    behaviour: Behaviour
    _values: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    def series(self, resource_id: str, metric: Metric) -> Series:
        """The truth of one metric of the resource with this id."""
        values = self._values.get(metric.key)
        if values is None:
            values = tuple(dimension_values(name, self.behaviour) for name in metric.dimensions)
            self._values[metric.key] = values
        return series(self.seed, resource_id, metric, self.habit, values, self.behaviour.combinations)


def manner(seed: int, behaviour: Behaviour, silent: bool) -> Manner:
    """The manner that a fleet's behaviour describes."""
    habit = Habit(
        lag=behaviour.lag,
        late=round(behaviour.late * 1024),
        late_minutes=max(behaviour.late_minutes, 1) if behaviour.late else 0,
        absent=round(behaviour.absent * 1024),
        zero=round(behaviour.zero * 1024),
        silent=silent,
    )
    return Manner(seed, habit, behaviour)


def dimension_values(name: str, behaviour: Behaviour) -> tuple[str, ...]:
    """The values that dimension `name` takes under a behaviour."""
    given = {key.lower(): values for key, values in behaviour.values.items()}
    if name.lower() in given:
        return tuple(given[name.lower()])
    numbers = {key.lower(): number for key, number in behaviour.cardinality.items()}
    return values_of(name, numbers.get(name.lower()))
