"""Names and quantities: what is legal, what is not, and what is offered instead."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from estate import names
from estate.quantities import Count, Duration, seconds
from estate.spelling import Spelling
from estate.suggest import closest, offer

RULES = [rule for rule in vars(names).values() if isinstance(rule, Spelling)]
LEGAL = {
    names.DNS_LABEL: ["a", "0", "shop-2", "x" * 63],
    names.CLUSTER_NAME: ["a", "prod-weu", "x" * 40],
    names.STORAGE_ACCOUNT: ["abc", "0" * 24],
    names.CONTAINER: ["abc", "a-b-c", "0" * 63],
    names.REGION: ["westeurope", "eastus2", "eastus2euap"],
    names.UUID: ["6F0F4C2E-5a55-4d0f-9d8e-0f7f1c1a0001"],
    names.KUBERNETES_VERSION: ["1.30", "1.36.12"],
    names.ENGINE_VERSION: ["3.14.0", "0.42.12"],
    names.METRIC_NAME: ["up", "_a", "job:up:sum", "A9"],
    names.LABEL_NAME: ["a", "_a", "A_9"],
    names.LABEL_VALUE: ["", "a", "A-b_c.9", "x" * 63],
    names.OBJECT_LABEL: ["team", "shop.example/Team_1.a", "a" * 63],
    names.RESOURCE_TYPE: ["Microsoft.Storage/storageAccounts", "a/b/c"],
    names.SECRET: ["env:A_1", "file:/run/secret", "keyvault:shop/token"],
    names.WORKLOAD_OR_SECRET: ["workload", "env:A"],
    names.WORKLOAD_CLI_OR_SECRET: ["workload", "cli", "env:A"],
    names.DNS_NAME: ["a", "managed-csi", "a.b-c.d"],
    names.HOST_NAME: ["10.20.0.10", "hub.internal.example", "hub"],
    names.REGISTRY: ["mirror.example", "mirror.example:5000/copies", "localhost:5000"],
    names.IMAGE_NAME: ["quay.io/thanos/thanos", "localhost:5000/a/b-c_d"],
    names.DIGEST: ["sha256:" + "0a" * 32],
    names.ALERT_NAME: ["ClusterSilent", "_a1"],
    names.CLOCK_TIME: ["00:00", "09:30", "23:59", "24:00"],
    names.MOMENT: ["2026-12-01T20:00+01:00", "2026-12-01T19:00Z", "2026-12-01T19:00:59-03:30"],
    names.MAIL_ADDRESS: ["oncall@shop.example", "a+b.c@d"],
    names.MAIL_SERVER: ["smtp.shop.example:587", "10.0.0.1:25"],
    names.URL: ["http://a", "https://a.example:8443/b?c=d#e"],
}
WRONG = {
    names.DNS_LABEL: ["", "-a", "a-", "A", "a.b", "a_b", "x" * 64, "a\n", "é"],
    names.CLUSTER_NAME: ["", "1a", "a-", "Prod", "x" * 41],
    names.STORAGE_ACCOUNT: ["ab", "0" * 25, "a-b-c", "ABC", "٣٣٣"],
    names.CONTAINER: ["ab", "a--b", "-abc", "abc-", "Abc", "$logs"],
    names.REGION: ["West Europe", "west-europe", "2us"],
    names.UUID: ["", "6f0f4c2e5a554d0f9d8e0f7f1c1a0001", "{6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001}"],
    names.KUBERNETES_VERSION: ["1", "2.0", "v1.36", "1.36.", "latest"],
    names.ENGINE_VERSION: ["3.14", "v3.14.0", "3.14.0-rc.0", "latest", "1.2.3.4"],
    names.METRIC_NAME: ["", "9a", "a-b", "a b"],
    names.LABEL_NAME: ["", "__a", "a:b", "9"],
    names.LABEL_VALUE: ["-a", "a b", "a/", "x" * 64],
    names.OBJECT_LABEL: ["", "-a", "a-", "a/b/c", "/a", "Shop.example/a", "a b", "a" * 64],
    names.RESOURCE_TYPE: ["", "storageAccounts", "a/", "/a"],
    names.SECRET: ["", "hunter2", "env:", "env:1A", "file:", "keyvault:a/b", "ENV:A"],
    names.WORKLOAD_OR_SECRET: ["cli", "Workload"],
    names.WORKLOAD_CLI_OR_SECRET: ["az"],
    names.DNS_NAME: ["", "-a", "a.", "a..b", "A", "a b"],
    names.HOST_NAME: ["", "https://a", "a:80", "a/", "A", "::1"],
    names.REGISTRY: ["", "https://a.example", "a.example/", "copies", "a.example/Copies"],
    names.IMAGE_NAME: ["thanos/thanos", "quay.io/thanos/thanos:v1", "quay.io/a@sha256:0", "quay.io"],
    names.DIGEST: ["", "sha256:0a", "sha512:" + "0a" * 32, "SHA256:" + "0a" * 32],
    names.ALERT_NAME: ["", "9a", "Cluster Silent", "a-b"],
    names.CLOCK_TIME: ["", "9:00", "24:01", "12:60", "12.30", "540"],
    names.MOMENT: ["", "2026-12-01", "2026-12-01T20:00", "2026-12-01 20:00Z", "1/12/2026T20:00Z", "now"],
    names.MAIL_ADDRESS: ["", "a", "@b", "a@", "A <a@b>", "a@b, c@d", "a b@c"],
    names.MAIL_SERVER: ["", "smtp.shop.example", "smtp.shop.example:0", "smtp://a:25", "a:123456"],
    names.URL: ["", "ftp://a", "https://", "https:// a", "a.example"],
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.what)
def test_each_rule_takes_what_is_legal_and_nothing_else(rule: Spelling) -> None:
    """Both tables have an entry for every rule of names.py."""
    assert [value for value in LEGAL[rule] if not rule.fits(value)] == []
    assert [value for value in WRONG[rule] if rule.fits(value)] == []


@given(st.sampled_from(RULES), st.text(max_size=80))
def test_a_refusal_offers_only_what_is_legal(rule: Spelling, value: str) -> None:
    """A quoted offer in the fix is a legal spelling, and a secret rule repeats nothing of the value."""
    if rule.fits(value):
        return
    with pytest.raises(Exception) as caught:
        rule.check(value)
    context = getattr(caught.value, "context", {})
    if context["fix"].startswith('write "'):
        assert rule.fits(context["fix"].split('"')[1])
    if rule.secret and len(value) > 3:
        assert value not in context["message"] + context["fix"] or value in rule.allowed


@pytest.mark.parametrize(
    ("text", "length"),
    [("30s", 30), ("1h30m", 5_400), ("2y", 63_072_000), ("1w1d", 691_200), ("100y", 3_153_600_000)],
)
def test_durations_have_their_length(text: str, length: int) -> None:
    """A year has 365 days, as in Prometheus."""
    assert seconds(text) == length
    assert TypeAdapter(Duration).validate_python(text) == text


@pytest.mark.parametrize(
    "value", ["", "30", "s", "30m1h", "1.5h", "0s", "101y", "-5m", "1 h", 30, None, [], True]
)
def test_what_is_not_a_duration_is_refused(value: object) -> None:
    """Units are needed, largest first, and more than nothing."""
    with pytest.raises(ValidationError):
        TypeAdapter(Duration).validate_python(value)


def duration_fix(value: object) -> str:
    """What is said to write in place of a value; empty for a duration."""
    try:
        TypeAdapter(Duration).validate_python(value)
    except ValidationError as error:
        return str(error.errors()[0]["ctx"]["fix"])
    return ""


@pytest.mark.parametrize(
    ("value", "offered"),
    [
        ("5 Minutes", "5m"),
        ("2 yrs", "2y"),
        ("10 secs", "10s"),
        (" 1 week ", "1w"),
        (90, "90s"),
        # Half a second is not 500 minutes, and a month is no minute.
        ("500ms", ""),
        ("2 months", ""),
        ("101 years", ""),
    ],
)
def test_what_was_meant_is_offered(value: object, offered: str) -> None:
    """Units as people write them, where it is clear which is meant."""
    fix = duration_fix(value)
    assert fix.startswith(f'write "{offered}"' if offered else "use numbers with units")


@pytest.mark.parametrize("value", ["101y", "0s", "99y400d", "0d"])
def test_what_is_out_of_range_is_not_offered_again(value: str) -> None:
    """The fix of a duration that is too long says how long it may be, not the refused value."""
    assert duration_fix(value) == 'write a duration from "1s" to "100y"'


@given(st.text(alphabet=string.digits + "ywdhms yearinutoc", max_size=12) | st.integers())
def test_a_duration_that_is_offered_is_legal(value: object) -> None:
    """No fix is the value that it refuses, and each is taken when it is written."""
    fix = duration_fix(value)
    if fix.startswith('write "'):
        offered = fix.split('"')[1]
        assert offered != value and seconds(offered)


@given(st.text(alphabet=string.digits + "ywdhms. -"))
def test_seconds_gives_a_length_or_refuses(text: str) -> None:
    """Whatever the text, the answer is a positive number of seconds or ValueError."""
    try:
        assert 0 < seconds(text) <= 100 * 31_536_000
    except ValueError as error:
        assert str(error).endswith(("is not a duration", "at most 100y"))


@pytest.mark.parametrize(("value", "count"), [(1, 1), ("400k", 400_000), ("1.5M", 1_500_000), ("12", 12)])
def test_counts_are_read(value: object, count: int) -> None:
    """k is a thousand, M a million."""
    assert TypeAdapter(Count).validate_python(value) == count


@pytest.mark.parametrize(
    "value", [0, -1, 1.5, True, None, "", "k", "1K", "1e3", "9" * 50, 2_000_000_000, "0.0001"]
)
def test_what_is_not_a_count_is_refused(value: object) -> None:
    """Nothing below one, and no other way of writing."""
    with pytest.raises(ValidationError):
        TypeAdapter(Count).validate_python(value)


def test_the_closest_word_is_found() -> None:
    """By letters, without regard to case, and among many."""
    many = [f"prod-weu-{number:03}" for number in range(500)]
    assert closest("regoin", ("region", "version")) == "region"
    assert closest("AVERAGE", ("Average", "Total")) == "Average"
    assert closest("prdo-weu-071", many) == "prod-weu-071"
    assert closest("nothing-like-it", ("region",)) == ""
    assert offer("x", ("a", "b")) == "write one of a, b"
    assert offer("x", ("a",)) == "write a"
    assert offer("x", many, "see the list") == "see the list"
