"""What the tests of the simulators share."""

from __future__ import annotations

import pytest

from tests.simulators.talk import Talk


@pytest.fixture
def talk() -> Talk:
    """A client of a fresh simulated Azure whose clock stands at noon."""
    return Talk()
