"""`singlepane simulate`: stand-ins for what cannot run on one machine, for `up`, for tests, and for any
other client.
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Annotated

import typer

from estate.errors import PortTaken, SurroundingsError, UsageError
from singlepane import output

app = typer.Typer(
    name="simulate",
    help="Run a simulated Azure or the demo shop, to try exporters without a subscription.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

Listen = Annotated[
    str,
    typer.Option(metavar="HOST:PORT", help="Address to listen on. Port 0 takes a free one and prints it."),
]


@app.command()
def azure(
    fleet: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="The fleet file: subscriptions, resources, behaviour, limits, faults."
        ),
    ],
    listen: Listen = "127.0.0.1:8443",
    ca_dir: Annotated[
        Path,
        typer.Option(
            metavar="DIR", help="Folder of the simulator's own CA; made at the first start, kept afterwards."
        ),
    ] = Path("simulator-ca"),
) -> None:
    """Serve the Azure of a fleet file: tokens, ARM, Resource Graph and metrics, over TLS, with Azure's
    refusals.

    Point any client at it (HOST:PORT as listened on):

    - **authority**: `https://HOST:PORT/entra` (azure-identity: `authority=…, disable_instance_discovery=True,
      connection_verify="DIR/ca.pem"`)
    - **ARM** and Resource Graph: `https://HOST:PORT/arm`
    - **metrics**: `https://HOST:PORT/metrics/{region}`
    - **CA file**: `DIR/ca.pem`
    - **clock, faults, truth**: `https://HOST:PORT/sim/…`, without a token

    Scopes are Azure's own (`https://management.azure.com/.default`,
    `https://metrics.monitor.azure.com/.default`). A client that cannot change its endpoints works, too, when
    its name resolution sends Azure's host names here.

    Example:

        singlepane simulate azure --fleet examples/shop/fleet.yaml
        curl --cacert simulator-ca/ca.pem https://127.0.0.1:8443/sim/resources
    """
    # Imported here: the other verbs must not wait for a web server to load.
    from simulators import tls  # noqa: PLC0415
    from simulators.azure import fleetfile, server  # noqa: PLC0415

    host, port = _address(listen)
    try:
        loaded = fleetfile.load(fleet)
    except fleetfile.FleetError as error:
        raise UsageError(
            f"the fleet file cannot be used:\n{error}",
            "docs/simulators.md explains every key of a fleet file.",
        ) from None
    try:
        server.run(loaded, host, port, ca_dir, ready=lambda at: _say_azure(at, ca_dir))
    except tls.CertificateError as error:
        raise SurroundingsError(str(error), "Give another folder with --ca-dir.") from None
    except OSError as error:
        raise _refused(listen, error) from None


@app.command()
def shop(listen: Listen = "127.0.0.1:8080") -> None:
    """Serve the demo shop: `GET /api/v1/orders/summary` says orders, carts and revenue by region, and stock.

    Its counters depend on the time alone: they go on growing over a restart.

    Example:

        singlepane simulate shop --listen 127.0.0.1:8080
        curl http://127.0.0.1:8080/api/v1/orders/summary
    """
    from simulators import serving  # noqa: PLC0415 (as above)
    from simulators.shop import create  # noqa: PLC0415

    host, port = _address(listen)
    try:
        listener = serving.bind(host, port)
    except OSError as error:
        raise _refused(listen, error) from None
    output.message(f"The shop's API: http://{host}:{listener.getsockname()[1]}/api/v1/orders/summary")
    serving.serve(create(), listener)


def _say_azure(at: str, ca_dir: Path) -> None:
    output.message(f"Simulated Azure on {at}, CA file {ca_dir / 'ca.pem'}")
    output.message(
        f"  authority {at}/entra   ARM {at}/arm   metrics {at}/metrics/{{region}}   control {at}/sim/"
    )


def _address(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not (colon and host and port.isdecimal() and int(port) < 65536):
        raise UsageError(
            f"--listen {listen!r} is not HOST:PORT", "Write for example --listen 127.0.0.1:8443."
        )
    return host.strip("[]"), int(port)


def _refused(listen: str, error: OSError) -> SurroundingsError:

    if error.errno == errno.EADDRINUSE:
        return PortTaken(f"{listen} is in use by another process", "Give another address with --listen.")
    return SurroundingsError(
        f"cannot listen on {listen}: {error.strerror or error}", "Give another address with --listen."
    )
