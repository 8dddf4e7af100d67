"""What goes wrong with an apply on the clusters of `live`, for tests and for drills."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from deploy.targets.kubernetes.changes import drift
from deploy.targets.kubernetes.changes.diff import plain
from deploy.targets.kubernetes.cluster import releases
from deploy.targets.kubernetes.cluster.paths import path
from tests.kubernetes.live import HUB, OTHER, SPACE, Live, Ran, wait_for

ESTATE = "shop"
# Counted by the Deployment controller: how often something changed, not what is there.
_COUNTED = "deployment.kubernetes.io/revision"


def faster(text: str) -> str:
    """The estate with another scrape interval: each Prometheus changes, and no pod is made anew."""
    return text.replace("scrape_interval: 5s", "scrape_interval: 6s")


@contextmanager
def begun(live: Live, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A command that runs until the block ends; its stderr can be read line by line."""
    process = subprocess.Popen(
        live.command(*words),
        env=live.environment(),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def image_missing(live: Live) -> Ran:
    """A version that no registry has: the hub goes back, the other cluster was never touched."""
    live.write(lambda text: f"{text}images: {{versions: {{kube_state_metrics: 9.9.9}}}}\n")
    before, held = live.run("history", "-o", "json").out, held_by(live, OTHER)
    last = json.loads(before)["history"][0]["revision"]
    ran = live.run("apply")
    live.write()
    assert ran.code == 3, ran.err
    assert "the roll-out stopped in wave hub" in ran.err
    assert f"  {HUB}: rolled back to revision {last}" in ran.err
    assert f"  not touched: {OTHER}" in ran.err
    assert live.run("history", "-o", "json").out == before
    assert held_by(live, OTHER) == held
    return ran


def two_at_once(live: Live) -> Ran:
    """The second of two, which is refused; the first ends well."""
    with begun(live, "apply") as first:
        lease = f"/apis/coordination.k8s.io/v1/namespaces/{SPACE}/leases/singlepane"
        wait_for(lambda: live.api(OTHER).get(lease)["spec"].get("holderIdentity"), "the lock", 120)
        second = live.run("apply")
        _, said = first.communicate(timeout=900)
    assert second.code == 3, second.err
    assert f"process {first.pid}" in second.err
    assert first.returncode == 0, said
    return second


def killed(live: Live, seconds: float) -> str:
    """An apply that gets SIGKILL after so many seconds; the last thing that it said, or that it was done."""
    with begun(live, "apply") as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        _, said = process.communicate()
    lines = said.splitlines()
    return lines[-1] if lines else "nothing yet"


def held_by(live: Live, cluster: str) -> dict[str, tuple[int, str, str]]:
    """The newest revision of each release of ours: its number, status and hash."""
    found = releases.revisions(live.api(cluster)).items()
    return {name: (rows[0].number, rows[0].status, rows[0].hash) for name, rows in found if rows[0].estate}


def state(live: Live) -> dict[str, Any]:
    """All that an apply answers for, of both clusters: each object without what is counted, each hash."""
    found: dict[str, Any] = {}
    for cluster in (HUB, OTHER):
        api = live.api(cluster)
        for release in drift.applied(api, cluster, ESTATE).releases:
            for manifest in release.manifests():
                made = plain(api.get(path(manifest)))
                made["metadata"].get("annotations", {}).pop(_COUNTED, None)
                found[f"{cluster} {path(manifest)}"] = made
        for name, (_, status, hash) in held_by(live, cluster).items():
            found[f"{cluster} release {name}"] = (status, hash)
    return found


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """What is not the same in two states."""
    return sorted(key for key in {*one, *other} if one.get(key) != other.get(key))
