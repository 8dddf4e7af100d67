"""From the row to what is published: selection, management groups, tags, budgets and truncation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from exporters.azure.metrics import plan
from tests.exporters.simulated import GATEWAYS, POSTGRES, SECRET, STORAGE, azure, fleet_text, of, own

INGRESS = "azure_storage_storageaccounts_ingress_bytes_total"
TOTALS = {"type": STORAGE, "names": ["Ingress"]}
RESOURCES: dict[str, list[dict[str, Any]]] = {
    "shop-a": [
        {"type": STORAGE, "name": "st{n}", "count": 3, "tags": {"Team": "shop", "cost-center": "7"}},
        {"type": STORAGE, "name": "tmp{n}", "count": 2, "resource_group": "scratch"},
        {"type": STORAGE, "name": "log", "region": "northeurope", "tags": {"team": "ops"}},
        {"type": POSTGRES, "name": "pg"},
        {"type": GATEWAYS, "name": "gw"},
    ],
    "shop-b": [{"type": STORAGE, "name": "far{n}", "count": 2, "region": "northeurope"}],
}


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the simulated application signs in with."""
    monkeypatch.setenv(SECRET, "simulator")


@pytest.mark.parametrize("graph", [True, False], ids=["graph", "listing"])
@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ({"select": {"names": ["st*"]}, "exclude": [{"names": ["st2"]}]}, {"st1", "st3"}),
        ({"select": {"regions": ["northeurope"]}}, {"log", "far1", "far2"}),
        ({"select": {"tags": {"team": "*"}}}, {"st1", "st2", "st3", "log"}),
        ({"select": {"tags": {"TEAM": "SHOP"}}}, {"st1", "st2", "st3"}),
        (
            {"exclude": [{"resource_groups": ["Scratch"]}, {"regions": ["northeurope"]}]},
            {"st1", "st2", "st3"},
        ),
        (
            {"exclude": [{"tags": {"team": "shop"}, "names": ["*1"]}]},
            {"st2", "st3", "tmp1", "tmp2", "log", "far1", "far2"},
        ),
    ],
)
async def test_selection(tmp_path: Path, keys: dict[str, Any], names: set[str], graph: bool) -> None:
    """The same resources are chosen through Resource Graph and through the listing."""
    with azure(tmp_path, fleet_text(RESOURCES)) as simulator:
        if not graph:
            simulator.order(kind="status", status=400, apis=["graph"])
        collector = simulator.collector(TOTALS, **keys)
        assert set(of(await collector.collect(), INGRESS)) == names
        await collector.close()


async def test_a_metric_row_narrows_further(tmp_path: Path) -> None:
    """Its own selection holds beside the exporter's, and each narrowing is a group of calls."""
    rows = (
        {**TOTALS, "select": {"names": ["st1", "tmp*"]}},
        {"type": STORAGE, "names": ["Egress"], "exclude": [{"names": ["st1"]}]},
    )
    with azure(tmp_path, fleet_text({"shop-a": RESOURCES["shop-a"]})) as simulator:
        collector = simulator.collector(*rows, exclude=[{"resource_groups": ["scratch"]}])
        result = await collector.collect()
        assert set(of(result, INGRESS)) == {"st1"}
        assert set(of(result, INGRESS.replace("ingress", "egress"))) == {"st2", "st3", "log"}
        await collector.close()


async def test_management_groups(tmp_path: Path) -> None:
    """Subscriptions below a management group are read under Azure's name for them; while it cannot be read
    they stay, and what is wrong is said.
    """
    with azure(tmp_path, fleet_text(RESOURCES, management_groups={"corp": ["shop-b"]})) as simulator:
        collector = simulator.collector(TOTALS, management_groups=["corp"], select={"names": ["*1"]})
        # The estate names one of the two.
        collector.catalogue.scopes = [one for one in collector.catalogue.scopes if one.name == "shop-a"]
        result = await collector.collect()
        assert result.problems == ()
        assert set(of(result, INGRESS)) == {"st1", "tmp1", "far1"}
        infos = next(family for family in result.families if family.name == "azure_resource_info")
        names = {
            sample.labels.get("resource_name"): sample.labels.get("subscription") for sample in infos.samples
        }
        assert names == {"st1": "shop-a", "tmp1": "shop-a", "far1": "shop-b"}
        simulator.order(kind="status", status=400, apis=["graph"])
        simulator.forward(240)
        result = await collector.collect()
        assert "management group corp: graph: 400" in "; ".join(result.problems)
        assert set(of(result, INGRESS)) == {"st1", "tmp1", "far1"}
        await collector.close()


