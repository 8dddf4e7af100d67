"""`singlepane exporter check`: which right is missing where, and what is configured and not in Azure."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from estate.problems import Problem
from estate.tree import spoken
from exporters.configuration.load import load
from singlepane import output
from singlepane.quiet import quiet

if TYPE_CHECKING:
    from exporters.azure.discovery.wanted import Mismatch

_WORDS = {
    "ok": "ok",
    "missing": "right missing",
    "failed": "failed",
    "unseen": "nothing to try",
    "part": "of some only",
    "silent": "no value",
}


def check(
    config: Annotated[Path, typer.Option("--config", help="Configuration file of the exporter.")],
    timeout: Annotated[
        float, typer.Option("--timeout", min=1, help="Seconds for each exporter and module of the file.")
    ] = 120.0,
    web: Annotated[
        Path | None,
        typer.Option("--web.config.file", help="The web configuration that it is served with, if any."),
    ] = None,
    output_format: output.FormatOption = output.Format.text,
) -> None:
    """Try each call that a configuration makes, once, and say which right is missing where.

    All exporters and modules that read Azure are tried. Run it as the identity that the exporter will have.
    It signs in, looks for the subscriptions and their resources, asks one resource of each type, kind and SKU
    for its definitions, and a few of each type and subscription for their values of an hour. Metrics,
    aggregations, intervals and dimensions that a type does not have are named with the closest that it has;
    so are totals that become gauges, metrics that Azure refuses, and splits that bring nothing. A metric
    without values is said and is no error: its resources may be idle. Exit code 1 when anything is missing or
    wrong.
    Files and variables of bearer tokens are read, too, and what is no token in them is said by its place.
    With `--web.config.file` that file is checked, too, and the validity of the server's certificate.

    Example: `singlepane exporter check --config exporter.yaml`
    """
    # `exporter run` is started once for each exporter, and must not load what it does not need.
    from exporters.advice.subjects import subjects  # noqa: PLC0415 - loads the libraries of Azure
    from exporters.advice.tokens import untaken  # noqa: PLC0415 - the same
    from exporters.advice.trial import trial, unneeded  # noqa: PLC0415 - the same
    from exporters.serving.web.live import Web  # noqa: PLC0415 - the same, of the service

    loaded = load(config)
    for warned in (*loaded.warnings, *(Web.load(web).warnings if web is not None else ())):
        output.message(f"{warned.position}: {warned.message}" + (f" ({warned.fix})" if warned.fix else ""))
    with quiet():
        trials = [asyncio.run(trial(each, monotonic() + timeout)) for each in subjects(loaded)]
    tries = [each for one in trials for each in one.tries]
    wrong: list[Problem | Mismatch] = [*untaken(loaded)]
    wrong += [each for one in trials for each in one.mismatches]
    well = not wrong and all(one.well for one in trials)
    notes = [each for one in trials for each in one.notes]
    if output_format is output.Format.json:
        output.document(
            {
                "well": well,
                "tries": [each.document() for each in tries],
                "mismatches": [
                    {"path": spoken(each.path), "code": each.code, "message": each.message, "fix": each.fix}
                    for each in wrong
                ],
                "notes": notes,
            }
        )
    else:
        output.table(
            "",
            ("exporter", "step", "result", "of", "right"),
            ((each.exporter, each.step, _WORDS[each.state], each.subject, each.action) for each in tries),
        )
        for each in tries:
            if each.state != "ok":
                output.console.print(f"{each.step} of {each.subject}: {each.detail}", markup=False)
        for mismatch in wrong:
            fix = f"; {mismatch.fix}" if mismatch.fix else ""
            output.console.print(f"{spoken(mismatch.path)}: {mismatch.message}{fix}", markup=False)
        for remedy in dict.fromkeys(each.remedy for each in tries if each.remedy):
            output.message(remedy)
        for note in notes:
            output.message(note)
        for name in unneeded(loaded):
            output.message(f"{name} needs no right in Azure.")
    if not well:
        raise typer.Exit(1)
