"""`singlepane up`: the whole estate on this machine."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer

from deploy import engines, wiring
from deploy.targets.local import folder
from deploy.targets.local.argv import argv
from deploy.targets.local.changes import Changes
from deploy.targets.local.session import Session
from deploy.targets.local.start import Wish
from estate.components import Engine
from estate.load import load
from estate.running import Deployment
from singlepane import output
from singlepane.building import Building
from singlepane.starting import Progress
from singlepane.which import EstateArgument, StateOption, estate_file, state_path

# What a person opens, by kind, in this order, with the path behind the address.
OPEN = (
    ("server", "status page", "/"),
    ("query", "global query", "/"),
    ("alertmanager", "alerts", "/"),
    ("grafana", "dashboards", "/"),
)


class Store(StrEnum):
    """Where blocks go."""

    azurite = "azurite"
    files = "files"


class Start(Progress):
    """A start as `up` shows it, with the table at its end."""

    def up(self, deployment: Deployment, changes: Changes | None, stays: bool) -> None:
        """Show what runs and what to open."""
        self.changed(deployment)
        self.rest()
        table(deployment)
        if changes is not None:
            output.message(f"estate {deployment.estate} was up already; {changes}")
        if stays:
            output.message("Ctrl-C stops everything.")


def up(
    estate: EstateArgument = None,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Leave it running; `singlepane down` stops it.")
    ] = False,
    state: StateOption = None,
    port_base: Annotated[
        int | None,
        typer.Option(
            "--port-base",
            help="The first port; components take those from there on. "
            "Without it: 21000, or where the estate runs already.",
            show_default=False,
        ),
    ] = None,
    store: Annotated[
        Store,
        typer.Option(
            "--store", help="Where blocks go: `azurite` stands in for blob storage, `files` is a folder."
        ),
    ] = Store.azurite,
) -> None:
    """Run the whole estate on this machine: every component for real, Azure and the shop by stand-ins.

    Starts in order of need, waits until everything is ready, prints where to look, and stays until Ctrl-C,
    which stops everything. What it stored stays for the next time; `singlepane down --purge` removes it.

    Run again on an estate that is up, it starts, stops and restarts only what the file changed.
    """
    file = estate_file(estate)
    loaded = load(file)
    output.findings(loaded.findings, as_json=False)
    place = folder.prepare(state_path(loaded.estate.name, state), loaded.estate.name)
    grafana = loaded.estate.local.grafana or shutil.which("grafana") or ""
    try:
        components = wiring.local_components(loaded.estate, file, place.path, store.value, grafana)
    except OSError as error:
        raise folder.unusable(place.path, error) from None
    needed = {component.command.name for component in components if isinstance(component.command, Engine)}
    with Building() as building:
        engines.ensure(sorted(needed), building)
    wish = Wish(place, file, components, argv, port_base)
    with Start() as start:
        code = asyncio.run(Session(wish, start, detach=detach).run())
    if code:
        raise typer.Exit(code)


def table(deployment: Deployment) -> None:
    """The components on stdout, and below them what to open."""
    output.table(
        "",
        ("COMPONENT", "CLUSTER", "STATE", "ADDRESS", "NOTE"),
        (
            (row.name, row.cluster, row.state, next(iter(row.addresses.values()), ""), row.note)
            for row in deployment.components
        ),
    )
    links = tuple(_links(deployment))
    if links:
        output.console.print()
        output.table("", ("OPEN", "AT"), links)


def _links(deployment: Deployment) -> Iterator[tuple[str, str]]:
    for kind, what, path in OPEN:
        for row in deployment.components:
            if row.kind == kind and "http" in row.addresses:
                yield what, f"http://{row.addresses['http']}{path}"
