"""`singlepane exporter`: run one exporter process, list what exporters can collect, and what goes before:
rights, calls and money, the configurations of other exporters, and what others have learnt. Longer verbs have
a file each.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated

import structlog
import typer

from estate.errors import EstateInvalid, SinglepaneError
from exporters.collectors import COLLECTORS
from exporters.serving.log import log_to_stderr
from exporters.serving.serve import serve
from exporters.shard import shard as read_shard
from singlepane import output
from singlepane.commands import exporter_check, exporter_import, exporter_lags, exporter_plan, exporter_roles

log = structlog.get_logger()

app = typer.Typer(
    name="exporter",
    help="Exporters turn what Prometheus cannot scrape (Azure, JSON, the estate itself) into metrics.",
    no_args_is_help=True,
)


@app.command()
def run(
    config: Annotated[
        Path,
        typer.Option("--config", help="Configuration file: rows as in an estate; `up` renders it."),
    ],
    listen: Annotated[
        str, typer.Option("--listen", help="HOST:PORT to serve on.", metavar="HOST:PORT")
    ] = "127.0.0.1:9790",
    state: Annotated[
        Path | None,
        typer.Option(
            "--state",
            help="Folder for what must survive a restart. Without it counters begin at 0.",
        ),
    ] = None,
    shard: Annotated[
        str,
        typer.Option(
            "--shard",
            envvar="EXPORTER_SHARD",
            metavar="INDEX/SHARDS",
            help="Read one part of the resources: 0/3, 1/3 or 2/3; auto/3 takes the pod's ordinal.",
        ),
    ] = "",
    web: Annotated[
        Path | None,
        typer.Option(
            "--web.config.file",
            help="TLS, mTLS, users, tokens: the web configuration file that Prometheus exporters share.",
        ),
    ] = None,
) -> None:
    """Run an exporter until it is told to stop.

    It fetches on its own interval and serves the last result on `/metrics`: a scrape never waits for
    anybody. SIGHUP or `POST /-/reload` reads the files again; SIGTERM ends it in order. Logs are JSON on
    stderr.

    Example: `singlepane exporter run --config exporter.yaml --state /var/lib/exporter`
    """
    log_to_stderr()
    try:
        serve(config, listen, state, read_shard(shard, socket.gethostname()), web)
    except EstateInvalid as error:
        output.findings(error.findings, as_json=False)
        raise _not_started(error) from None
    except SinglepaneError as error:
        raise _not_started(error) from None
    except Exception:
        log.critical("not started: this is a defect of singlepane", exc_info=True)
        raise typer.Exit(1) from None


def _not_started(error: SinglepaneError) -> typer.Exit:
    """Say it where whoever reads the log looks for it."""
    more = (
        {"findings": [each.document() for each in error.findings]} if isinstance(error, EstateInvalid) else {}
    )
    log.error("not started", error=error.message, remedy=error.remedy, **more)
    return typer.Exit(error.exit_code)


@app.command()
def collectors(output_format: output.FormatOption = output.Format.text) -> None:
    """List the collectors, and the kind of exporter row that asks for each.

    Every collector has a page under docs/collectors with its metrics, labels, permissions and calls.
    """
    if output_format is output.Format.json:
        output.document([{"name": each.name, "kind": each.kind, "doc": each.doc} for each in COLLECTORS])
        return
    output.table("", ("collector", "kind", "what it brings"), ((c.name, c.kind, c.doc) for c in COLLECTORS))


app.command("roles")(exporter_roles.roles)
app.command("plan")(exporter_plan.plan)
app.command("check")(exporter_check.check)
app.command("import")(exporter_import.import_)
app.add_typer(exporter_lags.app)
