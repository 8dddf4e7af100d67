"""A Prometheus pod deleted under load."""

from __future__ import annotations

import time
from pathlib import Path

import httpx

from deploy.targets.kubernetes.cluster.paths import collection
from tests.drill import samples
from tests.drill.drill import Drill, Report, until
from tests.drill.load import asking
from tests.drill.on_clusters import settled, verified
from tests.drill.pods import Pods
from tests.kubernetes.live import OTHER, SPACE, Live

NAME = f"prometheus-{OTHER}-0"
HISTORY_SECONDS = 60.0


def run(report: Report, _: Path) -> None:
    """What it had taken in is all in the global view once it is back."""
    live = settled(report).live
    pods = Pods(live)
    query = f"http://{pods.address('query')}/api/v1/query"
    urls = [f"{query}?query={each}" for each in ("count by (cluster, job) (up)", "sum(rate(up[1m]))")]
    time.sleep(HISTORY_SECONDS)
    with asking(urls) as load:
        uid = pods.pod(OTHER, NAME)["metadata"]["uid"]
        now = time.time()
        span = samples.Span(now - HISTORY_SECONDS, now)
        before = samples.acknowledged(pods, span)
        live.api(OTHER).delete(f"{collection('v1', 'Pod', SPACE)}/{NAME}")
        report.say(f"{NAME} deleted, with {samples.count(before)} samples of the last minute acknowledged")
        back = until(lambda: _back(live, pods, uid), 300, f"another {NAME} is ready", pause=1)
        report.say(f"another one is ready after {back:.0f} s")
        until(lambda: _whole(pods, before, span), 120, "every sample in Query", 2)
        report.say("every acknowledged sample is in Query")
        gap = samples.widest_gap(samples.visible(pods, samples.Span(now - 15, time.time())), (OTHER, NAME))
        report.say(f"widest gap meanwhile {gap:.0f} s: it has no twin")
    report.say(f"load meanwhile: {load.answered} queries answered, {load.failed} not")
    verified(report, live)


def _whole(pods: Pods, before: samples.Held, span: samples.Span) -> bool:
    try:
        return not samples.missing(before, samples.visible(pods, span))
    except httpx.HTTPStatusError:
        # Query gives no part of an answer while it does not see the sidecar again.
        return False


def _back(live: Live, pods: Pods, uid: str) -> bool:
    found = live.api(OTHER).find(f"{collection('v1', 'Pod', SPACE)}/{NAME}")
    if found is None or found["metadata"]["uid"] == uid:
        return False
    states = {row["type"]: row["status"] for row in found["status"].get("conditions", ())}
    return states.get("Ready") == "True"


DRILL = Drill(
    name="prometheus-deleted",
    proves="A Prometheus pod deleted under load loses no acknowledged sample.",
    run=run,
)
