"""How much a sidecar has to read out of its Prometheus.

Source: a long range is streamed through the memory of Prometheus (thanos-io/thanos#455, #2381, #7097); what
the bucket has, the store gateway serves for less (https://thanos.io/tip/components/sidecar.md/).
"""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import Estate
from estate.problems import Problem
from estate.quantities import seconds

LONGEST = 7 * 86_400


def local_data(estate: Estate) -> Iterator[Problem]:
    """What is in the bucket need not be read out of a Prometheus as well, at the cost of its memory."""
    for name, row in estate.clusters.items():
        kept = row.prometheus.retention
        if seconds(kept) > LONGEST:
            message = (
                f"with {kept}, graphs over weeks are read out of Prometheus too, and can exhaust its memory"
            )
            path = ("clusters", name, "prometheus", "retention")
            yield Problem("local-retention-long", path, message, "write 7d or less: the bucket has the rest")
