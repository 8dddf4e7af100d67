"""Who is told, by our walk through generated routes and by amtool's: `python -m tests.alerts.routes 10000`.

amtool says which receivers an alert gets to, and knows no time. So in what it reads, each route that windows
of maintenance hold back has a receiver of its own, named after them: which windows an alert is in is its
answer, and which of them are open then is ours.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import yaml

from alerts.muting import weekly
from alerts.routing import TOLD
from alerts.told import told, within
from deploy.engines import find
from estate.model import Estate
from estate.model.receivers import Day
from tests.alerts.manager import write
from tests.alerts.test_receivers import OFFICE, RECEIVERS, SECRETS
from tests.alerts.test_routing import estate_with

VALUES = {
    "severity": ("critical", "warning", "info"),
    "team": ("platform", "shop"),
    "cluster": ("hub-weu", "prod-weu", "prod-neu"),
    "alertname": ("OrdersGone", "TargetDown", "Watchdog"),
}
KEYS = {"severities": "severity", "teams": "team", "clusters": "cluster", "alerts": "alertname"}
ZONES = ("UTC", "Europe/Amsterdam", "America/New_York", "Asia/Kolkata")
CASES = 25
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
SEPARATOR = " held by "

# Receivers, each with the windows that hold it back.
Answer = list[tuple[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Case:
    """An alert of an estate whose configuration is at `config`; `at` is when it fires."""

    estate: Estate
    config: Path
    labels: Mapping[str, str]
    at: datetime

    def ours(self) -> Answer:
        """By alerts/told.py."""
        return [
            (f"{row.receiver}/heartbeat" if row.why == "alerts.heartbeat" else row.receiver, row.held)
            for row in told(self.estate.alerts, self.labels, self.at)
        ]

    def theirs(self) -> Answer:
        """By amtool."""
        words = [str(find("amtool")), "config", "routes", "test", f"--config.file={self.config}"]
        words += [f"{name}={value}" for name, value in self.labels.items()]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        windows = weekly(self.estate.alerts)
        found = []
        for each in done.stdout.strip().split(","):
            receiver, _, names = each.partition(SEPARATOR)
            held = tuple(name for name in names.split() if within(windows[name], self.at))
            if receiver != TOLD:
                found.append((receiver, held))
        return found


def drawn(chance: random.Random) -> Estate:
    """An estate with routes, hours and windows of maintenance."""
    alerts = {
        "receivers": RECEIVERS,
        "default": "pane",
        "heartbeat": {"receiver": "pane"},
        "routes": [_route(chance) for _ in range(chance.randint(1, 6))],
        "hours": {"office": OFFICE},
        "maintenance": {f"w{index}": _window(chance) for index in range(chance.randint(0, 4))},
    }
    return estate_with(alerts)


def cases(chance: random.Random, estate: Estate, folder: Path, count: int) -> Iterator[Case]:
    """Alerts of an estate, whose configuration is written into the folder."""
    config = write(estate, folder, "127.0.0.1:1", SECRETS)
    document = yaml.load(config.read_text(), yaml.CSafeLoader)
    _name_after_windows(document["route"], document["receivers"])
    config.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper))
    for _ in range(count):
        labels = {
            # Some lack a label, or have a value that only begins like one that routes know.
            name: f"{chance.choice(values)}{'-2' if chance.random() < 0.05 else ''}"
            for name, values in VALUES.items()
            if chance.random() < 0.95
        }
        yield Case(estate, config, labels, FIRST + timedelta(minutes=chance.randrange(366 * 1440)))


def _selection(chance: random.Random, *keys: str) -> dict[str, list[str]]:
    return {
        key: chance.sample(VALUES[KEYS[key]], chance.randint(1, 2)) for key in keys if chance.random() < 0.4
    }


def _route(chance: random.Random) -> dict[str, Any]:
    row = {"receiver": chance.choice(["duty", "operations", "cards", "chat"]), "also": chance.random() < 0.4}
    hours = {"hours": "office"} if chance.random() < 0.3 else {}
    return {**row, **hours, **_selection(chance, *KEYS)}


def _window(chance: random.Random) -> dict[str, Any]:
    begin = chance.randrange(23)
    return {
        "kind": "weekly",
        "zone": chance.choice(ZONES),
        "days": chance.sample(get_args(Day), chance.randint(1, 7)),
        "begin": f"{begin:02}:{chance.choice(['00', '30'])}",
        "end": f"{chance.randint(begin + 1, 24):02}:00",
        **_selection(chance, "clusters", "teams", "alerts"),
    }


def _name_after_windows(route: dict[str, Any], receivers: list[dict[str, Any]], above: str = "") -> None:
    receiver = route.get("receiver", above)
    if held := route.get("mute_time_intervals"):
        names = " ".join(name.removeprefix("maintenance/") for name in held)
        route["receiver"] = f"{receiver}{SEPARATOR}{names}"
        if route["receiver"] not in [each["name"] for each in receivers]:
            receivers.append({"name": route["receiver"]})
    for each in route.get("routes", ()):
        _name_after_windows(each, receivers, receiver)


def main(count: int) -> int:
    """Compare so many cases, two at a time; 1 where any differs."""
    chance, started = random.Random(9), time.monotonic()
    done = told_more = held = differing = 0
    with tempfile.TemporaryDirectory() as root, ThreadPoolExecutor(2) as pool:
        while done < count:
            folder = Path(root, str(done))
            folder.mkdir()
            some = list(cases(chance, drawn(chance), folder, min(CASES, count - done)))
            for case, theirs in zip(some, pool.map(Case.theirs, some), strict=True):
                ours = case.ours()
                told_more += len(ours) > 1
                held += any(windows for _, windows in ours)
                if ours != theirs:
                    differing += 1
                    print(f"{dict(case.labels)} at {case.at}: {ours} by us, {theirs} by amtool")
                    print(case.estate.alerts.model_dump_json(include={"routes", "maintenance"}))
            done += len(some)
            if done % 500 < CASES:
                print(f"{done} of {count}, {time.monotonic() - started:.0f} s", flush=True)
    print(
        f"{done} cases: {told_more} told to several, {held} held back by maintenance, {differing} differ",
        flush=True,
    )
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
