"""`singlepane logs`: what a component said."""

from __future__ import annotations

import difflib
from typing import Annotated

import typer

from deploy.targets.local import tail
from deploy.targets.local.advice import carried
from deploy.targets.local.folder import StateFolder
from estate.errors import UsageError
from singlepane.which import EstateOption, StateOption, state_folder


def logs(
    component: Annotated[str, typer.Argument(help="Its name, as `singlepane status` shows it.")],
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with new lines until Ctrl-C.")
    ] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the last lines.")] = 50,
    estate: EstateOption = None,
    state: StateOption = None,
) -> None:
    """Show the last lines of a component's log, also of one that is stopped.

    Lines that begin with `--` are the supervisor's. `supervisor` is a component too.
    """
    place = state_folder(estate, state)
    path = place.log(known(place, component))
    for line in tail.read(path, lines, follow=follow):
        # Not through a console: a log line is no markup, and a pipe may end early.
        typer.echo(line)


def known(place: StateFolder, component: str) -> str:
    """The name if there is a log of it. Raises UsageError with the closest name."""
    names = sorted(path.stem for path in (place.path / "logs").glob("*.log"))
    if component in names:
        return component
    closest = difflib.get_close_matches(component, names, n=1, cutoff=0.4)
    raise UsageError(
        f"there is no component {component}" + (f"; did you mean {closest[0]}?" if closest else ""),
        f"There are: {', '.join(names)}."
        if names
        else carried("Nothing was started yet: `singlepane up`.", place.path, place.estate),
    )
