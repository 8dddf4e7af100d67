"""`singlepane dashboards`: our dashboards as files, and the lint for ours and anybody's. Longer verbs have a
file each.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from dashboards.ours import files
from dashboards.reading.read import read
from estate.errors import SurroundingsError
from singlepane import output
from singlepane.commands import (
    dashboards_catalogue,
    dashboards_lint,
    dashboards_preview,
    dashboards_publish,
)

app = typer.Typer(
    name="dashboards",
    help="Dashboards as code: list ours, write or publish them, lint and draw any.",
    no_args_is_help=True,
)


@app.command("list")
def show(form: output.FormatOption = output.Format.text) -> None:
    """List our dashboards with uid, title, and how many panels and queries each has.

    Example: `singlepane dashboards list -o json`
    """
    rows = [_row(name, text) for name, text in files()]
    if form is output.Format.json:
        output.document({"dashboards": rows})
        return
    output.table("", ("UID", "TITLE", "PANELS", "QUERIES", "SIZE"), ([*row.values()] for row in rows))


def _row(name: str, text: str) -> dict[str, Any]:
    dashboard = read(text, name)
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "panels": len(dashboard.shown()),
        "queries": sum(len(panel.targets) for panel in dashboard.shown()),
        "bytes": dashboard.size,
    }


@app.command()
def build(
    folder: Annotated[Path, typer.Option("--folder", help="Where the files go; it is made if need be.")],
) -> None:
    """Write every dashboard of ours as Grafana's JSON, one file each, named by its uid.

    The same version writes the same bytes, on any machine. Other files of the folder stay as they are.

    Example: `singlepane dashboards build --folder grafana/dashboards`
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files():
            (folder / name).write_text(text, encoding="utf-8")
            output.message(f"{folder / name}")
    except OSError as error:
        raise SurroundingsError(
            f"{folder} cannot be written: {error.strerror}", "name a folder of yours"
        ) from None


app.command("lint")(dashboards_lint.lint)
app.command("catalogue")(dashboards_catalogue.catalogue)
app.command("preview")(dashboards_preview.preview)
app.command("publish")(dashboards_publish.publish)
