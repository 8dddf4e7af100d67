"""What one Prometheus says about itself: its configuration and its block length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import yaml

from deploy.verify.ground import Broken, Ground
from estate.quantities import seconds

# A sample is fresh while fewer scrapes than this are missing, and a rule while fewer evaluations are.
MISSED = 3
# Slack for the work itself: a scrape, an evaluation or a query takes time on a busy machine.
SLACK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Configured:
    """The running configuration, as far as the data path needs it. Intervals are seconds."""

    external_labels: Mapping[str, str]
    scrape_interval: int

    @property
    def fresh_seconds(self) -> float:
        """How old the newest sample may be."""
        return MISSED * self.scrape_interval + SLACK_SECONDS


async def configured(ground: Ground, prometheus: str) -> Configured:
    """The configuration that this Prometheus runs with, from /api/v1/status/config."""
    data, _ = await ground.data(prometheus, "/api/v1/status/config")
    settings = yaml.safe_load(data["yaml"]).get("global", {})
    labels = {name: str(value) for name, value in settings.get("external_labels", {}).items()}
    return Configured(labels, seconds(settings["scrape_interval"]))


async def block_seconds(ground: Ground, prometheus: str) -> int:
    """Length of the blocks that it cuts, from /api/v1/status/flags."""
    data, _ = await ground.data(prometheus, "/api/v1/status/flags")
    try:
        return seconds(data["storage.tsdb.min-block-duration"])
    except (KeyError, ValueError) as error:
        raise Broken(
            f"{prometheus} does not say how long its blocks are: {error}",
            "Run the Prometheus version that this singlepane pins.",
            final=True,
        ) from None


def moment(timestamp: str) -> float:
    """Unix seconds of an RFC 3339 timestamp; 0 for Go's zero time, which means never."""
    at = datetime.fromisoformat(timestamp)
    return at.timestamp() if at.year > 1970 else 0.0
