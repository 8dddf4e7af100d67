"""The batch request and reply, and how one bad id among many is singled out."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.azure.errors import AzureError, BadReply, Refused, Throttled
from exporters.azure.metrics.batch import call, decode
from exporters.azure.metrics.isolation import ALONE, MOST_SPLITS, Outcome, read
from exporters.azure.metrics.plan import Batch
from exporters.configuration.endpoints import Endpoints
from tests.exporters.azure_values import SUBSCRIPTION, account, batch, wanted
from tests.exporters.doubles import body

METRICS = (wanted("Ingress"),)


def test_the_request_whole() -> None:
    """Host by region, percent-encoded names, ids in a lower-case key, times with milliseconds."""
    shape = batch(
        wanted("Percentage CPU", ("Average", "Total"), "PT1M"),
        wanted("Disk Read Operations/Sec", ("Average", "Total"), "PT1M"),
        accounts=2,
    )
    made = call(shape, 1_800_000_000, 1_800_000_300, Endpoints(), 5.0)
    assert made.url == (
        f"https://westeurope.metrics.monitor.azure.com/subscriptions/{SUBSCRIPTION}/metrics:getBatch"
        "?api-version=2024-02-01&metricnamespace=microsoft.storage%2Fstorageaccounts"
        "&metricnames=Percentage%20CPU,Disk%20Read%20Operations%2FSec"
        "&starttime=2027-01-15T08%3A00%3A00.000Z&endtime=2027-01-15T08%3A05%3A00.000Z"
        "&interval=PT1M&aggregation=average,total"
    )
    assert made.body == {"resourceids": [account(1).id, account(2).id]}
    assert (made.scope, made.subscription) == ("https://metrics.monitor.azure.com/.default", SUBSCRIPTION)


def test_dimensions_become_a_filter_with_a_high_top() -> None:
    """Each dimension is split by a wildcard; top is never the default that cuts."""
    made = call(batch(wanted(dimensions=("ApiName", "GeoType"))), 0, 60, Endpoints(), 5.0)
    assert made.url.endswith("&filter=ApiName%20eq%20%27%2A%27%20and%20GeoType%20eq%20%27%2A%27&top=500000")


class Azure:
    """Refuses every batch that holds one of the bad ids."""

    def __init__(self, bad: Iterable[int], error: AzureError) -> None:
        self.bad = {account(number).id for number in bad}
        self.error = error
        self.calls = 0

    async def __call__(self, piece: Batch) -> None:
        self.calls += 1
        if any(each.id in self.bad for each in piece.resources):
            raise self.error


def served(outcome: Outcome) -> set[str]:
    """Ids that were read."""
    return {each.id for piece in outcome.read for each in piece.resources}


@given(st.sets(st.integers(1, 50), max_size=3), st.sampled_from([400, 404]))
async def test_bad_ids_are_found_and_the_rest_is_served(bad: set[int], status: int) -> None:
    """Up to three bad ids of 50 stand alone in the end; all others have their replies, each once."""
    azure = Azure(bad, Refused("batch: refused", status=status))
    outcome = await read(batch(*METRICS, accounts=50), azure)
    assert {resource.id for resource, _ in outcome.refused} == azure.bad
    assert served(outcome) == {account(n).id for n in range(1, 51)} - azure.bad
    assert outcome.failed == []
    assert azure.calls <= 1 + ALONE + 2 * outcome.splits
    assert outcome.splits <= 6 * max(1, len(bad))


async def test_splitting_is_bounded() -> None:
    """Where everything is refused the search ends: at once where a few that lie apart are refused alone, and
    after a while where most are gone.
    """
    azure = Azure(range(1, 51), Refused("batch: refused", status=400))
    outcome = await read(batch(*METRICS, accounts=50), azure)
    assert (outcome.splits, azure.calls, len(outcome.failed)) == (0, 1 + ALONE, 1)
    azure = Azure(range(2, 51), Refused("batch: gone", status=404))
    outcome = await read(batch(*METRICS, accounts=50), azure)
    assert outcome.splits == MOST_SPLITS
    assert azure.calls <= 1 + 2 * MOST_SPLITS
    assert len(outcome.refused) + sum(len(piece.resources) for piece, _ in outcome.failed) == 49


async def test_when_every_id_is_refused_it_is_not_the_ids() -> None:
    """A batch of which nothing was served has failed: it must not look as if its resources were gone."""
    azure = Azure(range(1, 5), Refused("batch: refused", status=400))
    outcome = await read(batch(*METRICS, accounts=4), azure)
    assert (outcome.refused, [str(error) for _, error in outcome.failed]) == ([], ["batch: refused"])


@pytest.mark.parametrize(
    "error",
    [
        Refused("batch: 401 x", status=401),
        Refused("batch: 403 AuthorizationFailed", status=403),
        Throttled("batch: 429 x", seconds=5.0, status=429),
        AzureError("batch: no reply"),
        BadReply("batch: the reply is an HTML page", status=200),
        Refused("batch: 400 BadRequest: Failed to find metric configuration for provider: M", status=400),
        Refused("batch: 400 BadRequest: Detected invalid time grain input: PT5M", status=400),
    ],
)
async def test_what_no_id_can_cause_is_not_split(error: AzureError) -> None:
    """Smaller batches would hear the same."""
    azure = Azure([7], error)
    outcome = await read(batch(*METRICS, accounts=50), azure)
    assert (azure.calls, outcome.splits) == (1, 0)
    assert [failure for _, failure in outcome.failed] == [error]


async def test_a_server_error_for_all_is_not_hunted() -> None:
    """When both halves fail with a server error, the service is in trouble and not one resource."""
    azure = Azure(range(1, 51), AzureError("batch: 500 x", status=500))
    outcome = await read(batch(*METRICS, accounts=50), azure)
    assert (azure.calls, len(outcome.failed), outcome.refused) == (3, 2, [])
    azure = Azure([33], AzureError("batch: 500 x", status=500))
    outcome = await read(batch(*METRICS, accounts=50), azure)
    assert [resource.id for resource, _ in outcome.refused] == [account(33).id]
    assert len(served(outcome)) == 49


async def test_one_resource_alone() -> None:
    """A batch of one says nothing about its id, but for a 404."""
    outcome = await read(batch(*METRICS), Azure([1], Refused("batch: 400 x", status=400)))
    assert (len(outcome.failed), len(outcome.refused)) == (1, 0)
    outcome = await read(batch(*METRICS), Azure([1], Refused("batch: 404 x", status=404)))
    assert (len(outcome.failed), len(outcome.refused)) == (0, 1)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"<html></html>", "is an HTML page"),
        (b'{"values":', "is not what the contract says"),
        (b'{"values":{}}', "is not what the contract says"),
        (b"{}", "is not what the contract says"),
        (b'{"values":[{"value":[{"name":{"value":1}}]}]}', "is not what the contract says"),
        (b'{"values":' + b"[" * 100_000, "is not what the contract says"),
    ],
)
def test_bad_replies(raw: bytes, reason: str) -> None:
    """A reply of another shape is one error, with its reason."""
    with pytest.raises(BadReply, match=reason):
        decode(raw)


def test_the_specification_example() -> None:
    """Interval FULL, one point, three resources."""
    items = decode(body("metrics-getbatch", "redis-full-interval-rollup"))
    assert [(item.interval, len(item.metrics or ())) for item in items] == [("PT4H", 1)] * 3
    assert {(item.id or "").rsplit("/", 1)[1] for item in items} == {"redis5", "redis3", "redis2"}


def test_a_long_reply_is_decoded_item_by_item(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same items, and the same error for what does not fit, in whichever item it is."""
    raw = body("metrics-getbatch", "redis-full-interval-rollup")
    whole = decode(raw)
    monkeypatch.setattr("exporters.azure.metrics.batch.LONG_REPLY_BYTES", 10)
    assert decode(raw) == whole
    with pytest.raises(BadReply, match="is not what the contract says"):
        decode(b'{"values":[{"value":[]},{"value":[{"name":{"value":1}}]}]}')
