"""The json collector: whole documents, and replies that are none."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate.model import JsonExporter, JsonMetric
from exporters import reply
from exporters.collector import CollectorError
from exporters.collectors import json as json_collector
from exporters.collectors.json import JsonDocument
from exporters.documents.extract import compiled, extract
from exporters.exposition.metrics import render

ORDERS = {
    "name": "shop_orders_total",
    "type": "counter",
    "help": "Orders placed.",
    "items": "regions",
    "value": "orders.total",
    "labels": {"region": "name"},
}
CARTS = {"name": "shop_carts_open", "help": "Carts.", "items": "regions", "value": "carts"}


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["regions", "name", "orders", "total", "carts"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(DOCUMENTS)
def test_no_document_is_a_crash(document: Any) -> None:
    """Whatever the document: only finite numbers come out, each series once, counters from 0 up."""
    for row in (ORDERS, CARTS):
        found = extract(compiled(JsonMetric.model_validate(row)), document).family
        labels = [sample.labels for sample in found.samples]
        assert len(set(labels)) == len(labels)
        for sample in found.samples:
            assert math.isfinite(sample.value)
            assert found.type == "gauge" or sample.value >= 0


def collector(answer: Callable[[httpx.Request], Any], *rows: dict[str, Any], **keys: Any) -> JsonDocument:
    """A collector that is answered so."""
    row = JsonExporter.model_validate(
        {
            "kind": "json",
            "url": "https://api.shop.example/summary",
            "timeout": "5s",
            "metrics": list(rows or (ORDERS, CARTS)),
            **keys,
        }
    )
    return JsonDocument("shop", row, httpx.MockTransport(answer))


REGIONS = {
    "regions": [
        {"name": "north", "orders": {"total": 12}, "carts": 3},
        {"name": "south", "orders": {"total": 7.5}, "carts": None},
    ]
}


async def test_a_document_becomes_metrics() -> None:
    """The whole exposition of a document."""
    made = collector(lambda _: httpx.Response(200, json=REGIONS))
    result = await made.collect()
    assert result.problems == ()
    assert render(result.families).text == (
        "# HELP shop_orders_total Orders placed.\n"
        "# TYPE shop_orders_total counter\n"
        'shop_orders_total{region="north"} 12\n'
        'shop_orders_total{region="south"} 7.5\n'
        "# HELP shop_carts_open Carts.\n"
        "# TYPE shop_carts_open gauge\n"
        "shop_carts_open 3\n"
    )
    await made.close()


async def test_a_number_too_large_costs_itself_alone() -> None:
    """RFC 8259 section 6: what no double holds is the reader's affair. The rest is served, and so it is
    beside the words NaN and Infinity, which some encoders write, and behind a byte order mark (section 8.1).
    """
    text = (
        '\ufeff{"regions": [{"name": "north", "orders": {"total": 1e999}, "carts": NaN},'
        ' {"name": "south", "orders": {"total": 7}, "carts": 3}, {"name": 1e999, "orders": {"total": 8}},'
        f' {{"name": "west", "orders": {{"total": {"9" * 5000}}}}}]}}'
    )
    made = collector(lambda _: httpx.Response(200, content=text.encode()))
    result = await made.collect()
    assert result.problems == ()
    lines = render(result.families).text.splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        'shop_orders_total{region="south"} 7',
        "shop_carts_open 3",
    ]
    (own,) = made.own()
    assert [(sample.labels.text, sample.value) for sample in own.samples] == [
        ('{metric="shop_carts_open",reason="number"}', 1.0),
        ('{metric="shop_orders_total",reason="number"}', 3.0),
    ]
    await made.close()


async def test_a_failing_expression_costs_its_metric_alone() -> None:
    """One "n/a" among numbers: the metric that compares them is named, the other one is served."""
    full = {"name": "queues_full", "help": "Q.", "value": "length(queues[?used > `80`])"}
    size = {"name": "queues_open", "help": "Q.", "value": "length(queues)"}
    document = {"queues": [{"used": 90}, {"used": "n/a"}]}
    made = collector(lambda _: httpx.Response(200, json=document), full, size)
    result = await made.collect()
    assert result.problems == ("queues_full: nothing but bad values (expression)",)
    assert "queues_open 2\n" in render(result.families).text
    await made.close()


async def test_bad_values_are_counted_and_named() -> None:
    """They have a counter by metric and reason; a metric with nothing else is a problem."""
    document = {"regions": [{"name": "north", "orders": {"total": "many"}, "carts": 1}]}
    made = collector(lambda _: httpx.Response(200, json=document))
    for _ in range(2):
        result = await made.collect()
    assert result.problems == ("shop_orders_total: nothing but bad values (number)",)
    (own,) = made.own()
    assert [(sample.labels.text, sample.value) for sample in own.samples] == [
        ('{metric="shop_orders_total",reason="number"}', 2.0)
    ]
    await made.close()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda _: httpx.Response(500, text="oops"), "the reply has status 500, not 200"),
        (
            lambda _: httpx.Response(302, headers={"location": "https://x.example"}),
            "has status 302",
        ),
        (lambda _: httpx.Response(204), "the reply has status 204"),
        (lambda _: httpx.Response(200, text=""), "the reply is no JSON"),
        (lambda _: httpx.Response(200, text="<html>"), "the reply is no JSON"),
        (lambda _: httpx.Response(200, text='{"a": nan}'), "the reply is no JSON"),
        (lambda _: httpx.Response(200, content='{"a": 1}'.encode("utf-16")), "the reply is UTF-16, and"),
        (lambda _: httpx.Response(200, text='{"a": 1'), "the reply is no JSON"),
        (lambda _: httpx.Response(200, content=b'{"a": "\xff"}'), "the reply is no JSON"),
        (lambda _: httpx.Response(200, text="[" * 200_000), "the reply is no JSON"),
    ],
)
async def test_what_is_no_document(answer: Callable[[httpx.Request], Any], message: str) -> None:
    """Every kind of reply that is no JSON document is one error with a reason."""
    made = collector(answer)
    with pytest.raises(CollectorError, match=message):
        await made.collect()
    await made.close()


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (httpx.ConnectError("refused"), "no reply: refused"),
        (httpx.ReadTimeout("slow"), "no reply within 5 s"),
        (httpx.RemoteProtocolError("cut"), "no reply: cut"),
    ],
)
async def test_no_reply(failure: Exception, message: str) -> None:
    """A peer that does not answer is named as such."""

    def answer(_: httpx.Request) -> httpx.Response:
        raise failure

    made = collector(answer)
    with pytest.raises(CollectorError, match=message):
        await made.collect()
    await made.close()


async def test_a_reply_that_trickles_is_cut_off() -> None:
    """The timeout holds for the whole reply and not for each piece of it."""

    class Trickle(httpx.AsyncByteStream):
        async def __aiter__(self) -> Any:
            while True:
                await asyncio.sleep(0.05)
                yield b" "

    made = collector(lambda _: httpx.Response(200, stream=Trickle()), timeout="1s")
    with pytest.raises(CollectorError, match="no reply within 1 s"):
        await made.collect()
    await made.close()


async def test_replies_and_series_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that is too large, or gives too many series, is refused whole."""
    monkeypatch.setattr(reply, "LONGEST_BYTES", 1000)
    monkeypatch.setattr(json_collector, "MOST_SERIES", 2)
    made = collector(lambda _: httpx.Response(200, text=" " * 1001))
    with pytest.raises(CollectorError, match="longer than 1000 bytes"):
        await made.collect()
    await made.close()
    made = collector(lambda _: httpx.Response(200, json=REGIONS))
    with pytest.raises(CollectorError, match="3 series, more than 2"):
        await made.collect()
    await made.close()


async def test_the_bearer_token_is_read_each_time_and_never_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that rotates in its file is taken up; a missing one is named by its reference."""
    token = tmp_path / "token"
    token.write_text("first-token\n")
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(200, content=msgspec.json.encode(REGIONS))

    made = collector(answer, bearer=f"file:{token}")
    await made.collect()
    token.write_text("second-token")
    await made.collect()
    assert seen == ["Bearer first-token", "Bearer second-token"]
    token.unlink()
    with pytest.raises(CollectorError, match=r"file:.*token cannot be read: No such file") as caught:
        await made.collect()
    assert "second-token" not in str(caught.value)
    await made.close()

    made = collector(answer, bearer="env:SHOP_TOKEN_THAT_IS_NOT_SET")
    with pytest.raises(CollectorError, match="env:SHOP_TOKEN_THAT_IS_NOT_SET is empty or not set"):
        await made.collect()
    await made.close()
