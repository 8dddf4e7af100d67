"""Shards: all resources are read, none twice, little moves, and each process has files of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate.errors import UsageError
from exporters.azure.calls.clients import Clients
from exporters.azure.calls.pace import RATES
from exporters.azure.discovery.resources import resource
from exporters.collectors import build
from exporters.collectors.azure_metrics import AzureMetrics
from exporters.configuration.config import Config
from exporters.configuration.load import load
from exporters.running.own import Counts, service
from exporters.shard import MOST, WHOLE, Shard, owner, shard
from tests.exporters.configuration.test_config import GOOD
from tests.exporters.simulated import SECRET, STORAGE, azure, fleet_text, of

IDS = [
    f"/subscriptions/{n % 7:08x}-0000-4000-8000-000000000000/resourceGroups/rg{n % 31}"
    f"/providers/Microsoft.Storage/storageAccounts/account{n}"
    for n in range(10_000)
]


@pytest.mark.parametrize("shards", [2, 3, 5, 16, 17, 64])
def test_shards_are_equally_large(shards: int) -> None:
    """Every shard has its part of ten thousand ids, within five standard deviations."""
    sizes = Counter(owner(id, shards) for id in IDS)
    mean = len(IDS) / shards
    assert set(sizes) == set(range(shards))
    assert max(abs(size - mean) for size in sizes.values()) < 5 * (mean * (1 - 1 / shards)) ** 0.5


@pytest.mark.parametrize("shards", [1, 2, 3, 9, 15, 16, 31])
def test_a_shard_more_takes_its_part_and_moves_nothing_else(shards: int) -> None:
    """What moves goes to the new shard alone, and is 1/n of all."""
    moved = [(owner(id, shards), owner(id, shards + 1)) for id in IDS]
    moved = [(before, after) for before, after in moved if before != after]
    assert {after for _, after in moved} == {shards}
    assert {before for before, _ in moved} == set(range(shards))
    part = 1 / (shards + 1)
    assert abs(len(moved) / len(IDS) - part) < 5 * (part * (1 - part) / len(IDS)) ** 0.5


@given(st.text(min_size=1, max_size=60), st.integers(1, MOST))
def test_each_id_has_one_owner_whatever_its_case(id: str, shards: int) -> None:
    """Azure's APIs do not agree on the case of an id."""
    has = owner(id, shards)
    assert 0 <= has < shards
    assert owner(id.lower(), shards) == has


def test_the_owner_never_changes() -> None:
    """Other versions and machines must agree, or resources would be read twice during an update."""
    assert [owner(id, 5) for id in IDS[:16]] == PINNED


PINNED = [3, 3, 4, 0, 4, 1, 2, 4, 3, 2, 1, 4, 3, 1, 1, 3]


def test_resources_are_divided_by_their_id() -> None:
    """One process reads all; of several each says of a resource whether it is its own."""
    found = [each for id in IDS[:200] if (each := resource(id, "westeurope"))]
    assert all(WHOLE.mine(each) for each in found)
    parts = [{each.id for each in found if Shard(index, 3).mine(each)} for index in range(3)]
    assert sum(map(len, parts)) == len(set().union(*parts)) == len(found)


@pytest.mark.parametrize(
    ("text", "hostname", "expected"),
    [
        ("", "", Shard(0, 1)),
        ("0/1", "", Shard(0, 1)),
        ("2/3", "", Shard(2, 3)),
        (" 2/3 ", "", Shard(2, 3)),
        ("auto/3", "exporter-2", Shard(2, 3)),
        ("auto/3", "azure-prod-weu-0", Shard(0, 3)),
    ],
)
def test_the_option(text: str, hostname: str, expected: Shard) -> None:
    """Counted from 0, or the pod's ordinal."""
    assert shard(text, hostname) == expected


@pytest.mark.parametrize(
    ("text", "hostname", "message"),
    [
        ("3", "", "'3' is not a shard"),
        ("3/3", "", "there is no shard 3 of 3"),
        ("0/0", "", "0 shards are not possible"),
        ("0/65", "", "65 shards are not possible"),
        ("-1/3", "", "'-1/3' is not a shard"),
        ("1/3/5", "", "'1/3/5' is not a shard"),
        ("auto", "exporter-1", "'auto' is not a shard"),
        ("auto/2", "exporter-2", "there is no shard 2 of 2"),
        ("auto/2", "laptop", "auto needs a host name that ends in a number, and this is 'laptop'"),
    ],
)
def test_wrong_options(text: str, hostname: str, message: str) -> None:
    """Each mistake is said, and what to write."""
    with pytest.raises(UsageError) as caught:
        shard(text, hostname)
    assert caught.value.message == message
    assert caught.value.remedy


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    """By option and by environment alike."""
    file = tmp_path / "exporter.yaml"
    file.write_text(GOOD)
    program = "from singlepane.main import main; main()"
    command = ["exporter", "run", "--config", str(file)]
    for arguments, environment in ((["--shard", "4/4"], {}), ([], {"EXPORTER_SHARD": "4/4"})):
        ran = subprocess.run(
            [sys.executable, "-P", "-c", program, *command, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **environment},
        )
        assert ran.returncode == UsageError.exit_code
        said = json.loads(ran.stderr.splitlines()[-1])
        assert said["event"] == "not started"
        assert "no shard 4 of 4" in said["error"]


