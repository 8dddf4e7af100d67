"""Calls, series and money without Azure: pure figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from estate.errors import UsageError
from exporters.advice.bill import Price
from exporters.advice.calls import readings_per_day
from singlepane.commands.exporter import app
from tests.exporters.doubles import DATA

SEVERAL = str(DATA / "exporters" / "roles" / "several.yaml")


def plan(*arguments: str, config: str = SEVERAL) -> Any:
    """The document of a plan without Azure."""
    ran = CliRunner().invoke(app, ["plan", "--config", config, "-o", "json", *arguments])
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


@pytest.mark.parametrize(
    ("step", "interval", "times"),
    [
        (60, 60, 1440),  # every minute
        (60, 90, 960),  # at most once a cycle
        (300, 60, 288),
        (300, 120, 240),  # the first cycle after five minutes is the third
        (3600, 60, 288 + 24),  # every new hour, and every five minutes for late points
        (86400, 60, 288 + 1),
    ],
)
def test_readings_of_a_day(step: int, interval: int, times: int) -> None:
    """A group is read when it has a new bucket; long buckets also every five minutes."""
    assert readings_per_day(step, interval) == times


def test_a_thousand_accounts_with_twenty_metrics(tmp_path: Path) -> None:
    """20 calls, as the minimum says; 876,000 a month are within the free ones, and a second row is not."""
    names = ", ".join(f"M{number}" for number in range(20))
    file = tmp_path / "exporter.yaml"
    file.write_text(
        "apiVersion: singlepane/v1\nname: a\n"
        "tenants: {main: {id: 6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001}}\n"
        "subscriptions: {prod: {id: 2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000a, tenant: main}}\n"
        "exporters: {a: {kind: azure, scope: [prod], metrics: ["
        f"{{type: Microsoft.Storage/storageAccounts, names: [{names}], "
        "aggregations: [Total, Average]}]}}\n"
    )
    document = plan("--resources", "Microsoft.Storage/storageAccounts=1000", config=str(file))
    assert document["totals"] == {
        "calls_per_cycle": 20,
        "calls_per_day": 28_800,
        "series_at_least": 40_000,
        "usd_per_month": 0.0,
    }
    document = plan(
        "--resources", "Microsoft.Storage/storageAccounts=1001", "--free-calls", "0", config=str(file)
    )
    assert document["subscriptions"] == [
        {
            "subscription": "prod",
            "calls_per_day": 30_240,
            "calls_per_month": 919_800,
            "usd_per_month": 9.2,
        }
    ]


def test_the_price() -> None:
    """Free calls first, then by the thousand."""
    assert [Price().month(calls) for calls in (0, 1_000_000, 1_500_000)] == [0, 0, 5]
    assert Price(0.02, 0).month(1_000_000) == 20


def test_what_an_estimate_cannot_know_is_said() -> None:
    """Aggregations, management groups, types without a count."""
    document = plan("--resources", "Microsoft.Storage/storageAccounts@westeurope=10")
    assert document["notes"] == [
        "storage: metrics without aggregations are taken to have the same primary one; "
        "where they differ, there are a few more calls.",
        "storage: subscriptions below management groups are not counted.",
        "storage: no count for Microsoft.Storage/storageAccounts/blobServices: taken as none.",
        "vaults: metrics without aggregations are taken to have the same primary one; "
        "where they differ, there are a few more calls.",
        "vaults: no count for Microsoft.KeyVault/vaults: taken as none.",
    ]
    assert {(each["region"], each["subscription"]) for each in document["groups"]} == {
        ("westeurope", "shop-a"),
        ("westeurope", "shop-b"),
    }


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("storage=10", "--resources: 'storage=10' is no count of resources", "write it as "),
        ("Microsoft.Storage/storageAccounts=-1", "'Microsoft.Storage/storageAccounts=-1' is no", "write it"),
        (
            "Microsoft.Storage/storageAccount=1",
            "--resources: no exporter reads Microsoft.Storage/storageAccount",
            "did you mean Microsoft.Storage/storageAccounts?",
        ),
    ],
)
def test_wrong_counts(text: str, message: str, remedy: str) -> None:
    """What is no count, or of no configured type, is refused with what to write."""
    ran = CliRunner().invoke(app, ["plan", "--config", SEVERAL, "--resources", text])
    assert isinstance(ran.exception, UsageError)
    assert message in ran.exception.message
    assert ran.exception.remedy.startswith(remedy)
