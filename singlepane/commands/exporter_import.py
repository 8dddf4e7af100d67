"""`singlepane exporter import`: carry the configuration of another exporter over into ours."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from estate.errors import EstateInvalid, UsageError
from estate.names import DNS_LABEL, UUID
from singlepane import output


class Format(StrEnum):
    """Whose configuration it is."""

    promitor = "promitor"
    webdevops = "webdevops"
    telegraf = "telegraf"


def import_(
    source: Annotated[
        Format, typer.Argument(metavar="promitor|webdevops|telegraf", help="Whose file it is.")
    ],
    file: Annotated[Path, typer.Argument(help="The file.")],
    name: Annotated[str, typer.Option("--name", help="Name of the exporter; else that of the file.")] = "",
    tenant: Annotated[str, typer.Option("--tenant", help="Tenant id, where the file names none.")] = "",
) -> None:
    """Write our configuration out of another exporter's, on stdout.

    On stderr stands everything that could not be carried, with its place and what follows. Secrets are not
    copied: where the file has one, ours has a reference. What is written is checked as `exporter run` checks
    it. Exit code 0 with a file on stdout, else 2 with nothing there.

    Example: `singlepane exporter import promitor metrics.yaml > exporter.yaml`
    """
    # `exporter run` is started once for each exporter, and must not load what it does not need.
    from exporters.imports import SOURCES, carried  # noqa: PLC0415 - loads the libraries of Azure

    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file} is no text in UTF-8") from None
    label = name or re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")[:40].strip("-") or "imported"
    if not DNS_LABEL.fits(label):
        raise UsageError(f"--name: {label!r} is no name", f"use {DNS_LABEL.allowed}")
    if tenant and not UUID.fits(tenant):
        raise UsageError("--tenant: this is no tenant id", f"use {UUID.allowed}")
    reader = next(each for each in SOURCES if each.name == source.value)
    try:
        result, left = carried(reader, text, str(file), label, tenant)
    except EstateInvalid as error:
        # stdout is the file to be: a finding in it would be read as its first line.
        output.findings(error.findings, as_json=False, on=output.errors)
        raise UsageError(f"{file} cannot be carried over", "correct it, nothing was written") from None
    for line in left:
        output.message(line)
    typer.echo(result, nl=False)
