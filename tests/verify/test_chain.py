"""Walking a chain, apart from engines: order, patience, sharing, and what happens behind a broken hop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from deploy.verify.chain import Walk
from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.replica import Replica, replicas
from deploy.verify.results import HopResult, Waiting
from deploy.verify.shared import Shared
from estate.model import Estate
from estate.running import Deployment, Running
from tests.verify.stack import estate

Prove = Callable[[Ground, Replica], Awaitable[str]]
PAIR = (Replica("weu", 0, {"cluster": "weu"}), Replica("weu", 1, {"cluster": "weu"}))


def deployment(*components: Running) -> Deployment:
    """A deployment of these components."""
    return Deployment("proof", "", "local", "/nowhere", 0.0, 1, 0.0, components)


def engine(name: str) -> Path:
    """No engine is asked for by these tests."""
    raise AssertionError(name)


async def walked(
    hops: list[Hop], seconds: float, *chains: Replica
) -> tuple[list[list[HopResult]], list[Waiting]]:
    """The results of the chains, walked at once, and what was waited for."""
    waits: list[Waiting] = []

    def progress(event: HopResult | Waiting) -> None:
        if isinstance(event, Waiting):
            waits.append(event)

    async with httpx.AsyncClient() as client:
        ground = Ground(estate(), deployment(), client, engine)
        walk = Walk(ground, hops, time.monotonic() + seconds, progress)
        results = await asyncio.gather(*(walk.chain(each) for each in chains))
    return [list(chain) for chain in results], waits


def holds(said: str = "seen") -> Prove:
    """A proof that succeeds."""

    async def prove(ground: Ground, replica: Replica) -> str:
        return said

    return prove


def fails(times: int, *, final: bool = False, calls: list[int] | None = None) -> Prove:
    """A proof that fails so often before it succeeds."""
    count = [0] if calls is None else calls

    async def prove(ground: Ground, replica: Replica) -> str:
        count[0] += 1
        if count[0] <= times:
            raise Broken(f"failure {count[0]}", "Wait.", final=final)
        return f"after {count[0]}"

    return prove


def hop(name: str, prove: Prove, patience: float | None = None) -> Hop:
    """A hop of one replica."""
    return Hop(name, "It holds.", "replica", patience, prove)


async def test_nothing_behind_a_broken_hop_is_tried() -> None:
    """A hop behind a broken one is said not to be reached, and its proof does not run."""
    calls = [0]
    hops = [hop("one", holds()), hop("two", fails(9, final=True)), hop("three", fails(0, calls=calls))]
    ((one, two, three),), _ = await walked(hops, 5, PAIR[0])
    assert (one.ok, one.detail) == (True, "seen")
    assert (two.ok, two.reached, two.detail, two.cause, two.remedy) == (
        False,
        True,
        "broken",
        "failure 1",
        "Wait.",
    )
    assert three == HopResult("three", "weu", 0, False, "not reached", reached=False)
    assert calls == [0]


async def test_a_hop_is_tried_again_while_there_is_time() -> None:
    """Data that needs time is waited for, and what is waited for is said."""
    ((result,),), waits = await walked([hop("one", fails(1))], 10, PAIR[0])
    assert (result.ok, result.detail) == (True, "after 2")
    assert [(wait.hop, wait.cause) for wait in waits] == [("one", "failure 1")]


async def test_a_final_fault_is_not_waited_for() -> None:
    """A fault that time cannot heal is reported at its first sight."""
    calls = [0]
    ((result,),), waits = await walked([hop("one", fails(9, final=True, calls=calls))], 30, PAIR[0])
    assert not result.ok
    assert calls == [1]
    assert waits == []


async def test_patience_ends_before_the_deadline() -> None:
    """A hop whose data is there at once or never does not use up the verification's time."""
    calls = [0]
    ((result,),), _ = await walked([hop("one", fails(99, calls=calls), patience=1.5)], 60, PAIR[0])
    assert not result.ok
    assert calls == [2]


async def test_time_that_is_up_still_leaves_one_attempt() -> None:
    """A hop reached after the deadline is tried once: the report says what is, not that time was short."""
    ((result,),), _ = await walked([hop("one", holds())], -1, PAIR[0])
    assert result.ok


async def test_a_hop_of_a_cluster_is_proven_once_for_its_replicas() -> None:
    """Replicas share what is of their cluster, and each reports it under its own number."""
    calls = [0]
    shared = Hop("one", "It holds.", "cluster", None, fails(0, calls=calls))
    chains, _ = await walked([shared], 5, *PAIR)
    assert calls == [1]
    assert [(chain[0].replica, chain[0].detail) for chain in chains] == [(0, "after 1"), (1, "after 1")]


async def test_a_hop_that_does_not_apply_is_left_out() -> None:
    """What the estate does not have leaves no row behind."""
    never = Hop("one", "It holds.", "replica", None, holds(), applies=lambda ground, replica: False)
    chains, _ = await walked([never, hop("two", holds())], 5, PAIR[0])
    assert [result.hop for result in chains[0]] == ["two"]


async def test_a_reply_of_another_shape_is_a_result() -> None:
    """A component that answers in an unknown way breaks a hop; it does not end the verification."""

    async def prove(ground: Ground, replica: Replica) -> str:
        document: dict[str, str] = {}
        return document["groups"]

    ((result,),), _ = await walked([hop("one", prove, patience=0)], 5, PAIR[0])
    assert result.cause == "a reply on the way has another shape than expected: KeyError('groups')"


def test_replicas_carry_the_labels_of_the_estate() -> None:
    """Each replica of each workload has cluster, own labels and replica label, in this order."""
    found = replicas(estate(), deployment())
    assert [(each.prometheus, each.sidecar, dict(each.labels)) for each in found] == [
        (
            "prometheus-weu-0",
            "sidecar-weu-0",
            {"cluster": "weu", "environment": "prod", "prometheus_replica": "0"},
        ),
        (
            "prometheus-weu-1",
            "sidecar-weu-1",
            {"cluster": "weu", "environment": "prod", "prometheus_replica": "1"},
        ),
        ("prometheus-neu-0", "sidecar-neu-0", {"cluster": "neu", "prometheus_replica": "0"}),
    ]


def test_the_hub_counts_where_a_prometheus_runs_in_it() -> None:
    """A hub with a Prometheus of its own is verified like any cluster, in the order of the estate."""
    own: Estate = estate()
    found = replicas(own, deployment(Running("prometheus-hub-0", "prometheus", "hub", "ready", 0)))
    assert [each.cluster for each in found] == ["hub", "weu", "weu", "neu"]


async def test_shared_answers_are_fetched_once_while_fresh() -> None:
    """Those who ask at the same time get one answer; a failure is told to the one who asked."""
    shared: Shared[int] = Shared()
    calls = [0]

    async def fetch() -> int:
        calls[0] += 1
        await asyncio.sleep(0)
        return calls[0]

    async def fail() -> int:
        raise Broken("gone", "Wait.")

    with pytest.raises(Broken):
        await shared.get(fail, 60)
    assert await asyncio.gather(*(shared.get(fetch, 60) for _ in range(5))) == [1] * 5
    assert await shared.get(fetch, -1) == 2
