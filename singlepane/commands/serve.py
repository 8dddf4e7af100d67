"""`singlepane serve`: the status page, its API, and the receiver of notifications and heartbeats."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
import uvicorn

from deploy.cluster_wiring import cluster_components
from deploy.engines import find
from deploy.targets.kubernetes.objects.expected import expected
from deploy.verify import Verification, record, verify
from estate.errors import UsageError
from estate.load import load
from estate.model import Estate
from estate.quantities import seconds
from estate.running import Deployment
from singlepane import output
from singlepane.server.app import create
from singlepane.server.service import Service
from singlepane.server.version import VERSION
from singlepane.server.view import View
from singlepane.server.watch import verify_forever
from web import listening
from web.connection import Connection
from web.server import Server

# A hop that does not hold at once is given this long, and less when verifications follow faster.
PATIENCE_SECONDS = 45.0
# Of --verify-every.
DEFAULT_SECONDS = 60.0


def serve(
    estate: Annotated[
        Path, typer.Option("--estate", exists=True, dir_okay=False, help="The estate file to show.")
    ],
    state: Annotated[
        Path | None,
        typer.Option(
            "--state",
            file_okay=False,
            help="The state folder: what runs is read from its `status.json`, the last verification from its"
            " `verification.json`. This or --query.",
            show_default=False,
        ),
    ] = None,
    listen: Annotated[
        str,
        typer.Option(
            "--listen",
            help="Where to listen. Nothing asks for a password: keep it on loopback, or behind a proxy.",
        ),
    ] = "127.0.0.1:9797",
    verify_every: Annotated[
        str | None,
        typer.Option(
            "--verify-every",
            help="How often the data path is verified in the background, such as `1m`;"
            " `0` leaves it to `singlepane verify`. Only with --state.",
            show_default="1m",
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            file_okay=False,
            help="Where notifications and heartbeats are kept; left out, `data/server` in the state folder."
            " --query needs it.",
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host",
            help="A host name to answer to, beside `localhost` and IP addresses; repeat it for more.",
        ),
    ] = None,
    query: Annotated[
        str,
        typer.Option(
            "--query",
            help="The URL of Thanos Query, for an estate that runs in clusters: what runs is what the global"
            " view has samples of. This or --state.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Serve the status page of an estate, its API, and the receiver that Alertmanager notifies.

    The page says how each cluster is and why. Alertmanager posts notifications to `/api/v1/alertmanager`
    and the heartbeats of each cluster's Watchdog to `/api/v1/heartbeat`; both are on disk before they are
    answered.

    `up` starts it by itself. By hand, for an estate that runs:

        singlepane serve --estate examples/shop/estate.yaml --state ~/.local/state/singlepane/shop

    In the hub, where an estate runs in clusters, it asks the global view instead:

        singlepane serve --estate examples/shop/clusters.yaml --query http://query:10902 --data /data
    """
    kept = _kept(state, query, data)
    every = _interval(verify_every, query)
    host, port = listening.split(listen)
    loaded = load(estate)
    view = _view(loaded.estate, query) if query else None
    # Libraries tell of every request that they make; only what they warn of belongs into the log.
    form = "%(asctime)s %(levelname)s %(message)s"
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format=form)
    logging.getLogger("singlepane").setLevel(logging.INFO)
    service = Service(loaded.estate, state or kept, kept, every, view=view)
    listener = listening.bind(host, port)
    if not listening.loopback(host):
        output.message(f"warning: {listen} is open to the network, and nothing asks for a password")

    async def prove(shown: Estate, running: Deployment) -> Verification:
        return await verify(shown, running, find, min(every, PATIENCE_SECONDS))

    def keep(verification: Verification) -> None:
        record(verification, state or kept)

    async def proofs() -> None:
        await verify_forever(service, prove, keep)

    background = view.watch if view else proofs if every else None
    app = create(service, VERSION, allow_host or (), background)
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        log_config=None,
        # What uvicorn warns of is what strangers send: it is counted.
        log_level=logging.ERROR,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    output.message(
        f"the status page of {loaded.estate.name} is at http://{listen.replace('0.0.0.0', '127.0.0.1')}/"
    )
    Server(config, service.crowd).run(sockets=[listener])


def _kept(state: Path | None, query: str, data: Path | None) -> Path:
    """Where notifications and heartbeats are kept. Raises UsageError unless one says what runs."""
    if bool(query) == (state is not None):
        raise UsageError(
            "--state and --query both say what runs" if query else "nothing says what runs",
            "Give one of them: --state DIR for an estate on this machine, --query URL for one in clusters.",
        )
    if data is not None:
        return data
    if state is None:
        raise UsageError(
            "--query needs --data", "Name a folder that outlives the process: it keeps every heartbeat."
        )
    return state / "data" / "server"


def _view(estate: Estate, query: str) -> View:
    """What Thanos Query tells of an estate in clusters. Raises UsageError."""
    parts = urlsplit(query)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise UsageError(f"--query: {query!r} is no URL", "Write one such as http://query:10902.")
    return View(estate.name, expected(estate, cluster_components(estate)), query)


def _interval(text: str | None, query: str) -> float:
    """Seconds of `--verify-every`; 0 switches it off. Raises UsageError."""
    if query:
        if text not in (None, "0"):
            raise UsageError(
                "--verify-every: from the hub alone, the data path of other clusters cannot be verified",
                "Leave it out; run `singlepane verify --target kubernetes` where every cluster is reached.",
            )
        return 0.0
    if text is None:
        return DEFAULT_SECONDS
    if text == "0":
        return 0.0
    try:
        length = seconds(text)
    except ValueError as error:
        raise UsageError(
            f"--verify-every: {error}", "Write 0 to leave verification to the command line."
        ) from error
    if length < 5:
        raise UsageError(
            f"--verify-every {text} is too often", "Leave at least 5s between two verifications."
        )
    return float(length)
