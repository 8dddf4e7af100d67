"""Computing beside the event loop: in one thread, in order, with its errors."""

from __future__ import annotations

import asyncio
import threading

import pytest

from exporters.work import worked


async def test_one_thread_in_order() -> None:
    """However much is asked for at once, one thing runs at a time, and not in the loop's thread."""
    ran: list[int] = []
    threads = await asyncio.gather(*(worked(_note, ran, number) for number in range(50)))
    assert ran == list(range(50))
    assert set(threads) != {threading.get_ident()} and len(set(threads)) == 1


def _note(ran: list[int], number: int) -> int:
    ran.append(number)
    return threading.get_ident()


async def test_errors_come_back() -> None:
    """What it raises is raised where it is waited for, and the next one runs."""
    with pytest.raises(ZeroDivisionError):
        await worked(lambda: 1 / 0)
    assert await worked(lambda: 2) == 2
