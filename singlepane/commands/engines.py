"""`singlepane engines`: the third-party programs behind components: list them, build them, find them."""

from __future__ import annotations

from typing import Annotated

import typer

from deploy import engines
from deploy.engines.lookup import Status, status
from estate.errors import UsageError
from singlepane import output
from singlepane.building import Building

app = typer.Typer(
    name="engines",
    help="The third-party programs that components run: pinned, built once, kept in a cache.",
    no_args_is_help=True,
)


@app.command("list")
def show(format: output.FormatOption = output.Format.text) -> None:
    """List all engines with version, state, size and path.

    `built`: in the cache. `given`: found in $SINGLEPANE_ENGINE_PATH. `missing`: not built yet. `damaged`:
    in the cache, but not as it was built; the next build replaces it. `refused`: $SINGLEPANE_ENGINE_PATH
    holds another version. What is for `tests` is used by the tests of singlepane alone.
    """
    rows = [status(engine) for engine in engines.ENGINES]
    if format is output.Format.json:
        output.document({"engines": [_document(row) for row in rows]})
        return
    output.table(
        "",
        ("ENGINE", "VERSION", "STATE", "FOR", "SIZE", "PATH"),
        (
            (
                row.engine.name,
                row.engine.version,
                row.state,
                row.engine.purpose,
                _megabytes(row.size),
                row.path or row.note,
            )
            for row in rows
        ),
    )


@app.command("build")
def build(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...",
            help="Engines to build; without any, all that estates use.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Build also those that only the tests of singlepane use.")
    ] = False,
    format: output.FormatOption = output.Format.text,
) -> None:
    """Build the engines that are missing, and print where each one is.

    What is built already is left alone, so a second run does nothing. All of them from nothing take some
    minutes; `docs/engines.md` says what each one costs.
    """
    with Building() as progress:
        paths = engines.ensure(_chosen(names or [], every), progress)
    if format is output.Format.json:
        output.document({"engines": {name: str(path) for name, path in paths.items()}})
    else:
        output.table("", ("ENGINE", "PATH"), paths.items())


@app.command("path")
def path(name: Annotated[str, typer.Argument(help="Name of the engine, such as `promtool`.")]) -> None:
    """Print the path of an engine, as scripts want it: `$(singlepane engines path promtool) --help`.

    Exit code 3 when it is not built, 2 for a name that is no engine.
    """
    typer.echo(engines.find(name))


def _chosen(names: list[str], every: bool) -> list[str]:
    """What to build. Raises UsageError for names beside `--all`."""
    if names and every:
        raise UsageError(
            "`--all` leaves nothing to name", f"Leave it out, or leave out {', '.join(map(repr, names))}."
        )
    return names or [engine.name for engine in engines.ENGINES if every or engine.purpose == "estate"]


def _document(row: Status) -> dict[str, object]:
    return {
        "name": row.engine.name,
        "version": row.engine.version,
        "purpose": row.engine.purpose,
        "state": row.state,
        "path": str(row.path) if row.path else None,
        "size_bytes": row.size,
        "toolchain": row.toolchain or None,
        "note": row.note or None,
    }


def _megabytes(size: int | None) -> str:
    return "" if size is None else f"{max(1, round(size / 1e6))} MB"
