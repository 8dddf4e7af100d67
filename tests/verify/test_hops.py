"""Each hop against real engines: broken on purpose, named, explained, and whole again afterwards."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from pathlib import Path
from typing import Any

import httpx
import yaml

from deploy.engines import find
from deploy.verify import HOPS, verify
from deploy.verify.swallowed import PAST_SECONDS
from estate.model import Estate
from tests.verify.breaking import blocks_away, broken, instead, rewritten, stopped, whole, without
from tests.verify.conftest import proof, proof_of
from tests.verify.stack import Stack

# Long enough for one more try of every hop, short enough not to wait for what stays broken.
SECONDS = 4.0
CHAINS = [("weu", 0), ("weu", 1), ("neu", 0)]


async def test_whole_path_holds_for_every_replica(stack: Stack) -> None:
    """An intact estate gives one good result for each hop of each replica, in the order of the path.

    The last hop needs the Azure simulator, which this stack does not have, and its ways are not encrypted.
    """
    verification = await proof(stack, 30)
    assert [(r.cluster, r.replica, r.hop, r.ok) for r in verification.results] == [
        (cluster, replica, hop.name, True)
        for cluster, replica in CHAINS
        for hop in HOPS[:-1]
        if not hop.target and hop.name != "certificates-valid"
    ]
    assert verification.ok
    assert verification.first_broken is None


async def test_stopped_exporter_is_named(stack: Stack) -> None:
    """A dead exporter breaks the first hop of its cluster, for both replicas, and of no other cluster."""
    stack.exporters["orders-weu"].stop()
    try:
        verification = await proof(stack, SECONDS)
    finally:
        stack.exporters["orders-weu"].start()
    found = broken(verification)
    address = stack.deployment().address("orders-weu", "http")
    assert (found.hop, found.cluster) == ("exporter-answers", "weu")
    assert found.cause == f"orders-weu at {address} does not answer: connection refused"
    where = f"orders-weu --state {stack.deployment().state_folder}"
    assert found.remedy == (
        f"See why with `singlepane logs {where}`, then start it again with `singlepane restart {where}`."
    )
    assert [r.detail for r in verification.results if r.cluster == "weu"] == 2 * [
        "broken",
        *["not reached"] * (len(verification.results) // 3 - 1),
    ]
    assert whole(verification, "neu")


async def test_hung_exporter_is_named(stack: Stack) -> None:
    """An exporter that accepts and never answers is told from one that is down."""
    stack.exporters["orders-neu"].mode = "hang"
    try:
        found = broken(await proof(stack, SECONDS), "neu")
    finally:
        stack.exporters["orders-neu"].mode = "answer"
    address = stack.deployment().address("orders-neu", "http")
    assert found.hop == "exporter-answers"
    assert found.cause == f"orders-neu at {address} does not answer within 5 s: it hangs"


async def test_exporter_without_series_is_named(stack: Stack) -> None:
    """An exporter whose page is empty has not fetched anything."""
    stack.exporters["orders-neu"].mode = "empty"
    try:
        found = broken(await proof(stack, SECONDS), "neu")
    finally:
        stack.exporters["orders-neu"].mode = "answer"
    assert found.hop == "exporter-answers"
    assert found.cause == "orders-neu answers, but there is no series on its metrics page"


async def test_failing_exporter_is_named(stack: Stack) -> None:
    """An exporter that answers with an error is quoted."""
    stack.exporters["orders-neu"].mode = "error"
    try:
        found = broken(await proof(stack, SECONDS), "neu")
    finally:
        stack.exporters["orders-neu"].mode = "answer"
    assert found.hop == "exporter-answers"
    assert found.cause.endswith("answers /metrics with 500: collector broken")


def config_of(stack: Stack, prometheus: str) -> tuple[Path, dict[str, Any]]:
    """The configuration file of a Prometheus and its content."""
    path = stack.root / "files" / prometheus / "prometheus.yaml"
    return path, yaml.safe_load(path.read_text())


async def scraping(stack: Stack, prometheus: str, url: str) -> None:
    """Wait until a Prometheus scrapes this URL: it takes new targets over some seconds after a reload."""
    address = stack.deployment().address(prometheus, "http")
    async with httpx.AsyncClient() as client:
        for _ in range(100):
            if url in (await client.get(f"http://{address}/api/v1/targets")).text:
                return
            await asyncio.sleep(0.2)
    raise AssertionError(f"{prometheus} never scraped {url}")


async def test_missing_target_is_named(stack: Stack) -> None:
    """A Prometheus that was never told of an exporter breaks the second hop of that replica alone."""
    path, config = config_of(stack, "prometheus-weu-1")
    config["scrape_configs"] = [job for job in config["scrape_configs"] if job["job_name"] != "exporter"]
    with rewritten(stack, "prometheus-weu-1", path, config):
        verification = await proof(stack, SECONDS)
    found = broken(verification)
    assert (found.hop, found.cluster, found.replica) == ("scraped", "weu", 1)
    assert found.cause == "prometheus-weu-1 has no target for orders-weu"
    assert whole(verification, "weu", 0) or broken(verification, "weu", 0).hop == "deduplicated"


async def test_target_at_a_wrong_address_is_named(stack: Stack) -> None:
    """A target that is down while its exporter answers is a fault between the two; Prometheus is quoted."""
    path, config = config_of(stack, "prometheus-neu-0")
    for job in config["scrape_configs"]:
        job["static_configs"][0]["targets"] = ["127.0.0.1:1"]
    with rewritten(stack, "prometheus-neu-0", path, config):
        await scraping(stack, "prometheus-neu-0", "http://127.0.0.1:1/metrics")
        found = broken(await proof(stack, SECONDS), "neu")
    assert found.hop == "scraped"
    assert "at http://127.0.0.1:1/metrics" in found.cause
    assert "connection refused" in found.cause


async def test_wrong_external_labels_are_named_at_once(stack: Stack) -> None:
    """Labels that differ from the estate's are shown beside them, and nothing is waited for."""
    path, config = config_of(stack, "prometheus-neu-0")
    config["global"]["external_labels"] = {"cluster": "new", "prometheus_replica": "0"}
    with rewritten(stack, "prometheus-neu-0", path, config):
        found = broken(await proof(stack, 60), "neu")
    assert found.hop == "external-labels"
    assert found.cause == (
        'prometheus-neu-0 has the external labels {cluster="new", prometheus_replica="0"} '
        'where the estate gives it {cluster="neu", prometheus_replica="0"}'
    )
    assert found.seconds < 30


