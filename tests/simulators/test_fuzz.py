"""Whatever is asked, the simulator answers: no request makes it fail on its own account."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.azure import admin
from simulators.azure.app import answer
from tests.simulators.talk import ARM, FLEET, SHOP, Talk, storage

# Limits out of reach: what is asked for here is the answer, not the pace.
ENDLESS = "{burst: 1000000, per_second: 1000}"
TALK = Talk(
    f"{FLEET}limits: {{arm_reads: {ENDLESS}, arm_global: {ENDLESS}, batch: {ENDLESS},"
    " definitions: {calls: 1000000, seconds: 300}, graph: {calls: 1000000, seconds: 5}}\n"
)
TOKENS = [TALK.token(), TALK.token("https://metrics.monitor.azure.com"), "rubbish", None]
PLACES = [
    f"{ARM}/subscriptions",
    f"{ARM}/subscriptions/{SHOP}/resources",
    f"{ARM}/providers/Microsoft.ResourceGraph/resources",
    f"{ARM}{storage()}/providers/Microsoft.Insights/metrics",
    f"{ARM}{storage()}/providers/Microsoft.Insights/metricDefinitions",
    f"{ARM}/subscriptions/{SHOP}/providers/Microsoft.Insights/metrics",
    f"https://westeurope.metrics.monitor.azure.com/subscriptions/{SHOP}/metrics:getBatch",
    f"https://login.microsoftonline.com/{SHOP}/oauth2/v2.0/token",
    "https://127.0.0.1/sim/truth",
    "https://127.0.0.1/sim/clock",
    "https://127.0.0.1/sim/faults",
    "https://127.0.0.1/sim/resources/delete",
]
NAMES = [
    "api-version",
    "timespan",
    "interval",
    "metricnames",
    "aggregation",
    "metricnamespace",
    "$filter",
    "filter",
    "top",
    "orderby",
    "rollupby",
    "resultType",
    "starttime",
    "endtime",
    "region",
    "$top",
    "$skiptoken",
    "$expand",
    "resource",
    "metric",
    "time",
    "dimensions",
]
WORDS = [
    "2024-02-01",
    "PT1M",
    "PT5M",
    "PT1H",
    "FULL",
    "P1D",
    "Egress",
    "Transactions",
    "UsedCapacity",
    "total",
    "average",
    "count,none",
    "*",
    "0",
    "-1",
    "10",
    "99999999999",
    "microsoft.storage/storageaccounts",
    "westeurope",
    "2026-03-02T08:00:00Z",
    "2026-03-02T08:00:00Z/2026-03-02T09:00:00Z",
    "0001-01-01T00:00:00Z/9999-12-31T23:59:59Z",
    "metadata",
    "sim3",
    "simffffffffffff",
    "total_desc",
    "ApiName",
]
FILTERS = [
    "ApiName eq '*'",
    "ApiName eq 'a' or ApiName eq 'b'",
    "Microsoft.ResourceId eq '*'",
    "a eq 'b",
    "''",
    "eq",
]
TEXT = st.sampled_from([*WORDS, *FILTERS]) | st.text(max_size=20)
QUERIES = st.dictionaries(st.sampled_from(NAMES), TEXT, max_size=8)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "resourceids",
                    "query",
                    "options",
                    "$top",
                    "$skipToken",
                    "$skip",
                    "subscriptions",
                    "region",
                    "top",
                    "filter",
                    "metricNames",
                    "id",
                    "set",
                    "advance",
                    "mode",
                    "name",
                    "kind",
                    "managementGroups",
                    "resultFormat",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
KUSTO = st.lists(
    st.sampled_from(
        [
            "Resources",
            "|",
            "where",
            "project",
            "extend",
            "order",
            "by",
            "limit",
            "count",
            "summarize",
            "type",
            "name",
            "==",
            "=~",
            "in~",
            "(",
            ")",
            ",",
            "'a'",
            "and",
            "or",
            "not",
            "tags",
            ".",
            "[",
            "]",
            "contains",
            "matches",
            "regex",
            "id",
            "=",
            "5",
            "desc",
            "isempty",
            "tolower",
        ]
    ),
    max_size=15,
).map(" ".join)


@settings(max_examples=800, deadline=None)
@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    st.sampled_from(PLACES),
    QUERIES,
    JSON | KUSTO.map(lambda text: {"query": text}),
    st.sampled_from(TOKENS),
    st.booleans(),
)
def test_every_request_is_answered(
    method: str, place: str, query: dict[str, str], body: Any, token: str | None, version: bool
) -> None:
    """A status below 500 and a document that can be encoded, whatever the request."""
    if version:
        query = {**query, "api-version": "2024-02-01"}
    url = f"{place}?" + "&".join(f"{name}={text}" for name, text in query.items())
    target = TALK.target(method, url, msgspec.json.encode(body), token)
    reply = admin.answer(TALK.world, target.request) if target.room == "admin" else answer(TALK.world, target)
    assert 200 <= reply.status < 500
    reply.content()


@settings(deadline=None)
@given(st.binary(max_size=100), st.sampled_from(PLACES), st.binary(max_size=40))
def test_bytes_that_mean_nothing(body: bytes, place: str, token: bytes) -> None:
    """Bodies and tokens of any bytes."""
    url = f"{place}?api-version=2024-02-01"
    for given_token in (token.decode("latin-1"), "right"):
        target = TALK.target("POST", url, body, TALK.token() if given_token == "right" else given_token)
        reply = (
            admin.answer(TALK.world, target.request) if target.room == "admin" else answer(TALK.world, target)
        )
        assert 200 <= reply.status < 500
