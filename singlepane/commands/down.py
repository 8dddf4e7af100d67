"""`singlepane down`: stop everything."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from deploy.targets.local import client
from estate.errors import NotRunning, StateFolderError
from singlepane import output
from singlepane.starting import Progress
from singlepane.which import EstateArgument, StateOption, state_folder


def down(
    estate: EstateArgument = None,
    purge: Annotated[
        bool, typer.Option("--purge", help="Remove the state folder too: metrics, blocks, logs, everything.")
    ] = False,
    state: StateOption = None,
) -> None:
    """Stop every component of an estate in reverse order of need, and wait until all are gone.

    Stored data stays for the next `up`, unless you purge it. Stopping what is not up is no error.
    """
    try:
        place = state_folder(estate, state)
    except NotRunning as error:
        if purge and state is not None and state.exists():
            raise StateFolderError(
                f"{state} is not a state folder of singlepane; nothing was removed",
                "Pass the folder that `singlepane up --state` was given.",
            ) from None
        output.message(error.message)
        return
    with Progress("stopped") as progress:
        ran = asyncio.run(client.down(place, progress.changed))
    output.message(f"estate {place.estate} is down" if ran else f"estate {place.estate} was not up")
    if purge:
        client.purge(place)
        output.message(f"removed {place.path}")
