"""`singlepane restart`: one component anew."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from deploy.targets.local import client
from deploy.targets.local.folder import StateFolder
from estate.running import Deployment
from singlepane import output
from singlepane.commands.logs import known
from singlepane.which import EstateOption, StateOption, state_folder


def restart(
    component: Annotated[str, typer.Argument(help="Its name, as `singlepane status` shows it.")],
    estate: EstateOption = None,
    state: StateOption = None,
) -> None:
    """Stop one component in order and start it again; returns when it is ready.

    One that was given up gets new tries.
    """
    place = state_folder(estate, state)
    row = asyncio.run(_restart(place, known(place, component))).component(component)
    output.message(f"{component} is ready as pid {row.pid}")


async def _restart(place: StateFolder, component: str) -> Deployment:
    line = await client.connect(place)
    if line is None:
        raise client.down_already(place)
    try:
        await line.ask("restart", lambda _: None, component=component)
    finally:
        await line.close()
    return await client.current(place)
