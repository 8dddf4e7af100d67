"""D-20: links."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.lint.rules import d20_links
from tests.dashboards.lint.sound import said, sound

CODE = d20_links.RULE.code


TIME, VARIABLES = "a link does not take the time along", "a link does not take the variables along"
NOWHERE = "it leads to the dashboard other, which is not among those given"


@pytest.mark.parametrize(
    ("link", "messages"),
    [
        ({"url": "/d/shop?${__url_time_range}&${__all_variables}"}, []),
        ({"url": "/d/shop/name?from=now-1h&var-cluster=${cluster}"}, []),
        ({"url": "/d/shop", "keepTime": True, "includeVars": True}, []),
        ({"url": "/d/shop"}, [TIME, VARIABLES]),
        ({"url": "d/other?${__url_time_range}&${cluster:queryparam}"}, [NOWHERE]),
        ({"url": "https://example.com/runbook"}, []),
        ({"url": "/d/${uid}?${__url_time_range}&var-a=b"}, []),
        ({"type": "dashboards", "tags": ["x"], "keepTime": True, "includeVars": True}, []),
        ({"type": "dashboards", "tags": ["x"]}, [TIME, VARIABLES]),
    ],
)
def test_links_of_the_dashboard_and_of_panels(link: dict[str, Any], messages: list[str]) -> None:
    """The same for both, and for links of values."""
    document = {**sound(), "links": [link]}
    assert sorted(said(document, CODE)) == sorted(("", message) for message in messages)
    document = sound()
    document["panels"][0]["links"] = [link]
    assert sorted(said(document, CODE)) == sorted(("Up", message) for message in messages)
    document = sound()
    document["panels"][0]["fieldConfig"]["defaults"]["links"] = [link]
    document["panels"][1]["fieldConfig"]["overrides"] = [
        {"matcher": {"id": "byName", "options": "x"}, "properties": [{"id": "links", "value": [link]}]}
    ]
    both = [(where, message) for where in ("Up", "Over time") for message in messages]
    assert sorted(said(document, CODE)) == sorted(both)


def test_dashboards_of_one_run_and_shipped_ones_are_there() -> None:
    """Whatever else is meant must be given too."""
    link = {"url": "/d/other?${__url_time_range}&${__all_variables}"}
    document = {**sound(), "links": [link]}
    assert said(document, CODE, {**sound(), "uid": "other"}) == []
    assert said(document, CODE, shipped=frozenset({"other"})) == []
