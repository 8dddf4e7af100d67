"""A fleet as a running TLS server: what the command line and tests start."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from simulators import serving, tls
from simulators.azure.app import AzureSimulator
from simulators.azure.clock import Clock
from simulators.azure.fleet import Fleet
from simulators.azure.routing import ARM_HOSTS, ENTRA_HOSTS, METRICS_DOMAINS
from simulators.azure.world import World


@dataclass(frozen=True)
class Endpoints:
    """Where a client finds a running simulator. `metrics` holds `{region}`; `ca` is the CA's certificate
    file.
    """

    port: int
    authority: str
    arm: str
    metrics: str
    admin: str
    ca: Path


def endpoints(host: str, port: int, ca_dir: Path) -> Endpoints:
    """The endpoints of a simulator that listens on `host:port`."""
    shown = f"[{host}]" if ":" in host else host
    origin = f"https://{shown}:{port}"
    return Endpoints(
        port,
        f"{origin}/entra",
        f"{origin}/arm",
        f"{origin}/metrics/{{region}}",
        f"{origin}/sim",
        ca_dir / "ca.pem",
    )


def certificate_names(host: str) -> tuple[str, ...]:
    """Every name a client may call the simulator by."""
    own = ("localhost", "127.0.0.1", "::1", *(() if host in ("0.0.0.0", "::") else (host,)))
    return (
        *dict.fromkeys(own),
        *sorted(ENTRA_HOSTS),
        *sorted(ARM_HOSTS),
        *(f"*.{one}" for one in METRICS_DOMAINS),
    )


@contextlib.contextmanager
def simulated(fleet: Fleet, ca_dir: Path, clock: Clock | None = None) -> Iterator[tuple[Endpoints, World]]:
    """A simulator in a thread of this process, on a free loopback port."""
    world = World(fleet, clock)
    context = tls.server_context(tls.authority(ca_dir), certificate_names("127.0.0.1"))
    with serving.running(AzureSimulator(world), context) as port:
        yield endpoints("127.0.0.1", port, ca_dir), world


def run(
    fleet: Fleet, host: str, port: int, ca_dir: Path, ready: Callable[[str], None], clock: Clock | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is told the origin (`https://127.0.0.1:8443`) once it listens.

    Raises OSError (address), tls.CertificateError.
    """
    listener = serving.bind(host, port)
    context = tls.server_context(tls.authority(ca_dir), certificate_names(host))
    ready(endpoints(host, listener.getsockname()[1], ca_dir).arm.removesuffix("/arm"))
    app = AzureSimulator(World(fleet, clock))
    # A bulk reply makes a hundred thousand small objects that all die with it: collecting between them
    # finds nothing and costs a quarter of the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    serving.serve(app, listener, context)
