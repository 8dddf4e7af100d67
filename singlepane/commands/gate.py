"""`singlepane gate`: where other clusters hand in their alerts, over mutual TLS."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer
import yaml

from estate.errors import SurroundingsError, UsageError
from exporters.running.own import Counts
from exporters.serving.serve import Server, options
from exporters.serving.web.live import Live, Web
from singlepane import output
from singlepane.gate import app, metrics
from singlepane.gate.peer import speaking
from web.listening import bind, split


def gate(
    alertmanager: Annotated[
        str, typer.Option("--alertmanager", help="URL of the Alertmanager that takes the alerts.")
    ],
    web_config: Annotated[
        Path,
        typer.Option(
            "--web.config.file",
            exists=True,
            dir_okay=False,
            help="Certificate, key and authority, in the format of Prometheus exporters.",
        ),
    ],
    clusters: Annotated[
        Path,
        typer.Option(
            "--clusters",
            exists=True,
            dir_okay=False,
            help="YAML: the name in its certificate of each cluster that may send, and what it is called.",
        ),
    ],
    hub: Annotated[str, typer.Option("--hub", help="What the cluster is called in which this runs.")],
    listen: Annotated[str, typer.Option("--listen", help="Where other clusters reach it.")],
    metrics_listen: Annotated[
        str, typer.Option("--metrics-listen", help="Where its metrics are, and `/readyz`: plain HTTP.")
    ],
) -> None:
    """Take the alerts of other clusters over mutual TLS, and hand them to an Alertmanager.

    A cluster may send alerts that bear its own name in the label `cluster`, and do nothing else: Alertmanager
    itself has no login, and whoever reaches it can silence everything. Renewed certificates are taken up
    while it runs.
    """
    names = _names(clusters)
    counts = Counts()
    live = Live(web_config, Web.load(web_config), counts)
    if live.context is None:
        raise UsageError(
            f"{web_config} has no tls_server_config", "The gate serves over TLS and in no other way."
        )
    form = "%(asctime)s %(levelname)s %(message)s"
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format=form)
    seen = app.Seen()
    towards_clusters = options(app.create(alertmanager, seen), counts, live)
    towards_clusters.http = speaking(counts, names)
    sockets = [bind(*split(each)) for each in (listen, metrics_listen)]
    servers = [
        Server(towards_clusters, counts.crowd),
        # Of its own, so that strangers at the other door take no place of Prometheus.
        Server(options(metrics.create(hub, seen, counts), Counts(), None), Counts().crowd),
    ]
    output.message(f"alerts of {len(names)} clusters go to {alertmanager}")
    asyncio.run(_serve(servers, sockets, live))


async def _serve(servers: list[Server], sockets: list[socket.socket], live: Live) -> None:
    def end() -> None:
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    watching = asyncio.create_task(live.watch())
    try:
        pairs = zip(servers, sockets, strict=True)
        await asyncio.gather(*(server.serve(sockets=[bound]) for server, bound in pairs))
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
    if not all(server.started for server in servers):
        raise SurroundingsError("the gate did not start", "The log above says why.")


def _names(file: Path) -> dict[str, str]:
    """Raises UsageError."""
    try:
        found = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(
            f"{file} cannot be read: {error}", "It is YAML, a name and a cluster a line."
        ) from None
    if not isinstance(found, dict) or not all(isinstance(each, str) for row in found.items() for each in row):
        raise UsageError(f"{file} is no list of names and clusters", "Write NAME: CLUSTER, a line for each.")
    return found
