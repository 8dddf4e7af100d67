"""Waves and the hub.

Source: a querier above others is changed before those below it (thanos-io/thanos#7361, 0.36).
"""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import Estate
from estate.problems import Problem


def waves(estate: Estate) -> Iterator[Problem]:
    """The hub is changed before all waves, whatever a wave says."""
    for index, wave in enumerate(estate.rollout.waves):
        for place, cluster in enumerate(wave.clusters):
            if cluster == estate.hub:
                yield Problem(
                    "wave-hub",
                    ("rollout", "waves", index, "clusters", place),
                    f"{cluster!r} is the hub, which is changed first of all and not in wave {wave.name!r}",
                    "leave it out: the Query above must know what the sidecars below it begin to say",
                )