@pytest.mark.parametrize(
    ("tag_labels", "labels"),
    [
        (["*"], {"tag_team", "tag_cost_center"}),
        (["TEAM"], {"tag_team"}),
        ([], set()),
        (["cost*"], {"tag_cost_center"}),
    ],
)
async def test_tags_as_labels(tmp_path: Path, tag_labels: list[str], labels: set[str]) -> None:
    """Only the tags that are asked for, whatever their case."""
    with azure(tmp_path, fleet_text({"shop-a": RESOURCES["shop-a"][:1]})) as simulator:
        collector = simulator.collector(TOTALS, tag_labels=tag_labels)
        result = await collector.collect()
        (info, *_) = next(each for each in result.families if each.name == "azure_resource_info").samples
        assert {name for name, _ in info.labels.pairs if name.startswith("tag_")} == labels
        await collector.close()


async def test_the_budget(tmp_path: Path) -> None:
    """What is over is left out, counted and said once; what stays is the largest."""
    with azure(tmp_path, fleet_text({"shop-a": RESOURCES["shop-a"]})) as simulator:
        whole = simulator.collector(TOTALS)
        limited = simulator.collector(TOTALS, budget={"per_metric": 2})
        with capture_logs() as logs:
            for _ in range(3):
                everything = of(await whole.collect(), INGRESS)
                kept = of(await limited.collect(), INGRESS)
                simulator.forward()
        assert sorted(kept.values()) == sorted(everything.values())[-2:]
        assert own(limited, "azure_metrics_dropped_series") == {
            '{limit="per_metric",metric="Ingress",type="microsoft.storage/storageaccounts"}': 4.0
        }
        said = [each for each in logs if each["event"] == "series over budget"]
        assert [each["left_out"] for each in said] == [
            "4 of Ingress (microsoft.storage/storageaccounts) over per_metric"
        ]
        assert own(whole, "azure_metrics_dropped_series") == {}
        await whole.close()
        await limited.close()


async def test_what_azure_cuts_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many series as were asked for: Azure does not say that there are more, so we do."""
    monkeypatch.setattr(plan, "SERIES_PER_CALL", 10)
    behaviour = {"behaviour": {"combinations": 30, "cardinality": {"ApiName": 30}}}
    row = {"type": STORAGE, "names": ["Ingress"], "dimensions": ["ApiName"]}
    with azure(tmp_path, fleet_text({"shop-a": RESOURCES["shop-a"][:1]}, **behaviour)) as simulator:
        collector = simulator.collector(row)
        await collector.collect()
        assert own(collector, "azure_metrics_truncated_total") == {
            '{type="microsoft.storage/storageaccounts"}': 3.0
        }
        await collector.close()


async def test_definitions_of_many_subscriptions_share_one_pace(tmp_path: Path) -> None:
    """Azure counts definitions per principal: so does the bucket, and none is fetched twice."""
    with azure(tmp_path, fleet_text(RESOURCES)) as simulator:
        rows = ({"type": each, "names": ["Nothing"]} for each in (STORAGE, POSTGRES, GATEWAYS))
        collector = simulator.collector(*rows)
        for _ in range(3):
            await collector.collect()
            simulator.forward()
        requests = own(collector, "azure_api_requests_total")
        assert {labels for labels in requests if "batch" in labels} == set()
        assert requests['{api="definitions",code="200"}'] == 3.0
        levels = own(collector, "azure_api_bucket_level_ratio")
        assert [labels for labels in levels if "definitions" in labels] == ['{api="definitions"}']
        problems = own(collector, "azure_metrics_config_problems")
        assert sorted(problems.values()) == [1.0, 1.0, 1.0]
        await collector.close()