async def test_stopped_sidecar_is_named(stack: Stack) -> None:
    """Without its sidecar a replica is not visible; its twin breaks only where both are needed."""
    with stopped(stack.processes["sidecar-weu-1"]):
        verification = await proof(stack, SECONDS)
    found = broken(verification)
    assert (found.hop, found.cluster, found.replica) == ("visible-through-sidecar", "weu", 1)
    assert found.cause.startswith("sidecar-weu-1 at ")
    assert found.cause.endswith("does not answer: connection refused")
    # The ruler takes no answer that lacks a store, and it is one for all clusters.
    assert whole(verification, "neu") or broken(verification, "neu").hop == "rule-evaluated"


async def test_sidecar_that_query_does_not_know_is_named(stack: Stack) -> None:
    """A sidecar that runs, but that Query was not told of, is a fault of Query's endpoints."""
    query = stack.processes["query"]
    address = stack.deployment().address("sidecar-neu-0", "grpc")
    with instead(query, without(query.arguments, f"--endpoint={address}")):
        found = broken(await proof(stack, 8))
    assert (found.hop, found.cluster) == ("visible-through-sidecar", "neu")
    assert found.cause == f"Query does not know sidecar-neu-0 at {address}"


async def test_a_label_that_is_replaced_on_the_way_is_named(stack: Stack) -> None:
    """Two series that differ in the name of an external label alone are one behind the sidecar (thanos#1579):
    Prometheus has both, Query one, and every other hop holds.
    """
    exporter = stack.exporters["orders-weu"]
    exporter.more = 'shop_carts{environment="red"} 1\nshop_carts{environment="blue"} 20\n'
    try:
        await asyncio.sleep(PAST_SECONDS + 3)
        verification = await proof(stack, SECONDS)
    finally:
        exporter.more = ""
    found = broken(verification)
    assert (found.hop, found.cluster) == ("visible-through-sidecar", "weu")
    numbers = re.fullmatch(
        r"of (\d+) series of orders-weu in prometheus-weu-\d Query gets (\d+) through sidecar-weu-\d: "
        r"the external label environment replaces their own on 2",
        found.cause,
    )
    assert numbers is not None, found.cause
    assert int(numbers[1]) - int(numbers[2]) == 1
    assert whole(verification, "neu")
    # Others find the stack whole again: what is compared lies in the past.
    for _ in range(20):
        if (await proof(stack, SECONDS)).ok:
            break
        await asyncio.sleep(1)


