"""The lock of a state folder: a `flock` that command, guard and supervisor share by inheritance.

It is free exactly when the last of the three is gone, and the guard goes last: so a free lock means that
nothing of the run is left.
"""

from __future__ import annotations

import asyncio
import fcntl
import os

from deploy.targets.local.folder import StateFolder, unusable

# Seconds between two tries.
_STEP = 0.05


def take(folder: StateFolder) -> int | None:
    """The descriptor that holds the lock, or None while another holds it. Raises StateFolderError."""
    try:
        descriptor = os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unusable(folder.path, error) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError as error:
        os.close(descriptor)
        raise unusable(folder.path, error) from None
    return descriptor


async def wait(folder: StateFolder, seconds: float) -> int | None:
    """Like `take`, but waits up to `seconds` for it."""
    for _ in range(round(seconds / _STEP)):
        if (descriptor := take(folder)) is not None:
            return descriptor
        await asyncio.sleep(_STEP)
    return take(folder)
