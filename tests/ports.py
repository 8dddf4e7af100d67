"""Free ports for tests: below the range of outgoing connections, so that none takes one in between. Each
call gives another one, and processes begin at different places.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

_FIRST, _COUNT = 12_000, 9_000


def _numbers() -> Iterator[int]:
    offset = os.getpid() * 97
    while True:
        yield _FIRST + offset % _COUNT
        offset += 1


_NUMBERS = _numbers()


def free_port() -> int:
    """A port of loopback that nothing listens on now."""
    for _ in range(_COUNT):
        number = next(_NUMBERS)
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", number))
            except OSError:
                continue
            return number
    raise AssertionError("no free ports")


def free_address() -> str:
    """`127.0.0.1:PORT` of such a port."""
    return f"127.0.0.1:{free_port()}"