async def test_stopped_query_breaks_every_chain(stack: Stack) -> None:
    """Without Query nothing is visible, and each chain says so at the same hop."""
    with stopped(stack.processes["query"]):
        verification = await proof(stack, SECONDS)
    assert {broken(verification, *chain).hop for chain in CHAINS} == {"visible-through-sidecar"}
    assert broken(verification).cause.startswith("query at ")


async def test_sidecar_without_object_store_is_named(stack: Stack) -> None:
    """A sidecar that serves but does not upload breaks the hop to the bucket."""
    sidecar = stack.processes["sidecar-neu-0"]
    with instead(sidecar, without(sidecar.arguments, "--objstore")), blocks_away(stack, "neu"):
        found = broken(await proof(stack, 6), "neu")
    assert found.hop == "block-in-bucket"
    assert found.cause == "sidecar-neu-0 runs without an object store and uploads nothing"


async def test_failing_uploads_are_named(stack: Stack) -> None:
    """A sidecar whose uploads fail is told from one that has nothing to upload."""
    sidecar = stack.processes["sidecar-neu-0"]
    file = stack.root / "a-file"
    file.write_text("")
    bad = stack.write("bad", "objstore.yaml", {"type": "FILESYSTEM", "config": {"directory": f"{file}/x"}})
    arguments = [*without(sidecar.arguments, "--objstore"), f"--objstore.config-file={bad}"]
    # Without its notes the sidecar takes every block for a new one.
    notes = Path(stack.data("prometheus-neu-0")) / "thanos.shipper.json"
    with instead(sidecar, arguments, notes), blocks_away(stack, "neu"):
        found = broken(await proof(stack, 6), "neu")
    assert found.hop == "block-in-bucket"
    assert found.cause.startswith("sidecar-neu-0 tried to upload and failed ")


async def test_stalled_uploads_are_named(stack: Stack) -> None:
    """A stream whose newest block is too old has stalled, however many blocks it has."""
    sidecar = stack.processes["sidecar-neu-0"]
    bucket = Path(stack.data("bucket"))
    with instead(sidecar, without(sidecar.arguments, "--objstore")), blocks_away(stack, "neu") as away:
        old = bucket / away[0].name
        shutil.copytree(away[0], old)
        meta = json.loads((old / "meta.json").read_text())
        for end in ("minTime", "maxTime"):
            meta[end] -= 3_600_000
        (old / "meta.json").write_text(json.dumps(meta))
        found = broken(await proof(stack, 6), "neu")
        shutil.rmtree(old)
    assert found.hop == "block-in-bucket"
    assert found.cause.startswith('the newest block of {cluster="neu", prometheus_replica="0"} ends ')
    assert found.cause.endswith("more than the 195 s that blocks of 10 s allow")


async def test_missing_bucket_configuration_is_named(stack: Stack) -> None:
    """Without the rendered object store file the bucket cannot be asked, and that is said at once."""
    path = stack.root / "files" / "store" / "objstore.yaml"
    away = path.rename(path.with_suffix(".away"))
    try:
        found = broken(await proof(stack, 60))
    finally:
        away.rename(path)
    assert found.hop == "block-in-bucket"
    assert found.cause == f"there is no object store configuration at {path}"


async def test_stopped_store_gateway_is_named(stack: Stack) -> None:
    """Without the store gateway recent data still shows, so only this hop can tell."""
    with stopped(stack.processes["store"]):
        verification = await proof(stack, SECONDS)
    assert {broken(verification, *chain).hop for chain in CHAINS} == {"served-by-store"}
    address = stack.deployment().address("store", "http")
    assert broken(verification).cause == f"store at {address} does not answer: connection refused"


async def test_store_gateway_that_serves_nothing_is_named(stack: Stack) -> None:
    """A gateway that runs but leaves the blocks of recent time out is caught by asking it alone."""
    store = stack.processes["store"]
    with instead(store, [*store.arguments, "--max-time=-1h"]):
        found = broken(await proof(stack, 10))
    assert found.hop == "served-by-store"
    assert found.cause.startswith("the store gateway has not loaded ")


