"""An apply from nothing to verified, on real clusters of this machine, beside one with nothing left to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from deploy import engines
from singlepane.building import Building
from tests.bench.figures import Benchmark, Figure, Series
from tests.cluster import clusters, images, machine
from tests.cluster.cluster import ENGINES
from tests.kubernetes.live import HUB, OTHER, Ran, prepared

FURTHER = "prod-neu"
BUDGET_SECONDS = 480.0


def run(place: Path) -> Iterator[Figure]:
    """Clusters, images, blob storage and the shop are there before the clock starts."""
    if reason := machine.refusal():
        raise RuntimeError(reason)
    with Building() as progress:
        paths = engines.ensure({*ENGINES, *images.engines()}, progress)
    with clusters.running((HUB, OTHER, FURTHER), paths.__getitem__) as up:
        live = prepared(up, place, FURTHER)
        address = up[FURTHER].addresses.balancer(0)
        live.write(lambda text: _with_another(text, address))
        applied = _held(live.run("apply", "--timeout", "900", seconds=1800))
        verified = _held(live.run("verify", "--target", "kubernetes", "--timeout", "300"))
        again = _held(live.run("apply"))
    base = Series("an apply with nothing to do", (again,))
    yield Figure(Series("apply to hub and two clusters", (applied,)), "s", base)
    yield Figure(Series("verify afterwards", (verified,)), "s", base)
    yield Figure(Series("from nothing to verified", (applied + verified,)), "s", base, BUDGET_SECONDS)


def _with_another(text: str, address: str) -> str:
    """One more cluster, like the one beside the hub."""
    row = f"""\
  {FURTHER}:
    subscription: shop-prod
    labels: {{environment: prod}}
    kubernetes: {{address: {address}}}
    tls: {{kind: reference, certificate: "file:{FURTHER}.crt", key: "file:{FURTHER}.key"}}
metrics:
"""
    return text.replace("metrics:\n", row, 1)


def _held(ran: Ran) -> float:
    """The seconds of a command that went well."""
    assert ran.code == 0, ran.err
    return ran.seconds


BENCHMARK = Benchmark(
    "apply-verified",
    "An apply to a hub and two clusters, real ones of this machine, from nothing to verified.",
    run,
    by_name_only=True,
)
