"""What a competent script would be: the published SDK, used plainly, behind prometheus-client.

`python -m tests.processes.azure_sdk ORIGIN CA IDS PORT OUT REFRESHES SINCE SPEED` refreshes so often, one
batch of 50 after the other, shows the newest value of each metric as a gauge, and writes what it showed to
OUT.
"""

from __future__ import annotations

import json
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from azure.identity import ClientSecretCredential
from azure.monitor.querymetrics import Metric, MetricsClient
from prometheus_client import Gauge, start_http_server

from tests.processes.azure_clock import Pace
from tests.processes.azure_fleet import CLIENT, HALVES, METRICS, REGION, SECRET, TENANT, TYPE

_WINDOW = timedelta(minutes=10)
_GRAIN = timedelta(minutes=1)


def main(origin: str, ca: str, ids: str, port: str, out: str, refreshes: str, since: str, speed: str) -> None:
    """Refresh, and stay until told to stop."""
    pace = Pace(float(since), float(speed))
    resources = Path(ids).read_text().split()
    credential = ClientSecretCredential(
        TENANT,
        CLIENT,
        SECRET,
        authority=f"{origin}/entra",
        disable_instance_discovery=True,
        connection_verify=ca,
    )
    client = MetricsClient(
        f"{origin}/metrics/{REGION}",
        credential,
        audience="https://metrics.monitor.azure.com",
        connection_verify=ca,
    )
    gauges = {
        (metric, kind): Gauge(_name(metric, kind), f"{metric}, {kind}.", ["resource"])
        for metric in METRICS
        for kind in HALVES.values()
    }
    start_http_server(int(port), "127.0.0.1")
    rounds = []
    for _ in range(int(refreshes)):
        began, busy = time.perf_counter(), time.process_time()
        shown: dict[str, tuple[float, float]] = {}
        for half, kind in HALVES.items():
            mine = [each for each in resources if f"/{half}-" in each]
            for first in range(0, len(mine), 50):
                now = datetime.fromtimestamp(pace.now(), UTC)
                results = client.query_resources(
                    resource_ids=mine[first : first + 50],
                    metric_namespace=TYPE,
                    metric_names=[*METRICS],
                    timespan=(now - _WINDOW, now),
                    granularity=_GRAIN,
                    aggregations=[kind],
                )
                for result in results:
                    for metric in result.metrics:
                        newest = _newest(metric, kind)
                        if newest is not None:
                            resource = metric.id.partition("/providers/Microsoft.Insights")[0]
                            gauges[metric.name, kind].labels(resource).set(newest[1])
                            shown[f"{resource}|{metric.name}|{kind}"] = newest
        rounds.append((time.perf_counter() - began, time.process_time() - busy, shown))
    beside = Path(f"{out}.new")
    beside.write_text(json.dumps(rounds))
    beside.replace(out)
    time.sleep(3600)


def _name(metric: str, kind: str) -> str:
    return f"azure_{re.sub(r'[^a-z0-9]+', '_', metric.lower())}_{kind.lower()}"


def _newest(metric: Metric, kind: str) -> tuple[float, float] | None:
    """Unix seconds and value of the newest point that has one."""
    for series in metric.timeseries:
        for point in reversed(series.data):
            value = getattr(point, kind.lower())
            if value is not None:
                return point.timestamp.timestamp(), value
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
