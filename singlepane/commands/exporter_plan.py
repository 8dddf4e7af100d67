"""`singlepane exporter plan`: calls, series and the bill, before any metric is called."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from pathlib import Path
from time import monotonic
from typing import Annotated, Any

import typer

from estate.errors import UsageError
from estate.model import AzureExporter
from estate.suggest import offer
from exporters.advice.bill import LIST_PRICE, Price
from exporters.configuration.config import Config
from exporters.configuration.load import load
from exporters.configuration.modules import AzureModule
from singlepane import output
from singlepane.quiet import quiet

_TIMEOUT_SECONDS = 120.0
_COUNT = re.compile(r"(?P<type>[A-Za-z0-9.]+(/[A-Za-z0-9]+)+)(@(?P<region>[a-z0-9]+))?=(?P<count>\d{1,6})")


def plan(
    config: Annotated[Path, typer.Option("--config", help="Configuration file of the exporter.")],
    resources: Annotated[
        str,
        typer.Option(
            "--resources",
            metavar="TYPE[@REGION]=COUNT,…",
            help="Estimate for so many resources in each subscription, without signing in to Azure.",
        ),
    ] = "",
    price: Annotated[
        float, typer.Option("--price", min=0, help="US dollars per 1,000 metrics queries.")
    ] = LIST_PRICE.per_thousand,
    free: Annotated[
        int,
        typer.Option("--free-calls", min=0, help="Queries of a month and subscription that cost nothing."),
    ] = LIST_PRICE.free,
    output_format: output.FormatOption = output.Format.text,
) -> None:
    """Say what an exporter will call and what that costs a month, before any metric is called.

    It finds the resources and reads what metrics their types have, which is free; with `--resources` it does
    not even sign in. The calls are those that the exporter makes when all goes well: retries, split batches
    and types that the batch API refuses come on top. The bill is an estimate by the public list price.

    Example: `singlepane exporter plan --config exporter.yaml --resources
    Microsoft.Storage/storageAccounts=1000,Microsoft.KeyVault/vaults=40`
    """
    # `exporter run` is started once for each exporter, and must not load what it does not need.
    from exporters.advice.calls import bills, imagined, lines  # noqa: PLC0415 - loads the libraries of Azure
    from exporters.advice.forms import forms  # noqa: PLC0415 - the same
    from exporters.advice.survey import Survey, survey  # noqa: PLC0415 - the same

    loaded = load(config)
    rows = {name: row for name, row in loaded.exporters.items() if isinstance(row, AzureExporter)}
    if resources:
        counts = _counts(resources, rows.values())
        names = {each.id.lower(): name for name, each in loaded.subscriptions.items()}
        surveys = []
        for name, row in rows.items():
            groups = imagined(row, _ids(loaded, row), counts)
            said = forms(metric for group in groups for metric in group.metrics)
            notes = [
                *(f"{name}: {each}" for each in said),
                *_assumed(name, row, {type for type, _ in counts}),
            ]
            surveys.append(Survey(lines(name, row, groups, lambda id: names[id]), notes))
    else:
        deadline = monotonic() + _TIMEOUT_SECONDS
        with quiet():
            surveys = [asyncio.run(survey(name, row, loaded, deadline)) for name, row in rows.items()]
    found = [line for each in surveys for line in each.lines]
    due = bills(found, Price(price, free))
    problems = [problem for each in surveys for problem in each.problems]
    notes = [*(note for each in surveys for note in each.notes), *_probed(loaded)]
    totals = {
        "calls_per_cycle": sum(line.calls for line in found),
        "calls_per_day": round(sum(line.calls_per_day for line in found)),
        "series_at_least": sum(line.series for line in found),
        "usd_per_month": round(sum(bill.month for bill in due), 2),
    }
    if output_format is output.Format.json:
        output.document(
            {
                "estimate": True,
                "price": {
                    "usd_per_1000_calls": price,
                    "free_calls_per_month": free,
                    "source": LIST_PRICE.source,
                    "as_of": LIST_PRICE.as_of,
                },
                "groups": [line.document() for line in found],
                "subscriptions": [
                    {
                        "subscription": bill.subscription,
                        "calls_per_day": round(bill.calls_per_day),
                        "calls_per_month": round(bill.calls_per_month),
                        "usd_per_month": round(bill.month, 2),
                    }
                    for bill in due
                ],
                "totals": totals,
                "notes": notes,
                "problems": problems,
            }
        )
    else:
        _print(found, due, totals, notes, problems)
    if problems:
        raise typer.Exit(1)


def _print(found: Any, due: Any, totals: Any, notes: list[str], problems: list[str]) -> None:
    columns = ("exporter", "subscription", "type", "region", "interval", "resources", "metrics")
    output.table(
        "",
        (*columns, "calls", "calls/day", "series"),
        (
            (
                *(getattr(line, column) for column in columns),
                line.calls,
                f"{line.calls_per_day:,.0f}",
                f"{line.series:,}" + ("+" if line.split else ""),
            )
            for line in found
        ),
    )
    output.console.print()
    output.table(
        "",
        ("subscription", "calls/day", "calls/month", "US dollars/month"),
        (
            (
                bill.subscription,
                f"{bill.calls_per_day:,.0f}",
                f"{bill.calls_per_month:,.0f}",
                f"{bill.month:,.2f}",
            )
            for bill in due
        ),
    )
    output.console.print()
    output.console.print(
        f"{totals['calls_per_cycle']:,} calls in a cycle that reads everything, "
        f"{totals['calls_per_day']:,} a day; at least {totals['series_at_least']:,} series; "
        f"about {totals['usd_per_month']:,.2f} US dollars a month."
    )
    if any(line.split for line in found):
        output.message("+ Split by dimensions: one series for each value that Azure has, within the budget.")
    output.message(f"An estimate by the list price of {LIST_PRICE.as_of} ({LIST_PRICE.source}), no invoice.")
    for note in (*notes, *problems):
        output.message(note)


def _ids(config: Config, row: AzureExporter) -> list[str]:
    return [config.subscriptions[name].id.lower() for name in dict.fromkeys(row.scope)]


def _counts(text: str, rows: Iterable[AzureExporter]) -> dict[tuple[str, str], int]:
    """How many resources, by type and region. Raises UsageError."""
    known: dict[str, str] = {}
    for metric in (metric for row in rows for metric in row.metrics):
        known.setdefault(metric.type.lower(), metric.type)
    counts: dict[tuple[str, str], int] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        match = _COUNT.fullmatch(part)
        if match is None:
            raise UsageError(
                f"--resources: {part!r} is no count of resources",
                "write it as Microsoft.Storage/storageAccounts=1000, or with @westeurope before the =",
            )
        type = match["type"].lower()
        if type not in known:
            fix = offer(match["type"], known.values(), "name a type of the configuration")
            raise UsageError(f"--resources: no exporter reads {match['type']}", fix)
        place = (type, match["region"] or "global")
        counts[place] = counts.get(place, 0) + int(match["count"])
    return counts


def _probed(config: Config) -> Iterable[str]:
    """What depends on who probes."""
    for name, module in config.modules.items():
        if isinstance(module, AzureModule):
            yield (
                f"{name}: what is probed is not in this plan: each target costs its calls at the most every "
                f"{module.cache_seconds} s, for as long as somebody probes it."
            )


def _assumed(name: str, row: AzureExporter, counted: set[str]) -> Iterable[str]:
    """What an estimate without Azure cannot know."""
    if any(not metric.aggregations for metric in row.metrics):
        yield (
            f"{name}: metrics without aggregations are taken to have the same primary one; "
            "where they differ, there are a few more calls."
        )
    if row.model_fields_set & {"select", "exclude"} or any(
        metric.model_fields_set & {"select", "exclude"} for metric in row.metrics
    ):
        yield f"{name}: select and exclude are taken to leave out nothing of what --resources counts."
    if row.management_groups:
        yield f"{name}: subscriptions below management groups are not counted."
    missing = sorted({metric.type for metric in row.metrics if metric.type.lower() not in counted})
    if missing:
        yield f"{name}: no count for {', '.join(missing)}: taken as none."
