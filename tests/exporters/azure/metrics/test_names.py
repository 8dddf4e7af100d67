"""Resources whose names hold blanks, quotes and more: read by every API, checked and probed like others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exporters.advice.test_check_plan import bad, config, run, with_module
from tests.exporters.probe.test_azure import probe, probing
from tests.exporters.simulated import SECRET, STORAGE, SUBSCRIPTIONS, azure, fleet_text, of

DATABASES = "Microsoft.Sql/servers/databases"
NAMES = ["orders copy", "orders (old)", "a#1", "o'clock", "straße", "a+b=c;d,e!@$[1]{{2}}|~^"]
SHOWN = {f"sql-a/{name.format().lower()}" for name in NAMES}
ROW = {"type": DATABASES, "names": ["cpu_percent", "storage"], "aggregations": ["Maximum"]}
CPU = "azure_sql_servers_databases_cpu_maximum_ratio"


def fleet(**more: object) -> str:
    """Databases of these names, in a group whose name has letters of another alphabet."""
    rows = [{"type": DATABASES, "name": f"sql-a/{name}", "resource_group": "магазин (1)"} for name in NAMES]
    return fleet_text({"shop-a": rows, "shop-b": [{"type": STORAGE, "name": "st"}]}, **more)


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the simulated application signs in with."""
    monkeypatch.setenv(SECRET, "simulator")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost,.localhost")


@pytest.mark.parametrize("closed", [[], ["batch"], ["batch", "subscription"]])
async def test_each_route_reads_them(tmp_path: Path, closed: list[str]) -> None:
    """The simulator decodes a path once: a name that is encoded twice, or not at all, is not found there."""
    refuses = {api: [DATABASES] for api in closed}
    with azure(tmp_path, fleet(refuses=refuses, behaviour={"absent": 0})) as simulator:
        collector = simulator.collector(ROW)
        result = await collector.collect()
        assert result.problems == ()
        assert set(of(result, CPU)) == SHOWN
        await collector.close()


def test_check_and_modules(tmp_path: Path) -> None:
    """`exporter check` tries a row and a module of them to the end."""
    with azure(tmp_path, fleet()) as simulator:
        code, document = run("check", "--config", config(simulator, ROW))
        assert (code, [each for each in bad(document) if each[2] != "unseen"]) == (0, [])
        target = f"/subscriptions/{SUBSCRIPTIONS['shop-a']}/resourceGroups/магазин (1)"
        module = with_module(simulator, target, metrics=[ROW])
        code, document = run("check", "--config", module)
        assert (code, bad(document)) == (0, [])


async def test_probes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A target is the id as Azure shows it, in whatever case."""
    with azure(tmp_path, fleet(behaviour={"absent": 0})) as simulator:
        async with probing(simulator, monkeypatch, targets=["shop-a"], metrics=[ROW]) as (client, _):
            for each in simulator.world.inventory.resources.values():
                if each.type.key == DATABASES.lower():
                    status, text, found = await probe(client, each.id)
                    assert (status, "probe_success 1" in text) == (200, True), text
                    assert any(key.startswith(CPU) for key in found)
