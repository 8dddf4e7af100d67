"""The wire between command line and supervisor: a Unix socket, and JSON lines on it.

The socket lies in the state folder, which may be deeper than the 108 bytes of a socket address: it is reached
through a descriptor of the folder.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from deploy.targets.local.folder import StateFolder

# A whole estate of launches is one line.
LIMIT = 256 << 20


@contextmanager
def address(folder: StateFolder) -> Iterator[str]:
    """A path to the control socket that is short enough. Raises OSError."""
    descriptor = os.open(folder.path, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/control"
    finally:
        os.close(descriptor)


def listen(folder: StateFolder) -> socket.socket:
    """The socket of the supervisor; only for who holds the lock, since it takes the place of an older one.

    Raises OSError.
    """
    with address(folder) as path:
        with suppress(FileNotFoundError):
            os.unlink(path)  # noqa: PTH108 (a path of /proc)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # Only the user may connect: made so from the start, not a moment later.
        before = os.umask(0o177)
        try:
            listener.bind(path)
        finally:
            os.umask(before)
    listener.listen()
    return listener


def encode(message: Mapping[str, Any]) -> bytes:
    """One line."""
    return json.dumps(message).encode() + b"\n"
