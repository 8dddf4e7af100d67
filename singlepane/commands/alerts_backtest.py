"""`singlepane alerts backtest`: when a rule would have fired, by data that is stored."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
import yaml

from alerts import rules
from alerts.backtest import Firing, firings, pages
from dashboards.preview.asking.api import Api
from dashboards.preview.frames.results import series
from deploy.cluster_wiring import rule_files
from deploy.verify.words import counted
from estate.errors import SurroundingsError, UsageError
from estate.load import load
from estate.quantities import seconds
from singlepane import output
from singlepane.bearer import TokenOption, signed
from singlepane.which import EstateOption, estate_file

# Prometheus gives at most 11,000 points of a series at once.
POINTS = 10_000
SHOWN = 20


def backtest(
    rule: Annotated[
        str, typer.Argument(metavar="ALERT|FILE", help="The name of an alert of the estate, or a rule file.")
    ],
    *,
    url: Annotated[str, typer.Option("--url", help="A Prometheus-compatible API, such as Thanos Query's.")],
    back: Annotated[str, typer.Option("--range", help="How far back, such as 30d.")] = "7d",
    step: Annotated[str, typer.Option("--step", help="How often the rule is evaluated.")] = "1m",
    token: TokenOption = None,
    estate: EstateOption = None,
    form: output.FormatOption = output.Format.text,
) -> None:
    """Say when a rule would have fired, for how long, and how often people would have been told.

    Its expression is asked over the whole time, with its `for`. An alert of the estate has the estate's
    thresholds. Firings of one cluster and namespace at the same time are one notification. Silences, hours
    and alerts that hold others back are not looked at.

    Example: `singlepane alerts backtest TargetDown --url http://127.0.0.1:21027 --range 30d`
    """
    tried = _rules(rule, estate)
    length, every = _seconds("--range", back), _seconds("--step", step)
    end = time.time() // every * every
    found = asyncio.run(_all(tried, url, signed(token), (end - length, end, every)))
    if form is output.Format.json:
        output.document({"alerts": [_document(name, rows) for name, rows in found.items()]})
        return
    for name, rows in found.items():
        _show(name, rows, back)


def _rules(named: str, estate: Path | None) -> dict[str, Mapping[str, Any]]:
    """Alerts by name. Raises UsageError."""
    file = Path(named)
    if file.exists():
        try:
            document = yaml.safe_load(file.read_text("utf-8"))
            groups = (document.get("spec") or document)["groups"]
            found = {row["alert"]: row for group in groups for row in group["rules"] if "alert" in row}
        except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"{named} is no rule file: {error}", "Give a file with `groups`.") from None
        if not found:
            raise UsageError(f"{named} has no alert", "Recording rules cannot fire.")
        return found
    known = rules.named(rule_files(load(estate_file(estate)).estate))
    if named not in known:
        raise UsageError(f"there is no alert {named!r}", "`singlepane alerts list` has them; or name a file.")
    return {named: known[named]}


def _seconds(option: str, written: str) -> int:
    try:
        return seconds(written)
    except ValueError as error:
        raise UsageError(f"{option}: {error}", "Write a duration such as 30d or 1m.") from None


async def _all(
    rules: Mapping[str, Mapping[str, Any]],
    url: str,
    headers: Mapping[str, str],
    over: tuple[float, float, int],
) -> dict[str, list[Firing]]:
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client, Api(client, 60) as api:
        return {name: await _firings(api, row, over) for name, row in rules.items()}


async def _firings(api: Api, rule: Mapping[str, Any], over: tuple[float, float, int]) -> list[Firing]:
    """Raises SurroundingsError where the API has no answer to the expression."""
    begin, end, step = over
    times: dict[tuple[tuple[str, str], ...], list[float]] = {}
    for first, last in _parts(begin, end, step):
        form: dict[str, str | list[str]] = {
            "query": rule["expr"],
            "start": f"{first:.0f}",
            "end": f"{last:.0f}",
            "step": str(step),
        }
        answer = await api.ask("/api/v1/query_range", form)
        if answer.error:
            raise SurroundingsError(
                f"{rule['alert']}: {answer.error}", "Is --url a Prometheus or Thanos Query?"
            )
        for labels, samples in series(answer.data)[0]:
            key = tuple(sorted((name, value) for name, value in labels.items() if name != "__name__"))
            times.setdefault(key, []).extend(when / 1000 for when, _ in samples)
    waits, keeps = (seconds(rule[key]) if key in rule else 0 for key in ("for", "keep_firing_for"))
    rows = (firings(dict(key), row, step, end, waits, keeps) for key, row in times.items())
    return sorted((each for row in rows for each in row), key=lambda each: each.begin)


def _parts(begin: float, end: float, step: int) -> Iterator[tuple[float, float]]:
    while begin <= end:
        last = min(end, begin + (POINTS - 1) * step)
        yield begin, last
        begin = last + step


def _document(name: str, rows: list[Firing]) -> dict[str, Any]:
    return {
        "alert": name,
        "firings": [
            {"labels": dict(each.labels), "begin": each.begin, "end": each.end, "ended": each.ended}
            for each in rows
        ],
        "seconds": sum(each.seconds for each in rows),
        "notifications": pages(rows),
    }


def _show(name: str, rows: list[Firing], back: str) -> None:
    if not rows:
        output.console.print(f"{name}: would not have fired within {back}", markup=False)
        return
    longest = max(each.seconds for each in rows)
    output.console.print(
        f"{name}: {counted(len(rows), 'firing')} within {back}, {counted(pages(rows), 'notification')}, "
        f"{_spoken(sum(each.seconds for each in rows))} in all, the longest {_spoken(longest)}",
        markup=False,
    )
    for each in rows[-SHOWN:]:
        labels = ", ".join(f"{key}={value}" for key, value in each.labels.items())
        ended = "" if each.ended else ", and still does"
        begin = datetime.fromtimestamp(each.begin, UTC)
        output.console.print(
            f"  {begin:%Y-%m-%d %H:%M} UTC for {_spoken(each.seconds)}{ended}: {labels}", markup=False
        )
    if len(rows) > SHOWN:
        output.console.print(f"  the last {SHOWN} of {len(rows)}; all with `-o json`", markup=False)


def _spoken(length: float) -> str:
    minutes = round(length / 60)
    days, hours = divmod(minutes, 1440)
    parts = ((days, "d"), (hours // 60, "h"), (hours % 60, "m"))
    return " ".join(f"{number}{unit}" for number, unit in parts if number) or "0m"
