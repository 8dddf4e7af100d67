"""`singlepane alerts`: which alerts an estate has, and who is told of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from alerts.rules import named
from alerts.told import told
from deploy.cluster_wiring import rule_files
from estate.errors import UsageError
from estate.load import load
from estate.model import Estate
from singlepane import output
from singlepane.commands import (
    alerts_backtest,
    alerts_build,
    alerts_explain,
    alerts_lint,
    alerts_silences,
)
from singlepane.which import EstateOption, estate_file

app = typer.Typer(
    name="alerts",
    help="Alerts as code: which there are, and who is told of one.",
    no_args_is_help=True,
)


@app.command("list")
def show(estate: EstateOption = None, form: output.FormatOption = output.Format.text) -> None:
    """List the alerts that the clusters of an estate have: severity, team, for how long, what they say.

    Which they are depends on its exporters and on `alerts.sets`; thresholds are those of `alerts.thresholds`.

    Example: `singlepane alerts list -e estate.yaml -o json`
    """
    rows = [_row(rule) for rule in named(rule_files(load(estate_file(estate)).estate)).values()]
    if form is output.Format.json:
        output.document({"alerts": rows})
        return
    output.table("", ("ALERT", "SEVERITY", "TEAM", "FOR", "SAYS"), ([*row.values()][:5] for row in rows))


@app.command()
def route(
    labels: Annotated[
        list[str],
        typer.Argument(
            metavar="LABEL=VALUE...",
            help="Labels of the alert. With `alertname`, severity and team of that alert are known.",
        ),
    ],
    estate: EstateOption = None,
    at: Annotated[
        str | None,
        typer.Option(help="When it fires, such as `2026-11-29T23:00+01:00`; now, unless said."),
    ] = None,
    form: output.FormatOption = output.Format.text,
) -> None:
    """Say who is told of an alert with these labels, by which route, and whether at once.

    Maintenance that holds it back at that time is said. Alerts that explain others hold these back, which is
    not looked at here; docs/alerts.md says which.

    Example: `singlepane alerts route alertname=ClusterSilent cluster=prod-weu --at 2026-11-29T03:00+01:00`
    """
    given = load(estate_file(estate)).estate
    known = _labels(given, labels)
    rows = told(given.alerts, known, _time(at))
    if form is output.Format.json:
        document = [{**asdict(each), "kind": given.alerts.receivers[each.receiver].kind} for each in rows]
        output.document({"labels": known, "told": document})
        return
    for each in rows:
        kind = given.alerts.receivers[each.receiver].kind
        when = f", once the hours {each.hours!r} begin" if not each.now else ""
        if each.held:
            when += f", held back by the maintenance {' and '.join(map(repr, each.held))}"
        output.console.print(f"{each.receiver} ({kind}), by {each.why}{when}", markup=False)


app.add_typer(alerts_silences.app)
app.command("build")(alerts_build.build)
app.command("lint")(alerts_lint.lint)
app.command("explain")(alerts_explain.explain)
app.command("backtest")(alerts_backtest.backtest)


def _row(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "alert": rule["alert"],
        "severity": rule["labels"]["severity"],
        "team": rule["labels"]["team"],
        "for": rule.get("for", ""),
        "summary": rule["annotations"]["summary"],
        "expr": rule["expr"],
    }


def _labels(estate: Estate, words: list[str]) -> dict[str, str]:
    """Labels as they were typed, over those of the alert that they name. Raises UsageError."""
    typed = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(f"{word!r} is no label", "Write LABEL=VALUE, such as severity=critical.")
        typed[name] = value
    rule = named(rule_files(estate)).get(typed.get("alertname", ""))
    own = {name: rule["labels"][name] for name in ("severity", "team")} if rule else {}
    return {**own, **typed}


def _time(text: str | None) -> datetime:
    """Raises UsageError."""
    if text is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--at {text}: this is no time", "Write 2026-11-29T23:00+01:00.") from None
    if found.tzinfo is None:
        raise UsageError(f"--at {text}: of which zone?", f"Write {text}+01:00, or {text}Z for UTC.")
    return found
