"""A listening socket, made before anything else is: a taken port is then a sentence, not a traceback."""

from __future__ import annotations

import errno
import ipaddress
import socket

from estate.errors import PortTaken, SurroundingsError, UsageError


def split(listen: str) -> tuple[str, int]:
    """Host and port of `127.0.0.1:9797`, `[::1]:9797` or `:9797`. Raises UsageError."""
    host, colon, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if (
        not colon
        or not (port.isascii() and port.isdigit())
        or int(port) > 65535
        or (":" in host and "]" not in listen)
    ):
        raise UsageError(
            f"{listen!r} is not an address to listen on",
            "Write HOST:PORT, such as 127.0.0.1:9797 or [::1]:9797.",
        )
    return host, int(port)


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises PortTaken, or SurroundingsError when the address cannot be used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small replies at once only where the socket names its protocol.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"port {port} of {host} is taken",
                f"Name another with --listen, or see who holds it: ss -ltnp 'sport = :{port}'",
            ) from error
        raise SurroundingsError(
            f"cannot listen on {host}:{port}: {error.strerror or error}",
            "Name an address of this machine with --listen.",
        ) from error
    return listener


def loopback(host: str) -> bool:
    """Whether only this machine reaches that host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
