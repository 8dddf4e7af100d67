"""`singlepane dashboards`: dashboards as code. Longer verbs have a file each."""

from __future__ import annotations

import typer

from singlepane.commands import dashboards_preview

app = typer.Typer(
    name="dashboards",
    help="Dashboards as code: list ours, write them as Grafana's JSON, lint any Grafana dashboard.",
    no_args_is_help=True,
)


app.command("preview")(dashboards_preview.preview)
