"""The running stack that tests break, and proof that it is whole before each of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.engines import find
from deploy.verify import Verification, verify
from tests.verify.stack import Stack


async def proof(stack: Stack, seconds: float) -> Verification:
    """A verification of the stack."""
    return await verify(stack.estate, stack.deployment(), find, seconds)


async def proof_of(stack: Stack, hop: str, seconds: float) -> Verification:
    """The first verification that finds this hop broken, or the fifth: on a busy machine one before it, whose
    data takes its time, can be late.
    """
    for _ in range(5):
        verification = await proof(stack, seconds)
        if verification.first_broken is not None and verification.first_broken.hop == hop:
            break
    return verification


@pytest.fixture(scope="session")
def running_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """All processes of the stack, for the whole session; its first blocks take about 40 s."""
    stack = Stack(Path(tmp_path_factory.mktemp("stack")))
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


@pytest.fixture
async def stack(running_stack: Stack) -> Stack:
    """The stack with every hop intact, so that a test sees the fault that it makes and no other."""
    verification = await proof(running_stack, 90)
    assert verification.ok, verification.first_broken
    return running_stack
