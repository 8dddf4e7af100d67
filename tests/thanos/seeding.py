"""Blocks of the past in the data folders of Prometheus, as an older Prometheus would have left them."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from deploy.engines import find

TWO_HOURS = 7200
SAMPLES = 60


def seed(folder: Path, cluster: str) -> float:
    """One closed two-hour block of `seeded_requests_total`; the Unix time of its last sample.

    Every server of a cluster gets the same samples, as a pair that scrapes the same target has.
    """
    start = (int(time.time()) // TWO_HOURS - 2) * TWO_HOURS
    times = [start + 60 * number for number in range(SAMPLES)]
    lines = [
        "# HELP seeded_requests Requests before this Prometheus started.",
        "# TYPE seeded_requests counter",
        *(
            f'seeded_requests_total{{origin="{cluster}"}} {number} {moment}'
            for number, moment in enumerate(times)
        ),
        "# EOF",
    ]
    source = folder.parent / f"{folder.name}.openmetrics"
    source.write_text("\n".join(lines) + "\n")
    subprocess.run(
        [find("promtool"), "tsdb", "create-blocks-from", "openmetrics", source, folder],
        check=True,
        capture_output=True,
    )
    return times[-1]
