"""What the gate answers to requests that are no alerts of their sender, without a network between."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest

from singlepane.gate.app import ALERTS, MOST_BYTES, Seen, create
from singlepane.gate.peer import Peer
from tests.ports import free_port

LATER = time.time() + 3600
OWN = {"labels": {"alertname": "Tried", "cluster": "prod-weu"}}


async def posted(body: bytes, seen: Seen, ends: float = LATER) -> httpx.Response:
    """The answer to a body from prod-weu, before an Alertmanager that is not there."""
    app = create(f"http://127.0.0.1:{free_port()}", seen)

    async def known(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "state": {"peer": Peer("prod-weu", 0.0, ends)}}, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(known), base_url="http://gate") as client:
        return await client.post(ALERTS, content=body)


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b'["x"]', b"[{}]", b'[{"labels": []}]', b"[" * 100_000])
async def test_what_is_no_list_of_alerts_is_refused(body: bytes) -> None:
    """It never reaches Alertmanager, and is counted."""
    seen = Seen()
    answer = await posted(body, seen)
    assert (answer.status_code, answer.text) == (400, "the body is no list of alerts\n")
    assert seen.refused == {"shape": 1}


@pytest.mark.parametrize(
    ("labels", "whose"),
    [({"alertname": "Tried"}, "None"), ({"alertname": "Tried", "cluster": "prod-neu"}, "'prod-neu'")],
)
async def test_one_alert_of_nobody_or_another_refuses_them_all(labels: dict[str, str], whose: str) -> None:
    """Also behind some that are the sender's own."""
    seen = Seen()
    answer = await posted(json.dumps([OWN, {"labels": labels}]).encode(), seen)
    assert answer.status_code == 400
    assert answer.text == f"an alert of {whose} comes with the certificate of 'prod-weu'\n"
    assert seen.refused == {"cluster": 1}


async def test_a_body_that_is_too_large_is_refused() -> None:
    """It is not kept whole in memory first."""
    seen = Seen()
    answer = await posted(b" " * (MOST_BYTES + 1), seen)
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")
    assert seen.refused == {"size": 1}


async def test_a_certificate_that_ended_on_an_open_connection_is_refused() -> None:
    """It was valid at the handshake; the connection does not outlive it."""
    seen = Seen()
    answer = await posted(json.dumps([OWN]).encode(), seen, ends=time.time() - 1)
    assert (answer.status_code, answer.headers["connection"]) == (403, "close")
    assert answer.text == "the certificate of prod-weu has expired\n"


async def test_an_alertmanager_that_is_away_is_said() -> None:
    """As a fault that passes: Prometheus sends again."""
    seen = Seen()
    answer = await posted(json.dumps([OWN]).encode(), seen)
    assert answer.status_code == 502
    assert answer.text.startswith("Alertmanager does not answer: ")
    assert seen.requests == {("prod-weu", 502): 1}
