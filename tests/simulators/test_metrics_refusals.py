"""What the metrics of one resource refuse, in the bare envelope, message by message."""

from __future__ import annotations

import pytest

from tests.simulators.talk import Talk, document
from tests.simulators.test_metrics import url


def refused(talk: Talk, query: str, **more: str) -> tuple[int, str, str]:
    """Status, code and message of the bare envelope."""
    reply = talk.ask("GET", url(query, **more))
    body = document(reply)
    assert set(body) == {"code", "message"}, body
    return reply.status, body["code"], body["message"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "metricnames=Colour",
            "Failed to find metric configuration for provider: Microsoft.Storage, "
            "resource Type: storageAccounts, metric: Colour, Valid metrics: UsedCapacity,Availability,Egress,"
            "Ingress,ReplicationLagSeconds,SuccessE2ELatency,SuccessServerLatency,Transactions",
        ),
        (
            "metricnames=" + ",".join(f"m{i}" for i in range(21)),
            "Requested metrics count: 21 bigger than allowed max: 20",
        ),
        (
            "metricnames=Egress&aggregation=median",
            "Invalid aggregation type: median, supported ones are: Average,Minimum,Maximum,Total,Count",
        ),
        (
            "metricnames=Egress&interval=PT2M",
            "Detected invalid time grain input: PT2M, supported ones are: "
            "PT1M,PT5M,PT15M,PT30M,PT1H,PT6H,PT12H,P1D,FULL",
        ),
        (
            "metricnames=Egress&timespan=yesterday",
            "Invalid timespan: 'yesterday'. Expected 'startDateTime/endDateTime'.",
        ),
        (
            "metricnames=Egress&timespan=2026-01-01T00:00:00Z/soon",
            "Invalid time range: '2026-01-01T00:00:00Z' to 'soon' is not a range of ISO 8601 times.",
        ),
        (
            "metricnames=Egress&timespan=2026-01-02T00:00:00Z/2026-01-01T00:00:00Z",
            "The start time '2026-01-02T00:00:00Z' must be earlier than the end time '2026-01-01T00:00:00Z'.",
        ),
        (
            "metricnames=Egress&metricnamespace=Microsoft.KeyVault/vaults",
            "Metric namespace "
            "'Microsoft.KeyVault/vaults' is not supported for resource type "
            "'Microsoft.Storage/storageAccounts'.",
        ),
        ("metricnames=Egress&top=5", "The top parameter is only valid together with a filter."),
        (
            "metricnames=Egress&$filter=ApiName eq '*'&top=2147483648",
            "Detected invalid TopN value 2147483648 should be Int value",
        ),
        (
            "metricnames=Egress&$filter=ApiName eq '*'&top=0",
            "Detected invalid TopN value 0 should be Int value",
        ),
        ("metricnames=Egress&$filter=ApiName eq '*'&orderby=colour desc", "Invalid orderby: 'colour desc'."),
        ("metricnames=Egress&$filter=ApiName", "Invalid filter expression: 'ApiName' near position 0."),
        (
            "metricnames=Egress&$filter=ApiName eq 'a' GeoType eq 'b'",
            "Invalid filter expression: 'ApiName eq 'a' GeoType eq 'b'' near position 15.",
        ),
        (
            "metricnames=Egress&$filter=ApiName eq 'a' or GeoType eq 'b'",
            "Invalid filter expression: 'or' may join "
            "values of one dimension only: 'ApiName eq 'a' or GeoType eq 'b''.",
        ),
        (
            "metricnames=Egress&$filter=ApiName eq 'a' and ApiName eq 'b'",
            "Invalid filter expression: dimension "
            "'ApiName' is given twice: 'ApiName eq 'a' and ApiName eq 'b''.",
        ),
    ],
)
def test_refusals(talk: Talk, query: str, message: str) -> None:
    """A bad query is a 400 in the bare envelope, its message whole."""
    assert refused(talk, query) == (400, "BadRequest", message)


def test_unknown_dimension(talk: Talk) -> None:
    """The message names what the metric has; it ends with a trace id."""
    status, code, message = refused(talk, "metricnames=Egress&$filter=Colour eq '*'")
    assert (status, code) == (400, "BadRequest")
    head, _, trace = message.rpartition(", TraceId: ")
    assert head == (
        "Metric: Egress does not support requested dimension combination: colour, "
        "supported ones are: GeoType,ApiName,Authentication"
    )
    assert len(trace) == 34
