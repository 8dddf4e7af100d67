"""`singlepane check`: are estate files right?"""

from __future__ import annotations

from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from deploy.targets.kubernetes import checks as kubernetes
from estate.errors import EstateInvalid
from estate.findings import Finding, in_order
from estate.load import Loaded, load
from estate.source import named
from singlepane import output
from singlepane.sarif import sarif


class Format(StrEnum):
    """How findings are printed."""

    text = "text"
    json = "json"
    sarif = "sarif"


class Target(StrEnum):
    """Where the estate will run."""

    local = "local"
    kubernetes = "kubernetes"


def check(
    estates: Annotated[
        list[Path], typer.Argument(help="Estate files; `-` is standard input.", metavar="ESTATE...")
    ],
    form: Annotated[
        Format,
        typer.Option(
            "--output",
            "-o",
            help="`text` for people, `json` for programs, `sarif` for code hosts: one document on stdout.",
        ),
    ] = Format.text,
    target: Annotated[
        Target,
        typer.Option(
            "--target",
            help="`local` is this machine; `kubernetes` says also what matters on clusters alone.",
        ),
    ] = Target.local,
) -> None:
    """Check estate files and say everything that is wrong with them, each with its line.

    What to write instead stands below each. Nothing runs and nothing outside is asked. Errors make it exit
    with 2; warnings alone do not. docs/findings.md has a section on each finding, by the name in brackets.

    Examples: `singlepane check examples/shop/estate.yaml`, `generate | singlepane check -`,
    `singlepane check --target kubernetes estate.yaml`
    """
    found: list[Finding] = []
    valid = True
    for estate in estates:
        try:
            findings = _all(load(estate), target)
        except EstateInvalid as error:
            findings = error.findings
        valid = valid and all(row.severity != "error" for row in findings)
        found += findings
        if form is Format.text:
            output.findings(findings, as_json=False)
        output.message(f"{named(estate)}: {verdict(findings)}")
    if form is Format.json:
        output.findings(found, as_json=True)
    elif form is Format.sarif:
        output.document(sarif(found, version("singlepane")))
    if not valid:
        raise typer.Exit(EstateInvalid.exit_code)


def _all(loaded: Loaded, target: Target) -> tuple[Finding, ...]:
    more = kubernetes.findings(loaded) if target is Target.kubernetes else ()
    return in_order((*loaded.findings, *more))


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
