"""What our recording rules make of the series: promtool's own backfill, in blocks beside the others."""

from __future__ import annotations

import subprocess
from pathlib import Path

import yaml

from alerts.rules import CONTENTS, groups
from deploy.engines import find
from estate.model.thresholds import Thresholds
from tests.dashboards.measured import openmetrics
from tests.dashboards.series import BEGIN, END
from tests.dashboards.server import backfill, prometheus

# The first are asked for by the others, and a backfill sees what was there before it alone.
ROUNDS = (("estate", "hosts", "usage"), ("usage",))


def filled(folder: Path) -> Path:
    """Blocks of all made-up series and of what is recorded of them, in `folder/data`."""
    data = backfill(folder, openmetrics())
    known: set[str] = set()
    for number, names in enumerate(ROUNDS):
        rules = folder / f"rules-{number}.yaml"
        written = {name: [r for r in _recording(name) if _ready(r, known, number)] for name in names}
        known |= {rule["record"] for found in written.values() for rule in found}
        listed = [{"name": name, "rules": found} for name, found in written.items()]
        rules.write_text(yaml.safe_dump({"groups": listed}), encoding="utf-8")
        with prometheus(folder, data) as client:
            command = [str(find("promtool")), "tsdb", "create-blocks-from", "rules"]
            times = [f"--start={BEGIN}", f"--end={END}", "--eval-interval=15s"]
            places = [f"--url={client.base_url}", f"--output-dir={data}", str(rules)]
            done = subprocess.run(
                [*command, *times, *places], capture_output=True, text=True, check=False, timeout=120
            )
            assert done.returncode == 0, done.stderr
    return data


def _recording(name: str) -> list[dict[str, str]]:
    """The recording rules of a file of ours."""
    assert name in {content.name for content in CONTENTS}
    found = [rule for group in groups(name, Thresholds()) for rule in group["rules"]]
    return [rule for rule in found if "record" in rule]


def _ready(rule: dict[str, str], known: set[str], number: int) -> bool:
    """Whether a rule is for this round: in the second those that ask for what the first recorded."""
    return any(each in rule["expr"] for each in known) if number else rule["record"] not in known
