"""Room on the volume of a Prometheus.

Source: https://prometheus.io/docs/prometheus/latest/storage/#right-sizing-retention-size (80-85 %).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from deploy.targets.kubernetes.checks.amount import amount
from deploy.targets.kubernetes.checks.inputs import Rendered, named
from estate.problems import Problem

MOST = Decimal("0.85")
# Prometheus counts in powers of 1024, whatever the unit's name.
UNITS = {unit: 1024**power for power, unit in enumerate(("", "K", "M", "G", "T", "P", "E"))}


def volume_room(rendered: Rendered) -> Iterator[Problem]:
    """Old blocks go before the volume is full."""
    for each in rendered.of("Prometheus"):
        spec = each["spec"]
        claim = ((spec.get("storage") or {}).get("volumeClaimTemplate") or {}).get("spec")
        if claim is None:
            continue
        volume = amount(claim["resources"]["requests"]["storage"])
        written = spec.get("retentionSize")
        match = re.fullmatch(r"(\d+)([KMGTPE]?)i?B", written or "")
        path = rendered.path("prometheus", "retention")
        if match is None:
            message = f"{named(each)} has no retentionSize: a volume that is full stops it"
            yield Problem("volume-fills", path, message, "let blocks fill 80 % of the volume")
        elif int(match[1]) * UNITS[match[2]] > MOST * volume:
            message = (
                f"{named(each)} lets blocks fill {written} of {claim['resources']['requests']['storage']}"
            )
            yield Problem("volume-fills", path, message, "let blocks fill 80 % of the volume")
