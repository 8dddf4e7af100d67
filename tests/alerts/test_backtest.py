"""When an alert would have fired: by hand, and by a real Prometheus over stored samples."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from alerts.backtest import Firing, firings, pages
from singlepane.program import program
from tests.dashboards.server import backfill, prometheus

STEP = 60.0


def _fired(minutes: list[int], waits: float, keeps: float) -> list[tuple[float, float, bool]]:
    found = firings({"cluster": "a"}, [each * STEP for each in minutes], STEP, 20 * STEP, waits, keeps)
    return [(each.begin / STEP, each.end / STEP, each.ended) for each in found]


@pytest.mark.parametrize(
    ("minutes", "waits", "keeps", "fired"),
    [
        ([], 0, 0, []),
        ([3, 4, 5], 0, 0, [(3, 6, True)]),
        # `for` begins at the first evaluation, and anew after each that is false.
        ([3, 4, 5, 6], 120, 0, [(5, 7, True)]),
        ([3, 4, 6, 7], 120, 0, []),
        ([3, 4, 6, 7, 8, 9], 120, 0, [(8, 10, True)]),
        # Two firings, and one that goes on over the gap.
        ([3, 4, 8, 9], 0, 0, [(3, 5, True), (8, 10, True)]),
        ([3, 4, 8, 9], 0, 300, [(3, 15, True)]),
        # At the end of what was looked at.
        ([18, 19, 20], 0, 0, [(18, 20, False)]),
        ([18, 19], 0, 300, [(18, 20, False)]),
    ],
)
def test_one_series(minutes: list[int], waits: float, keeps: float, fired: list[Any]) -> None:
    """At each minute named the expression is true; it is looked at for twenty."""
    assert _fired(minutes, waits, keeps) == fired


def test_what_belongs_together_is_told_once() -> None:
    """By cluster and namespace, as notifications are grouped."""

    def firing(begin: float, end: float, **labels: str) -> Firing:
        return Firing(labels, begin, end, True)

    rows = [
        firing(0, 100, cluster="a", pod="1"),
        firing(50, 200, cluster="a", pod="2"),
        firing(150, 160, cluster="a", pod="1"),
        firing(300, 400, cluster="a", pod="1"),
        firing(50, 200, cluster="b", pod="1"),
        firing(50, 200, cluster="a", namespace="shop", pod="1"),
    ]
    assert pages(rows) == 4


RULES = """\
groups:
  - name: shop
    rules:
      - record: job:up:min
        expr: min by (job) (up)
      - alert: ShopDown
        expr: up{job="shop"} == 0
        for: 5m
        labels: {severity: critical}
"""


def _run(*words: str) -> Any:
    return CliRunner().invoke(program(["alerts"]), ["alerts", "backtest", *words])


def test_over_stored_samples(tmp_path: Path) -> None:
    """Ten minutes away are a firing of five, four are none; also where one answer cannot have all points."""
    end = int(time.time()) // 60 * 60 - 600
    begin = end - 4 * 3600
    down = {*range(begin + 3600, begin + 4200, 60), *range(begin + 7200, begin + 7440, 60)}
    samples = "".join(
        f'up{{job="shop",cluster="prod-weu"}} {int(at not in down)} {at}\n' for at in range(begin, end, 60)
    )
    data = backfill(tmp_path, f"# TYPE up gauge\n{samples}# EOF\n")
    file = tmp_path / "rules.yaml"
    file.write_text(RULES)
    with prometheus(tmp_path, data) as client:
        words = (str(file), "--url", str(client.base_url), "--range", "5h")
        text = _run(*words).stdout
        document = json.loads(_run(*words, "-o", "json").stdout)
        calm = _run(*words[:-1], "1h").stdout
        fine = json.loads(_run(*words, "--step", "1s", "-o", "json").stdout)
    (alert,) = document["alerts"]
    (firing,) = alert["firings"]
    assert firing["labels"] == {"cluster": "prod-weu", "job": "shop"}
    assert (firing["begin"], firing["end"]) == (begin + 3900, begin + 4200)
    assert (alert["alert"], alert["seconds"], alert["notifications"]) == ("ShopDown", 300, 1)
    assert text.startswith("ShopDown: 1 firing within 5h, 1 notification, 5m in all, the longest 5m\n")
    assert calm == "ShopDown: would not have fired within 1h\n"
    (firing,) = fine["alerts"][0]["firings"]
    assert (firing["begin"], firing["end"]) == (begin + 3900, begin + 4200)


@pytest.mark.parametrize(
    ("content", "words", "error"),
    [
        ("groups: [", (), "is no rule file"),
        ("a: b", (), "is no rule file"),
        ("groups: [{name: a, rules: [{record: a, expr: b}]}]", (), "has no alert"),
        (RULES, ("--range", "a week"), "--range: 'a week' is not a duration"),
        (RULES, (), "ShopDown: not reached"),
    ],
)
def test_what_cannot_be_is_said(content: str, words: tuple[str, ...], error: str, tmp_path: Path) -> None:
    """In words, with a remedy."""
    file = tmp_path / "rules.yaml"
    file.write_text(content)
    assert error in str(_run(str(file), "--url", "http://127.0.0.1:1", *words).exception)


def test_an_alert_that_there_is_not() -> None:
    """Names of alerts are in the list."""
    assert "there is no alert 'Nothing'" in str(_run("Nothing", "--url", "http://127.0.0.1:1").exception)
