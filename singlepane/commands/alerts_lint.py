"""`singlepane alerts lint`: are rules right?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alerts.lint.run import lint as run
from deploy.cluster_wiring import rule_files
from estate.findings import Finding, in_order
from estate.load import load
from estate.source import LIMIT_BYTES, named
from singlepane.built_rules import built
from singlepane.commands.check import Format
from singlepane.given_files import Kind, listed, text
from singlepane.linted import say
from singlepane.rule_programs import ask
from singlepane.which import EstateOption, estate_file

RULES = Kind("rules", (".yaml", ".yml"), "A-01", LIMIT_BYTES)


def lint(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE...]",
            help="Rule files of Prometheus or Thanos Rule, PrometheusRule objects, folders of both, or `-`; "
            "none means the rules of the estate.",
        ),
    ] = None,
    estate: EstateOption = None,
    form: Annotated[
        Format,
        typer.Option(
            "--output", "-o", help="`text` for people, `json` for programs, `sarif` for code hosts."
        ),
    ] = Format.text,
    cluster: Annotated[
        str, typer.Option("--cluster-label", help="The label that tells clusters apart.")
    ] = "cluster",
) -> None:
    """Check rules against A-01 to A-12, and say what is wrong, with line, alert and remedy.

    promtool and pint look at every file (pint is built at the first time), and rules of our own at what they
    leave out: labels by which alerts are routed, links for whoever is woken, `for`, absent() over many
    clusters, values in labels, shares of nearly nothing. No Prometheus is asked. docs/alerts/lint.md says why
    each rule is there.

    A finding that shall stay is excepted by a comment in its rule and with a reason, such as
    `# lint: A-06 because its silence is the message`; what excepts nothing is a finding itself. Exit code 1
    when something is wrong.

    Examples: `singlepane alerts lint`, `singlepane alerts lint rules/ -o sarif`,
    `kubectl get prometheusrules -A -o yaml | singlepane alerts lint -`
    """
    found: list[Finding] = []
    texts: list[tuple[str, str]] = []
    paths = list(listed(files or (), RULES))
    for path in paths:
        read = text(path, RULES)
        if isinstance(read, Finding):
            found.append(read)
        else:
            texts.append((named(path), read))
    if not paths:
        texts = list(built(rule_files(load(estate_file(estate)).estate)))
    # An estate has those of our alerts that it has something for; over all of ours a test counts.
    found = list(in_order([*found, *run(texts, ask, cluster, share=bool(paths))]))
    say(found, form, len(texts), "file")
    if any(row.severity == "error" for row in found):
        raise typer.Exit(1)
