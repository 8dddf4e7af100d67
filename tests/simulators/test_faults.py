"""Ordered faults: when they strike, and what they do to a reply that is otherwise good."""

from __future__ import annotations

import gzip
from typing import Any

import msgspec
import pytest
from pydantic import ValidationError

from simulators.azure.faults import PROXY_PAGE, Fault
from tests.simulators.talk import (
    ARM,
    BACK,
    FLEET,
    FOREIGN,
    OTHER_TENANT,
    SHOP,
    Talk,
    document,
    error,
    storage,
)

RESOURCES = f"{ARM}/subscriptions/{SHOP}/resources?api-version=2025-04-01"


def ordered(*faults: dict[str, Any]) -> Talk:
    """An Azure with these faults in force."""
    talk = Talk()
    talk.world.faults.order((Fault.model_validate(one) for one in faults), talk.world.clock.now())
    return talk


def statuses(talk: Talk, calls: int, url: str = RESOURCES) -> list[int]:
    """The statuses of so many calls."""
    return [talk.ask("GET", url).status for _ in range(calls)]


@pytest.mark.parametrize("status", [429, 500, 503, 529])
@pytest.mark.parametrize("retry_after", ["", "7", "2.128", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_status(status: int, retry_after: str) -> None:
    """A status with Retry-After word for word, or without one."""
    talk = ordered({"name": "f", "kind": "status", "status": status, "retry_after": retry_after})
    reply = talk.ask("GET", RESOURCES)
    assert reply.status == status
    assert reply.headers.get("retry-after", "") == retry_after
    assert document(reply)["error"]["code"] in ("TooManyRequests", "InternalServerError")


def test_html_page() -> None:
    """A proxy's page instead of a document."""
    reply = ordered({"name": "f", "kind": "html"}).ask("GET", RESOURCES)
    assert (reply.status, reply.content(), reply.content_type) == (502, PROXY_PAGE, "text/html")


def test_empty_body() -> None:
    """200 and nothing in it."""
    reply = ordered({"name": "f", "kind": "empty"}).ask("GET", RESOURCES)
    assert (reply.status, reply.content()) == (200, b"")


def test_gzip() -> None:
    """The same document, packed, whether or not it was asked for."""
    reply = ordered({"name": "f", "kind": "gzip"}).ask("GET", RESOURCES)
    assert reply.headers["content-encoding"] == "gzip"
    assert msgspec.json.decode(gzip.decompress(reply.content())) == Talk().get(RESOURCES)


def test_mixed_case_ids() -> None:
    """Ids come back in another case, and mean the same."""
    found = ordered({"name": "f", "kind": "mixed-case"}).get(RESOURCES)["value"]
    plain = Talk().get(RESOURCES)["value"]
    assert [one["id"] for one in found] != [one["id"] for one in plain]
    assert [one["id"].lower() for one in found] == [one["id"].lower() for one in plain]
    assert [one["name"] for one in found] == [one["name"] for one in plain]


def test_next_link_loop() -> None:
    """nextLink leads back to the page it is on."""
    talk = ordered({"name": "f", "kind": "nextlink-loop"})
    page = talk.get(f"{RESOURCES}&$top=2")
    assert talk.get(page["nextLink"]) == page


@pytest.mark.parametrize(
    ("kind", "link"), [("nextlink-foreign", "https://example.com/next"), ("nextlink-null", None)]
)
def test_next_link_elsewhere(kind: str, link: str | None) -> None:
    """nextLink to another host, and nextLink null."""
    assert ordered({"name": "f", "kind": kind}).get(f"{RESOURCES}&$top=2")["nextLink"] == link


def test_expired_token_in_mid_page() -> None:
    """The first page comes, the second meets a token that is no longer good; a fresh one is."""
    talk = ordered({"name": "f", "kind": "expired-token", "apis": ["resources"], "skip": 1, "times": 1})
    token = talk.token()
    page = talk.get(f"{RESOURCES}&$top=4", token=token)
    assert error(talk.ask("GET", page["nextLink"], token=token))[:2] == (401, "ExpiredAuthenticationToken")
    assert error(talk.ask("GET", page["nextLink"], token=token))[:2] == (401, "ExpiredAuthenticationToken")
    assert len(talk.get(page["nextLink"])["value"]) == 2


def test_expired_token_of_one_tenant() -> None:
    """Tokens of other tenants stay good, and those of the tenant are all worthless."""
    talk = ordered({"name": "f", "kind": "expired-token", "times": 1})
    mine, mine_too, theirs = talk.token(), talk.token(), talk.token(tenant=OTHER_TENANT)
    assert [talk.ask("GET", RESOURCES, token=mine).status for _ in range(2)] == [401, 401]
    assert talk.ask("GET", RESOURCES, token=mine_too).status == 401
    foreign = RESOURCES.replace(SHOP, FOREIGN)
    assert talk.ask("GET", foreign, token=theirs).status == 200
    assert talk.ask("GET", RESOURCES).status == 200


def test_bad_id_spoils_its_batch_alone() -> None:
    """The batch with the id fails, a batch without it does not."""
    talk = ordered({"name": "f", "kind": "bad-id", "resource": "data02", "apis": ["metrics-batch"]})
    query = "metricnames=Egress&starttime=2026-03-02T08:00:00Z&endtime=2026-03-02T08:01:00Z"
    assert error(talk.batch(query, [storage(1), storage(2), storage(3)]))[:2] == (400, "BadRequest")
    assert talk.batch(query, [storage(1), storage(3)]).status == 200


SPAN = "starttime=2026-03-02T11:40:00Z&endtime=2026-03-02T11:50:00Z"


def test_one_resource_fails_inside_a_200() -> None:
    """Its metrics carry an error code and no series; the others are whole."""
    talk = ordered({"name": "f", "kind": "resource-error", "resource": "DATA02"})
    items = document(talk.batch(f"metricnames=Egress&{SPAN}", [storage(n) for n in (1, 2, 3)]))["values"]
    assert [item["value"][0]["errorCode"] for item in items] == ["Success", "InternalServerError", "Success"]
    assert [len(item["value"][0]["timeseries"]) for item in items] == [1, 0, 1]
    url = f"{ARM}{storage(2)}/providers/Microsoft.Insights/metrics?api-version=2024-02-01&metricnames=Egress"
    assert talk.get(url)["value"][0]["errorCode"] == "InternalServerError"


def test_one_resource_is_missing() -> None:
    """A 200 without an item for one of the ids."""
    talk = ordered({"name": "f", "kind": "resource-missing", "resource": "data02"})
    items = document(talk.batch(f"metricnames=Egress&{SPAN}", [storage(n) for n in (1, 2, 3)]))["values"]
    assert [item["resourceid"] for item in items] == [storage(1), storage(3)]


def test_metrics_come_later() -> None:
    """Under a delay what was visible is not, for as long as it lasts."""
    talk = ordered({"name": "f", "kind": "delay", "minutes": 15, "seconds": 60})
    query = f"metricnames=Egress&aggregation=total&{SPAN}"

    def shown() -> int:
        (item,) = document(talk.batch(query, [storage()]))["values"]
        return sum("total" in point for point in item["value"][0]["timeseries"][0]["data"])

    # 12:00 less 15 minutes, less the 2 of every metric: up to 11:43.
    assert shown() <= 3
    talk.world.clock.jump(talk.world.clock.now() + 60)
    assert shown() >= 8


def test_only_what_it_concerns() -> None:
    """A fault for one API, subscription and text leaves the others alone."""
    talk = ordered(
        {"name": "f", "kind": "status", "status": 503, "apis": ["resources"], "subscription": SHOP.upper()}
    )
    assert statuses(talk, 2) == [503, 503]
    assert statuses(talk, 1, RESOURCES.replace(SHOP, BACK)) == [200]
    assert statuses(talk, 1, f"{ARM}/subscriptions?api-version=2022-12-01") == [200]


def test_only_one_region() -> None:
    """A fault for a region's metrics host."""
    talk = ordered({"name": "f", "kind": "status", "status": 529, "region": "northeurope"})
    query = "metricnames=Egress"
    assert talk.batch(query, [storage()], region="northeurope").status == 529
    assert talk.batch(query, [storage()]).status == 200


def test_skip_and_times() -> None:
    """Two calls pass, three are struck, and it is over."""
    talk = ordered({"name": "f", "kind": "status", "status": 500, "skip": 2, "times": 3})
    assert statuses(talk, 7) == [200, 200, 500, 500, 500, 200, 200]
    assert talk.world.faults.ordered["f"].document()["struck"] == 3


def test_for_some_seconds() -> None:
    """It ends by the simulated clock."""
    talk = ordered({"name": "f", "kind": "status", "status": 500, "seconds": 30})
    now = talk.world.clock.now()
    talk.world.clock.jump(now + 29)
    assert statuses(talk, 1) == [500]
    talk.world.clock.jump(now + 30)
    assert statuses(talk, 1) == [200]


def test_a_share_of_calls_the_same_each_time() -> None:
    """A tenth of the calls, and with the same seed the same ones."""
    fault = {"name": "f", "kind": "status", "status": 500, "probability": 0.1}
    first, second = statuses(ordered(fault), 200), statuses(ordered(fault), 200)
    assert first == second
    assert 5 <= first.count(500) <= 40


def test_several_at_once() -> None:
    """Faults that fit together all strike."""
    reply = ordered({"name": "a", "kind": "mixed-case"}, {"name": "b", "kind": "gzip"}).ask("GET", RESOURCES)
    ids = [one["id"] for one in msgspec.json.decode(gzip.decompress(reply.content()))["value"]]
    assert all(one != one.lower() and "/subscriptions/" not in one for one in ids)


def test_from_the_fleet_file() -> None:
    """A fleet file can hold faults."""
    talk = Talk(FLEET + "faults: [{name: slow-start, kind: status, status: 503, times: 1}]\n")
    assert statuses(talk, 2) == [503, 200]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "f"},
        {"name": "f", "kind": "explode"},
        {"name": "", "kind": "html"},
        {"name": "f", "kind": "status", "status": 200},
        {"name": "f", "kind": "html", "probability": 0},
        {"name": "f", "kind": "html", "apis": ["mail"]},
        {"name": "f", "kind": "html", "colour": "red"},
    ],
)
def test_bad_faults(wrong: dict[str, Any]) -> None:
    """A fault that makes no sense is refused."""
    with pytest.raises(ValidationError):
        Fault.model_validate(wrong)
