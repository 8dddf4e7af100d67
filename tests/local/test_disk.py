"""A disk that refuses to write while the estate runs.

The limit on file sizes (RLIMIT_FSIZE) of the running supervisor is set to 0 and back: every write to a file
then fails with EFBIG, as it does with ENOSPC on a full disk and EDQUOT at a quota, and needs no privilege.
"""

from __future__ import annotations

import os
import resource
import signal

from deploy.targets.local import client
from tests.local.house import QUICK, House, gone, nothing


async def test_full_disk_stops_nothing_and_is_said(house: House) -> None:
    """Components run on, the trouble is shown as long as it lasts, and all is written again after it."""
    line = await house.up(house.component("one"))
    supervisor = house.supervisor()
    status = house.state.status
    pid = (await house.now()).component("one").pid
    assert pid

    def quiet() -> bool:
        recorded = client.recorded(house.state)
        states = [(row.name, row.state) for row in recorded.components] if recorded else []
        return states == [("one", "ready")] and recorded is not None and not recorded.warnings

    # The file follows what happens by a moment.
    await gone(lambda: not quiet())
    before = status.read_text()

    supervisor.rlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    os.kill(pid, signal.SIGKILL)
    # More failures than patience has: the component cannot write either.
    deployment = await house.until("one", "backoff", restarts=QUICK.failures + 1)
    assert deployment.warnings == (
        f"{house.state.log('one')} cannot be written: File too large; output is being lost",
        f"{status} cannot be written: File too large; it is out of date",
    )
    assert status.read_text() == before

    supervisor.rlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await house.until("one", "ready", restarts=1)

    await gone(lambda: not quiet())
    assert "bytes of output were lost here" in house.state.log("one").read_text()
    await line.ask("down", nothing)
    await line.close()
