"""Computing beside the event loop, in one thread.

Decoding, applying and rendering hold the interpreter while they run. Several at a time would be no faster,
and the event loop would have to wait for its turn among all of them; each thread would keep memory of its
own, too. Work that waits (files, tokens) belongs into `asyncio.to_thread`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_WORKER = ThreadPoolExecutor(1, "work")


async def worked(compute: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `compute` returns, or raises."""
    return await asyncio.get_running_loop().run_in_executor(_WORKER, lambda: compute(*args, **kwargs))
