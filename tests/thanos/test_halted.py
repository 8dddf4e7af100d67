"""A compactor that halted: what it says of itself, and why it is not waited for."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from deploy.engines import find
from deploy.targets.local.launch import Condition
from deploy.targets.local.readiness import Prober
from tests.thanos.estates import files_setting, pair
from tests.thanos.running import Stack, eventually
from tests.thanos.seeding import seed
from thanos.topology import components


def overlapping(folder: Path, bucket: Path) -> None:
    """Two blocks of one stream over the same two hours, as a second producer with its labels leaves them."""
    config = folder / "objstore.yaml"
    config.write_text(json.dumps({"type": "FILESYSTEM", "config": {"directory": str(bucket)}}))
    for number in range(2):
        blocks = folder / f"blocks-{number}"
        blocks.mkdir()
        seed(blocks, "prod-weu")
        upload = ["tools", "bucket", "upload-blocks", f"--path={blocks}", '--label=cluster="prod-weu"']
        subprocess.run(
            [find("thanos"), *upload, f"--objstore.config-file={config}"], check=True, capture_output=True
        )


def test_a_halted_compactor_says_so_and_does_not_end(tmp_path: Path) -> None:
    """It stays ready, its metric is the one that the target reads, and SIGTERM does not end it.

    Source: cmd/thanos/compact.go of Thanos 0.42 waits for ever after an error that must not be retried.
    """
    bucket = tmp_path / "bucket"
    bucket.mkdir()
    overlapping(tmp_path, bucket)
    found = components(pair(), replace(files_setting(pair(), bucket), fast=True))
    (compact,) = (each for each in found if each.name == "compact")
    deaf = compact.deaf
    assert deaf is not None
    with Stack(found, tmp_path) as stack:
        stack.start("compact")
        page = f"http://{stack.address('compact', 'http')}/metrics"

        def holds() -> bool:
            async def ask() -> bool:
                prober = Prober(2.0)
                try:
                    return await prober.holds(Condition(page, deaf.metric, deaf.least))
                finally:
                    await prober.close()

            return asyncio.run(ask())

        eventually(60, "a compactor that has halted", holds)
        process = stack.processes["compact"]
        process.send_signal(signal.SIGTERM)
        time.sleep(3)
        assert process.poll() is None
        process.kill()
