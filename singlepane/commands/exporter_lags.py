"""`singlepane exporter lags`: hand on what one exporter has learnt of how late Azure is."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from time import time
from typing import Annotated

import typer

from estate.errors import StateFolderError, UsageError
from estate.model import AzureExporter
from singlepane import output

app = typer.Typer(
    name="lags",
    help="How late Azure's metrics are: learnt by one exporter, offered to another one.",
    no_args_is_help=True,
)
_Folder = Annotated[Path, typer.Option("--state", help="Folder that `exporter run --state` names.")]


@app.command()
def export(
    state: _Folder,
    config: Annotated[
        Path | None,
        typer.Option("--config", help="Only what the rows of this configuration file have learnt."),
    ] = None,
) -> None:
    """Write a dated table of what an exporter has learnt, as JSON on stdout. It may run meanwhile.

    A line says of one type in one region and grain: up to which age Azure's points were seen to change, and
    how many were watched, from when to when. There is no name, id or value of a resource in it.

    Example: `singlepane exporter lags export --state /var/lib/exporter > lags.json`
    """
    # `exporter run` is started once for each exporter, and must not load what it does not need.
    from exporters.azure.metrics import table  # noqa: PLC0415 - loads the libraries of Azure
    from exporters.azure.metrics.state import learnt  # noqa: PLC0415 - the same
    from exporters.configuration.load import load  # noqa: PLC0415 - the same

    names = None
    if config is not None:
        rows = load(config).exporters.items()
        names = {name for name, row in rows if isinstance(row, AzureExporter)}
    files = [
        each for each in sorted(state.glob("*.counters")) if names is None or each.name.split(".")[0] in names
    ]
    if not files:
        raise UsageError(
            f"{state} holds no state of an Azure exporter",
            "name the folder that `singlepane exporter run --state` has, and wait for its first minute",
        )
    found = []
    for file in files:
        try:
            found.append(learnt(file))
        except OSError as error:
            raise StateFolderError(f"{file} cannot be read: {error.strerror}") from None
        except ValueError:
            raise StateFolderError(f"{file} is no state of an exporter, or is damaged") from None
    lines = table.lines(found)
    if not lines:
        output.message("Nothing is learnt yet: points have to be watched for some minutes.")
    typer.echo(table.document(lines, version("singlepane"), time()), nl=False)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="What `lags export` wrote.")],
    state: _Folder,
) -> None:
    """Offer what others have learnt to the exporter of a state folder; it takes it up at its next start.

    What was offered before is replaced. Of several files that speak of the same, the later lag holds. An
    offer counts less the older it is, half as much in another region, and not at all where the exporter's
    own watching contradicts it.

    Example: `singlepane exporter lags import lags.json --state /var/lib/exporter`
    """
    from exporters.azure.metrics import table  # noqa: PLC0415 - loads the libraries of Azure

    now = time()
    tables = []
    for file in files:
        try:
            tables.append(table.load(file, now))
        except OSError as error:
            raise UsageError(f"{file} cannot be read: {error.strerror}") from None
        except table.TableError as error:
            fix = "name what `singlepane exporter lags export` wrote; nothing was changed"
            raise UsageError(f"{file} is no table of lags: {error}", fix) from None
    lines = table.merged(tables)
    newest = max(each.written.timestamp() for each in tables)
    text = table.document(lines, ", ".join(sorted({each.exporter for each in tables})), newest)
    try:
        changed = table.store(state / table.FILE, text)
    except OSError as error:
        raise StateFolderError(f"{state / table.FILE} cannot be written: {error.strerror}") from None
    stale = sum(not each.offer.worth(each.region, now) for each in lines)
    said = "offered" if changed else "offered already"
    output.message(f"{len(lines)} lags {said} in {state / table.FILE}, {stale} of them too old to count.")
    if changed:
        output.message("An exporter that runs takes them up at its next start.")
