"""The hop that looks at dashboards, by replies of the server's own form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import pytest

from deploy.verify.ground import Broken, Ground
from deploy.verify.hops import dashboards_shown
from deploy.verify.replica import Replica
from tests.verify.stack import estate
from tests.verify.test_chain import engine
from tests.verify.test_in_clusters import REPLICA, ROWS, deployment, row, way

LIST = "/api/v1/dashboards"


def panel(title: str, state: str, *words: str) -> dict[str, Any]:
    """A panel as the server says it."""
    return {"title": title, "state": state, "words": list(words)}


async def looked_at(panels: Mapping[str, Sequence[dict[str, Any]]]) -> str:
    """What the hop says of dashboards with these panels; one more has nothing to do with one machine."""
    rows = [{"uid": uid, "title": uid.title(), "local": True} for uid in panels]
    answers = {f"{LIST}/{uid}": {"uid": uid, "title": uid, "panels": each} for uid, each in panels.items()}
    answers[LIST] = {"dashboards": [*rows, {"uid": "cost", "title": "Cost", "local": False}]}

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=answers[request.url.path])

    hub = Replica("hub", 0, {"cluster": "hub"})
    runs = deployment(*ROWS, row("server", "server", "hub"))
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        ground = Ground(estate(), runs, client, engine, way())
        assert dashboards_shown.applies(ground, hub) and not dashboards_shown.applies(ground, REPLICA)
        return await dashboards_shown.prove(ground, hub)


async def test_panels_that_are_empty_are_no_fault() -> None:
    """Nothing fires, nothing is down: that is what they are for."""
    shown = [panel("Targets", "shown"), panel("Jobs with targets down", "empty"), panel("Age", "partial")]
    assert await looked_at({"estate": shown, "thanos": shown[:1]}) == "2 dashboards with 4 panels"


async def test_a_panel_that_fails_is_named() -> None:
    """With its dashboard, and with what was answered."""
    with pytest.raises(Broken) as caught:
        await looked_at({"estate": [panel("Targets", "shown"), panel("Age", "failed", "parse error: 1")]})
    assert caught.value.cause == "the panel 'Age' of the dashboard Estate fails: parse error: 1"


async def test_a_dashboard_without_anything_is_named() -> None:
    """Its series have other names than its queries, or do not come at all."""
    with pytest.raises(Broken) as caught:
        await looked_at({"estate": [panel("Targets", "empty"), panel("Age", "empty")]})
    assert caught.value.cause == "the dashboard Estate has nothing to show"
