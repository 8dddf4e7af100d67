"""The dated table of what was learnt, out of one exporter and into another."""

from __future__ import annotations

import json
from pathlib import Path
from time import time
from typing import Any

import pytest
from typer.testing import CliRunner

from exporters.azure.metrics import table
from exporters.azure.metrics.evidence import Evidence, evenly
from exporters.azure.metrics.state import save
from singlepane.commands.exporter import app
from tests.exporters.azure_values import STORAGE

NOW = 1_780_000_000.0
PLACE = (STORAGE.lower(), "PT1M")
LEARNT = {
    PLACE: {
        "westeurope": evenly(295.0, 4_200, NOW - 7200, NOW - 60),
        "northeurope": evenly(240.0, 600, NOW - 3600, NOW - 60),
        "": evenly(500.0, 9_000, NOW - 7200, NOW - 60),
    },
    (STORAGE.lower(), "PT1H"): {"westeurope": Evidence(since=NOW - 60, until=NOW)},
}


def text(**changes: Any) -> str:
    """A table with one line, in which keys are changed; those of the whole begin with `_`."""
    line = {
        "type": STORAGE.lower(),
        "provider": "microsoft.storage",
        "region": "westeurope",
        "grain": "PT1M",
        "lag_seconds": 330.0,
        "wrong_seconds": 295.0,
        "points": 4200,
        "since": "2026-05-27T00:00:00Z",
        "until": "2026-05-28T00:00:00Z",
    }
    line |= {key: value for key, value in changes.items() if key[0] != "_"}
    whole = {
        "apiVersion": table.VERSION,
        "written": "2026-05-28T00:00:00Z",
        "exporter": "1.2.3",
        "lags": [{key: value for key, value in line.items() if value is not None}],
    }
    return json.dumps(whole | {key[1:]: value for key, value in changes.items() if key[0] == "_"})


def test_what_was_learnt_is_a_line_for_each_place() -> None:
    """By type, region and grain, in order; what says nothing, or not where, is left out."""
    found = table.parse(table.document(table.lines([LEARNT]), "1.2.3", NOW), NOW)
    assert [(each.region, each.grain, each.wrong_seconds, each.points) for each in found.lags] == [
        ("northeurope", "PT1M", 240.0, 600),
        ("westeurope", "PT1M", 295.0, 4200),
    ]
    assert found.lags[1].lag_seconds == 330.0
    assert found.lags[1].provider == "microsoft.storage"
    assert (found.exporter, found.written.timestamp()) == ("1.2.3", NOW)


def test_shards_and_rows_are_one() -> None:
    """The latest of all holds, and all that they watched."""
    (line, *_) = table.lines([{PLACE: {"westeurope": LEARNT[PLACE][each]}} for each in ("westeurope", "")])
    assert (line.wrong_seconds, line.points) == (500.0, 13_200)


