"""`python -m tests.cluster up`: clusters to play with, from now until Ctrl-C."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path
from typing import Annotated

import typer

from deploy import engines
from singlepane.building import Building
from tests.cluster import clusters, images, machine, marks
from tests.cluster.cluster import ENGINES

app = typer.Typer(help="Real Kubernetes clusters on this machine.", no_args_is_help=True)


@app.command()
def up(
    names: Annotated[str, typer.Option("--clusters", help="Their names, with commas.")] = "hub-weu,prod-weu",
    folder: Annotated[
        Path | None, typer.Option(help="A folder that is not there yet, for all their files.")
    ] = None,
) -> None:
    """Start clusters, print the path of a kubeconfig with a context for each, and stay until Ctrl-C."""
    if reason := machine.refusal():
        raise SystemExit(reason)
    with Building() as progress:
        paths = engines.ensure({*ENGINES, *images.engines()}, progress)
    ended = threading.Event()
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda *_: ended.set())
    begun = time.monotonic()

    def say(what: str) -> None:
        typer.echo(f"{time.monotonic() - begun:4.0f} s  {what}", err=True)

    with clusters.running(names.split(","), paths.__getitem__, folder, say) as up:
        typer.echo(up.kubeconfig)
        ended.wait()


@app.command()
def sweep() -> None:
    """Remove what clusters left whose owner was killed; `up` and the tests do the same first."""
    for mark in marks.sweep():
        typer.echo(f"removed {mark.name} ({mark.folder})")


app()