def config(tmp_path: Path) -> Config:
    """A configuration with a row of every kind."""
    file = tmp_path / "exporter.yaml"
    file.write_text(GOOD)
    return load(file)


async def test_what_cannot_be_divided_runs_in_the_first_shard(tmp_path: Path) -> None:
    """Rows of kind json and estate are there once."""
    names = [[each.exporter for each in build(config(tmp_path), None, Shard(index, 3))] for index in range(3)]
    assert names == [["azure", "shop", "inventory"], ["azure"], ["azure"]]


async def test_state_files_are_told_apart(tmp_path: Path) -> None:
    """In one folder too; the first shard goes on with the file of an undivided exporter."""
    files = []
    for part in (WHOLE, Shard(0, 3), Shard(1, 3), Shard(2, 3), Shard(2, 4)):
        collector = build(config(tmp_path), tmp_path, part)[0]
        assert isinstance(collector, AzureMetrics)
        files.append(str(collector._state_file).removeprefix(str(tmp_path)))
        await collector.close()
    assert files == [
        "/azure.counters",
        "/azure.counters",
        "/azure.shard-1.counters",
        "/azure.shard-2.counters",
        "/azure.shard-2.counters",
    ]


def test_a_shard_keeps_to_its_part_of_the_pace() -> None:
    """Azure counts the calls of all of them together."""
    for rate in RATES.values():
        part = rate.shared(4)
        assert part.per_second * 4 == rate.per_second
        assert part.capacity == max(1.0, rate.capacity / 4)


def test_a_metric_says_which_part_it_is() -> None:
    """So that a missing one can be noticed."""
    families = {each.name: each for each in service(Counts(shard=Shard(1, 3)), None)}
    (sample,) = families["exporter_shard_info"].samples
    assert dict(sample.labels.pairs) == {"shard": "1", "shards": "3"}


async def test_three_exporters_read_a_fleet_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the simulator: the parts are those of the whole, and no resource is asked for twice."""
    monkeypatch.setenv(SECRET, "simulator")
    resources = {"shop-a": [{"type": STORAGE, "name": "st{n}", "count": 60}]}
    name = "azure_storage_storageaccounts_ingress_bytes_total"
    with azure(tmp_path, fleet_text(resources)) as simulator:
        parts = []
        for part in (WHOLE, Shard(0, 3), Shard(1, 3), Shard(2, 3)):
            collector = simulator.collector({"type": STORAGE, "names": ["Ingress"]})
            collector.catalogue.mine = part.mine
            collector.clients = Clients(collector.clients.endpoints, f"env:{SECRET}", shard=part)
            parts.append(of(await collector.collect(), name))
            await collector.close()
        whole, *shards = parts
        assert len(whole) == 60
        assert sum(map(len, shards)) == 60
        assert {key: value for part in shards for key, value in part.items()} == whole


async def test_counters_when_the_number_of_shards_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stays counts on, what moves begins again, and what comes back counts on from what it had."""
    monkeypatch.setenv(SECRET, "simulator")
    resources = {"shop-a": [{"type": STORAGE, "name": "st{n}", "count": 12}]}
    name = "azure_storage_storageaccounts_ingress_bytes_total"
    with azure(tmp_path, fleet_text(resources)) as simulator:

        async def run(part: Shard, minutes: int) -> dict[str, float]:
            """One process of some minutes; the values at its end."""
            file = "azure.counters" if part.first else f"azure.shard-{part.index}.counters"
            collector = simulator.collector({"type": STORAGE, "names": ["Ingress"]}, state=file)
            collector.catalogue.mine = part.mine
            values: dict[str, float] = {}
            for _ in range(minutes):
                simulator.forward()
                values = of(await collector.collect(), name)
            await collector.close()
            return values

        alone = await run(WHOLE, 15)
        first, second = await run(Shard(0, 2), 3), await run(Shard(1, 2), 3)
        assert set(first) | set(second) == set(alone) and not set(first) & set(second)
        assert all(first[each] > alone[each] for each in first)
        assert all(second[each] < alone[each] for each in second)
        again = await run(WHOLE, 3)
        assert all(again[each] > first[each] for each in first)
        assert all(again[each] > alone[each] for each in second)