def test_of_two_tables_the_later_lag_holds() -> None:
    """And of two that are as late the newer one."""
    one, two, three = (
        table.parse(text(**each).encode(), NOW)
        for each in (
            {},
            {"wrong_seconds": 310, "points": 9},
            {"wrong_seconds": 310, "points": 8, "until": "2026-05-27T00:00:01Z"},
        )
    )
    (line,) = table.merged([one, two, three])
    assert (line.wrong_seconds, line.points) == (310, 9)


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        ("", "truncated"),
        ("[]", "Expected `object`"),
        ("[" * 5000, "."),
        (text(_apiVersion="singlepane/lags/v2"), "apiVersion"),
        (text(_more=1), "unknown field `more`"),
        (text(points=None), "missing required field `points`"),
        (text(points=0), "points"),
        (text(points=1.5), "points"),
        (text(wrong_seconds=-1), "wrong_seconds"),
        (text(lag_seconds=901), "lag_seconds"),
        (text(wrong_seconds=400), "at least the age"),
        (text(type="Storage"), "type"),
        (text(provider="microsoft.network"), "provider"),
        (text(region="West Europe"), "region"),
        (text(grain="PT2M"), "grain"),
        (text(since="yesterday"), "since"),
        (text(since="2026-05-27T00:00:00"), "offset"),
        (text(since="2026-05-28T00:00:01Z"), "not in order"),
        (text(until="2026-06-15T00:00:00Z"), "not past"),
        (text(_written="2026-06-15T00:00:00Z"), "not past"),
        (text(_written="2026-05-28T00:00:00"), "offset"),
    ],
)
def test_anything_else_is_refused(spoilt: str, said: str) -> None:
    """With what is wrong and where."""
    with pytest.raises(table.TableError, match=said):
        table.parse(spoilt.encode(), NOW)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The state folder of an exporter with two rows, which are watched until now."""
    since = time() - 7200
    for name, wrong in (("platform", 295.0), ("data.shard-1", 355.0)):
        lags = {PLACE: {"westeurope": evenly(wrong, 4_200, since, since + 7200)}}
        save(tmp_path / "from" / f"{name}.counters", {}, lags, since)
    return tmp_path / "from"


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `singlepane exporter lags`."""
    done = CliRunner().invoke(app, ["lags", *arguments])
    return done.exit_code, done.stdout, done.stderr or str(done.exception)


def test_exported_is_imported(state: Path, tmp_path: Path) -> None:
    """Into a folder that is not there yet, and a second time without a change."""
    code, written, _ = run("export", "--state", str(state))
    assert code == 0
    file = tmp_path / "lags.json"
    file.write_text(written)
    into = tmp_path / "to"
    code, _, said = run("import", str(file), "--state", str(into))
    assert code == 0
    assert "1 lags offered in" in said
    assert "next start" in said
    before = (into / table.FILE).read_bytes()
    (line,) = json.loads(before)["lags"]
    assert (line["wrong_seconds"], line["provider"]) == (355.0, "microsoft.storage")
    code, _, said = run("import", str(file), "--state", str(into))
    assert code == 0
    assert "offered already" in said
    assert (into / table.FILE).read_bytes() == before
    assert [each.name for each in into.iterdir()] == [table.FILE]


def test_only_the_rows_of_a_configuration(state: Path, tmp_path: Path) -> None:
    """All shards of a row are one; the rows of others stay out."""
    config = tmp_path / "exporter.yaml"
    config.write_text(
        "apiVersion: singlepane/v1\nname: platform\ncluster: prod-weu\n"
        "subscriptions: {shop: {id: 2b1c8f30-7d51-4c8e-9a46-3f1f6d2b0001, tenant: main}}\n"
        "tenants: {main: {id: 6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001, credential: {kind: cli}}}\n"
        "exporters:\n"
        f"  data: {{kind: azure, scope: [shop], metrics: [{{type: {STORAGE}, names: [Ingress]}}]}}\n"
    )
    code, written, said = run("export", "--state", str(state), "--config", str(config))
    assert code == 0, said
    assert [each["wrong_seconds"] for each in json.loads(written)["lags"]] == [355.0]


def test_what_cannot_be_used_is_said_and_changes_nothing(state: Path, tmp_path: Path) -> None:
    """A folder without a state, a damaged state, a table that is none."""
    assert run("export", "--state", str(tmp_path / "none"))[0] != 0
    (state / "more.counters").write_bytes(b"\xff")
    assert run("export", "--state", str(state))[0] != 0
    assert (state / "more.counters").read_bytes() == b"\xff"
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(
        text(since="2024-01-14T00:00:00Z", until="2024-01-15T00:00:00Z", _written="2024-01-15T00:00:00Z")
    )
    bad.write_text(text(grain="PT2M"))
    into = tmp_path / "to"
    code, _, said = run("import", str(good), str(bad), "--state", str(into))
    assert code != 0
    assert "the grain is one of" in said
    assert not into.exists()
    code, _, said = run("import", str(good), "--state", str(into))
    assert code == 0
    assert "1 of them too old to count" in said
