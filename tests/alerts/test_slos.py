"""SLOs: what is recorded of them, under Sloth's names, by Prometheus' own engine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from alerts.recorded import OF_SLOS, OF_SLOTH
from alerts.rules import rule_files
from alerts.slos import NAME, records
from deploy.engines import find
from estate.model import Estate
from tests.alerts.rendered import BASE_URL, example

ORDERS = {
    "service": "shop",
    "objective": 99.9,
    "errors": 'rate(requests_total{code="500"}[${window}])',
    "total": "rate(requests_total[${window}])",
    "team": "shop",
}


def estate_with(**slos: Any) -> Estate:
    """The example estate with these SLOs."""
    return Estate.model_validate({**example().model_dump(by_alias=True), "slos": slos})


def test_names_are_those_of_sloth() -> None:
    """All of them, so that what reads Sloth's series reads these; one more says where hardly anybody is."""
    (group,) = records(estate_with(orders=ORDERS)).document["groups"]
    assert {rule["record"] for rule in group["rules"]} == OF_SLOTH | OF_SLOS


def test_without_slos_there_are_no_rules() -> None:
    """And with some there are the alerts on them."""
    assert not {"slos", NAME} & {file.name for file in rule_files(example(), BASE_URL)}
    assert {"slos", NAME} <= {file.name for file in rule_files(estate_with(orders=ORDERS), BASE_URL)}


def _sample(name: str, value: float, cluster: str = "prod-weu", **more: str) -> dict[str, Any]:
    labels = {"cluster": cluster, "sloth_id": "shop-orders", "sloth_service": "shop", "sloth_slo": "orders"}
    text = ", ".join(f'{key}="{each}"' for key, each in {**labels, "team": "shop", **more}.items())
    return {"labels": f"{name}{{{text}}}", "value": value}


def _check(at: str, name: str, *samples: dict[str, Any]) -> dict[str, Any]:
    return {"expr": name, "eval_time": at, "exp_samples": list(samples)}


def test_what_is_recorded(tmp_path: Path) -> None:
    """Of a cluster where a thousandth fails twice over, of one where nothing has failed yet, of one where
    nothing happens, and of one that measures nothing.
    """
    estate = estate_with(orders={**ORDERS, "clusters": ["prod-weu", "prod-neu", "hub-weu"]})
    (group,) = records(estate).document["groups"]
    # promtool knows nothing of partial responses.
    assert group.pop("partial_response_strategy") == "warn"
    (tmp_path / "rules.json").write_text(json.dumps({"groups": [group]}))
    ratio = "slo:sli_error:ratio_rate5m"
    info = 'singlepane_estate_cluster_info{cluster="hub-weu", expected_cluster="%s"}'
    inventory = [
        {"series": info % name, "values": "1x500"} for name in ("prod-weu", "prod-neu", "hub-weu", "prod-eus")
    ]
    tests = {
        "rule_files": ["rules.json"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    *inventory,
                    {"series": 'requests_total{cluster="prod-weu", code="200"}', "values": "0+998x500"},
                    {"series": 'requests_total{cluster="prod-weu", code="500"}', "values": "0+2x500"},
                    {"series": 'requests_total{cluster="prod-neu", code="200"}', "values": "0+1x500"},
                    {"series": 'requests_total{cluster="idle", code="200"}', "values": "7x500"},
                ],
                "promql_expr_test": [
                    _check(
                        "4h",
                        ratio,
                        _sample(ratio, 0.002, sloth_window="5m"),
                        _sample(ratio, 0, "prod-neu", sloth_window="5m"),
                        _sample(ratio, 0, "idle", sloth_window="5m"),
                    ),
                    _check(
                        "4h",
                        "slo:objective:ratio",
                        _sample("slo:objective:ratio", 0.999),
                        _sample("slo:objective:ratio", 0.999, "prod-neu"),
                        _sample("slo:objective:ratio", 0.999, "hub-weu"),
                    ),
                    _check(
                        "4h",
                        "round(slo:current_burn_rate:ratio, 0.001)",
                        _sample("", 2),
                        _sample("", 0, "prod-neu"),
                    ),
                    _check(
                        "4h",
                        "round(slo:period_error_budget_remaining:ratio, 0.001)",
                        _sample("", -1),
                        _sample("", 1, "prod-neu"),
                    ),
                    # 60 within an hour are few, and none are fewer.
                    _check(
                        "4h",
                        "round(slo:few_events:count1h)",
                        _sample("", 60, "prod-neu"),
                        _sample("", 0, "idle"),
                    ),
                ],
            }
        ],
    }
    (tmp_path / "tests.json").write_text(json.dumps(tests))
    done = subprocess.run(
        [find("promtool"), "test", "rules", "tests.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("objective", [0, 100, 100.5, -1])
def test_a_promise_of_all_is_none(objective: float) -> None:
    """With nothing that may fail there is no budget to burn."""
    with pytest.raises(ValueError, match="objective"):
        estate_with(orders={**ORDERS, "objective": objective})
