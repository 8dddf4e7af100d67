"""An estate of 500 clusters: valid, and read without a machine of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from estate.errors import EstateInvalid
from estate.load import load
from tests.estate.generate import estate

MEASURE = """
import resource, sys
from pathlib import Path
from estate.load import load
before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
loaded = load(Path(sys.argv[1]))
used = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
# Of this program alone: `ru_maxrss` would begin with the size of the process that started it.
(high,) = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(len(loaded.estate.clusters), len(loaded.findings), used, int(high) // 1024)
"""


def test_500_clusters_need_little(tmp_path: Path) -> None:
    """At most 300 MB, and CPU time in proportion to the number of clusters."""
    file = tmp_path / "estate.yaml"
    times = {}
    for clusters in (125, 500):
        file.write_text(estate(clusters))
        command = [sys.executable, "-c", MEASURE, str(file)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        assert said[:2] == [str(clusters), "0"]
        assert int(said[3]) <= 300
        times[clusters] = float(said[2])
    # Four times the clusters: work that grew with their square would take sixteen times as long.
    assert times[500] < 10 * max(times[125], 0.02)


def test_500_wrong_clusters_are_each_named(tmp_path: Path) -> None:
    """Every one of 499 wrong references is a finding on its own line."""
    file = tmp_path / "estate.yaml"
    file.write_text(estate(500).replace("    subscription: ", "    subscription: not-"))
    try:
        load(file)
    except EstateInvalid as error:
        lines = {row.position.line for row in error.findings if row.code == "unknown-subscription"}
    assert len(lines) == 500
