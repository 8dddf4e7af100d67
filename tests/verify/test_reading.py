"""Reading what engines print: bucket listings, metrics pages, timestamps, error replies."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from deploy.exposition import sample_sum
from deploy.verify.block import Block
from deploy.verify.bucket import blocks, parse
from deploy.verify.ground import Broken, Ground
from deploy.verify.hops.block_in_bucket import newest_age_limit
from deploy.verify.hops.heartbeat import age_limit
from deploy.verify.prometheus import moment
from deploy.verify.words import counted
from estate.running import Running
from tests.ports import free_address
from tests.verify.stack import estate
from tests.verify.test_chain import deployment, engine

META = {
    "ulid": "01M837YWX6HZSTCNZ2B0RPYMMY",
    "minTime": 1795405330035,
    "maxTime": 1795405340000,
    "thanos": {
        "labels": {"cluster": "neu", "prometheus_replica": "0"},
        "downsample": {"resolution": 0},
        "source": "sidecar",
    },
}


def test_listing_of_several_blocks() -> None:
    """`tools bucket ls -o json` prints documents one after another, not a list."""
    second = {**META, "ulid": "01M837YQ6VSSFTHVTZRAA0XKHZ"}
    blocks = parse(json.dumps(META, indent="\t") + "\n" + json.dumps(second, indent="\t") + "\n")
    assert blocks[0] == Block(
        "01M837YWX6HZSTCNZ2B0RPYMMY",
        {"cluster": "neu", "prometheus_replica": "0"},
        "sidecar",
        0,
        1795405330.035,
        1795405340.0,
    )
    assert [block.ulid for block in blocks] == [META["ulid"], second["ulid"]]


def test_listing_of_no_block() -> None:
    """An empty bucket lists nothing."""
    assert parse("\n") == ()


def test_listing_that_is_cut_short() -> None:
    """Half a document is an error, never a block less."""
    with pytest.raises(ValueError, match="Unterminated"):
        parse(json.dumps(META)[:-5])


def test_sample_sum_takes_all_series_of_the_name_alone() -> None:
    """Names that begin alike are other metrics."""
    page = 'a_total{x="1"} 2\na_total{x="2"} 3\na_total_created 7\n# HELP a_total Things.\nb_total 5\n'
    assert sample_sum(page, "a_total") == 5
    assert sample_sum(page, "c_total") == 0


def test_moment_reads_what_go_writes() -> None:
    """Nanoseconds are cut; Go's zero time means never."""
    assert moment("2026-11-23T03:42:48.862300571Z") == pytest.approx(1795405368.8623)
    assert moment("0001-01-01T00:00:00Z") == 0


def test_limits_follow_from_intervals() -> None:
    """Two-hour blocks may end three hours and three minutes ago; a heartbeat may miss three times."""
    assert newest_age_limit(7200) == 3 * 3600 + 180
    assert age_limit("1m") == 3 * 60 + 30


def test_counted() -> None:
    """Numbers in sentences."""
    assert [counted(1, "rule"), counted(2, "rule"), counted(1, "series"), counted(3.0, "series")] == [
        "1 rule",
        "2 rules",
        "1 series",
        "3 series",
    ]


async def asked(reply: httpx.Response | Exception, running: Running) -> Broken:
    """How a failed request to a component reads."""

    def answer(request: httpx.Request) -> httpx.Response:
        if isinstance(reply, Exception):
            raise reply
        return reply

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        ground = Ground(estate(), deployment(running), client, engine)
        with pytest.raises(Broken) as broken:
            await ground.data(running.name, "/api/v1/query")
    return broken.value


QUERY = Running("query", "query", "hub", "ready", addresses={"http": "127.0.0.1:1"})


async def test_error_documents_are_quoted() -> None:
    """The `error` of a Prometheus API document is the cause."""
    reply = httpx.Response(422, json={"status": "error", "errorType": "execution", "error": "no store"})
    broken = await asked(reply, QUERY)
    assert broken.cause == "query at 127.0.0.1:1 answers /api/v1/query with 422: no store"


async def test_pages_that_are_no_document_are_quoted() -> None:
    """Another server on the port is shown by its first line."""
    broken = await asked(httpx.Response(200, text="<html>\nhello"), QUERY)
    assert broken.cause == "query answers /api/v1/query with no API document: <html>"


async def test_state_of_a_dead_component_is_told() -> None:
    """What the supervisor knows about a component belongs to the cause."""
    running = Running(
        "query",
        "query",
        "hub",
        "failed",
        addresses={"http": "127.0.0.1:1"},
        last_error="exited with code 2",
    )
    broken = await asked(httpx.ConnectError("All connection attempts failed"), running)
    assert broken.cause == (
        "query at 127.0.0.1:1 does not answer: connection refused (its state is failed, exited with code 2)"
    )


async def test_an_object_store_that_is_not_there_is_named(tmp_path: Path) -> None:
    """At once, with its address and state, before thanos tries for long."""
    address = free_address()
    store = Running("azurite", "azurite", "hub", "failed", addresses={"blob": address}, last_error="fell")
    config = tmp_path / "files" / "store" / "objstore.yaml"
    config.parent.mkdir(parents=True)
    config.touch()
    async with httpx.AsyncClient() as client:
        here = replace(deployment(store), state_folder=str(tmp_path))
        with pytest.raises(Broken) as broken:
            await blocks(Ground(estate(), here, client, engine))
    assert broken.value.cause == (
        f"azurite at {address} does not answer: connection refused (its state is failed, fell)"
    )
    assert broken.value.remedy.endswith("`singlepane restart azurite`.")


async def test_a_port_where_somebody_listens_is_reached() -> None:
    """Nothing is said of it."""
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    store = Running("azurite", "azurite", "hub", "ready", addresses={"blob": f"{host}:{port}"})
    async with httpx.AsyncClient() as client:
        await Ground(estate(), deployment(store), client, engine).reach("azurite", "blob")
    server.close()
