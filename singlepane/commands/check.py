"""`singlepane check`: is an estate file right?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from estate.errors import EstateInvalid
from estate.findings import Finding
from estate.load import load
from singlepane import output


def check(
    estate: Annotated[Path, typer.Argument(help="The estate file.", metavar="ESTATE")],
    form: output.FormatOption = output.Format.text,
) -> None:
    """Check an estate file and say everything that is wrong with it, each with its line and what to write.

    Nothing runs and nothing outside is asked. Errors make it exit with 2; warnings alone do not.
    docs/findings.md has a section on each finding, by the name in brackets.

    Example: `singlepane check examples/shop/estate.yaml`
    """
    try:
        findings, valid = load(estate).findings, True
    except EstateInvalid as error:
        findings, valid = error.findings, False
    output.findings(findings, as_json=form is output.Format.json)
    output.message(f"{estate}: {verdict(findings)}")
    if not valid:
        raise typer.Exit(EstateInvalid.exit_code)


def verdict(findings: tuple[Finding, ...]) -> str:
    """`valid`, or how many errors and warnings there are."""
    counts = []
    for severity in ("error", "warning"):
        count = sum(row.severity == severity for row in findings)
        if count:
            counts.append(f"{count} {severity}{'s' if count != 1 else ''}")
    words = " and ".join(counts)
    if any(row.severity == "error" for row in findings):
        return f"not valid, {words}"
    return f"valid, {words}" if words else "valid"