async def test_query_that_does_not_deduplicate_is_named(stack: Stack) -> None:
    """Without the replica label Query shows each sample once for each replica."""
    query = stack.processes["query"]
    with instead(query, without(query.arguments, "--query.replica-label")):
        found = broken(await proof_of(stack, "deduplicated", 10), "weu")
    assert found.hop == "deduplicated"
    assert found.cause.startswith("with deduplication Query still has 2 series of ")


async def test_failing_rule_of_the_ruler_is_named(stack: Stack) -> None:
    """A global rule that cannot be evaluated is named with the ruler's own error."""
    path = stack.root / "files" / "rule" / "global.yaml"
    rule = {"record": "bad:ratio", "expr": "up * on () up"}
    with rewritten(stack, "rule", path, {"groups": [{"name": "global", "rules": [rule]}]}):
        verification = await proof_of(stack, "rule-evaluated", 8)
    assert {broken(verification, *chain).hop for chain in CHAINS} == {"rule-evaluated"}
    assert broken(verification).cause.startswith("rule cannot evaluate bad:ratio: query at ")
    assert "duplicate series" in broken(verification).cause


async def test_missing_watchdog_is_named(stack: Stack) -> None:
    """A Prometheus without the Watchdog has nothing that proves its alerting."""
    path = stack.root / "files" / "prometheus-neu-0" / "watchdog.yaml"
    with rewritten(stack, "prometheus-neu-0", path, {"groups": []}):
        found = broken(await proof_of(stack, "rule-evaluated", SECONDS), "neu")
    assert found.hop == "rule-evaluated"
    assert found.cause == ("prometheus-neu-0 has no rule Watchdog: nothing says that its alerting works")


async def test_deaf_receiver_is_named(stack: Stack) -> None:
    """A receiver that refuses notifications is told from an alert that never reached Alertmanager."""
    stack.receiver.deaf = True
    stack.receiver.forget()
    try:
        # Longer than the interval of heartbeats: none may be on its way before it is refused.
        verification = await proof_of(stack, "alert-at-receiver", 12)
    finally:
        stack.receiver.deaf = False
    assert {broken(verification, *chain).hop for chain in CHAINS} == {"alert-at-receiver"}
    assert broken(verification).cause.startswith("Alertmanager holds Watchdog, but its receiver refused ")


async def test_stopped_alertmanager_is_named(stack: Stack) -> None:
    """Without Alertmanager no alert gets to the receiver."""
    with stopped(stack.processes["alertmanager"]):
        stack.receiver.forget()
        verification = await proof_of(stack, "alert-at-receiver", SECONDS)
    found = broken(verification)
    assert found.hop == "alert-at-receiver"
    assert found.cause.startswith("alertmanager at ")


async def test_missing_heartbeats_are_named(stack: Stack) -> None:
    """Beats that came once and stopped are not a heartbeat."""
    stack.receiver.deaf = True
    last, count = stack.receiver.beats["neu"]
    stack.receiver.beats["neu"] = (last - 3600, count)
    try:
        found = broken(await proof_of(stack, "heartbeat", SECONDS))
    finally:
        stack.receiver.deaf = False
    assert (found.hop, found.cluster) == ("heartbeat", "neu")
    assert found.cause.startswith("the last heartbeat of neu is 36")
    assert found.cause.endswith(" s old, more than 45 s")


async def test_replica_that_does_not_run_is_named_at_once(stack: Stack) -> None:
    """An estate that promises more than what runs is told so, without waiting."""
    document = stack.estate.model_dump(by_alias=True)
    document["clusters"]["neu"]["prometheus"]["replicas"] = 2
    estate = Estate.model_validate(document)
    found = broken(await verify(estate, stack.deployment(), find, SECONDS), "neu", 1)
    assert found.hop == "scraped"
    assert found.cause == (
        "the estate has prometheus-neu-1, but nothing of that name runs: it changed after `singlepane up`"
    )


async def test_unreadable_bucket_is_named(stack: Stack) -> None:
    """A bucket that cannot be listed is explained with the first error of thanos, without its stack."""
    path = stack.root / "files" / "store" / "objstore.yaml"
    before = path.read_text()
    path.write_text("type: NOWHERE\nconfig: {}\n")
    try:
        found = broken(await proof(stack, SECONDS))
    finally:
        path.write_text(before)
    assert found.hop == "block-in-bucket"
    assert found.cause == "the bucket cannot be listed: bucket with type NOWHERE is not supported"
