"""Which clusters of an estate a command means."""

from __future__ import annotations

from typing import Annotated

import typer

from estate.errors import UsageError
from estate.model import Estate
from estate.suggest import nearest

ClustersOption = Annotated[
    list[str] | None,
    typer.Option(
        "--cluster",
        "-c",
        help="A cluster, by its name in the estate; repeat it for more. Without it: all of them.",
        show_default=False,
    ),
]


def meant(estate: Estate, named: list[str] | None) -> tuple[str, ...]:
    """The clusters in the order of the estate. Raises UsageError for one that it does not have."""
    for name in named or ():
        if name not in estate.clusters:
            raise UsageError(f"the estate has no cluster {name!r}", nearest(name, estate.clusters, "It has"))
    return tuple(each for each in estate.clusters if not named or each in named)
