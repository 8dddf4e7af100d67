"""`singlepane dashboards catalogue`: the metrics of an exporter, as the lint reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalogue.capture import captured
from catalogue.document import text
from catalogue.shipped import documents
from estate.errors import SurroundingsError, UsageError
from singlepane import output
from singlepane.given_files import given

# An exporter with a million series has some 200 MB; that is more than is needed to know its names.
_LARGEST = 256 * 1024 * 1024
_SECONDS = 30.0


def catalogue(
    source: Annotated[
        str,
        typer.Argument(help="Address of /metrics, or a file of it. Without it, list what is shipped."),
    ] = "",
    name: Annotated[str, typer.Option("--name", help="What the exporter is called.")] = "",
    version: Annotated[str, typer.Option("--version", help="Its version, as findings shall name it.")] = "",
) -> None:
    """List the exporters whose metrics are known, or capture those of one of yours on stdout.

    A capture holds names, types and labels, no values. Of a metric without a series at that moment any
    label is taken.

    Examples: `singlepane dashboards catalogue`,
    `singlepane dashboards catalogue http://127.0.0.1:9100/metrics --name worker --version 1.2 > worker.json`
    """
    if not source:
        output.table(
            "",
            ("EXPORTER", "VERSION", "METRICS", "LICENCE OF THE SOURCE"),
            (
                (each["exporter"], each.get("version", ""), len(each["metrics"]), each["licence"])
                for each in documents()
            ),
        )
        return
    if not name:
        raise UsageError("--name: say what the exporter is called", "such as --name worker")
    typer.echo(text(captured(_exposition(source), name, version, source)), nl=False)


def _exposition(source: str) -> str:
    if source.startswith(("http://", "https://")):
        return _fetched(source)
    return given(Path(source))


def _fetched(address: str) -> str:
    import httpx  # noqa: PLC0415 - takes half a second to load

    body = bytearray()
    try:
        with httpx.stream("GET", address, timeout=_SECONDS, headers={"Accept": "text/plain"}) as reply:
            reply.raise_for_status()
            for piece in reply.iter_bytes():
                body += piece
                if len(body) > _LARGEST:
                    raise SurroundingsError(f"{address} answers with more than {_LARGEST} bytes")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SurroundingsError(f"{address} gives no metrics: {error}", "try it with curl") from None
    return body.decode("utf-8", "replace")
