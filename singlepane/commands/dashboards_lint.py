"""`singlepane dashboards lint`: is a dashboard right?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alerts import recorded
from catalogue.catalogue import Catalogue
from catalogue.document import parsed as parsed_catalogue
from catalogue.shipped import documents
from dashboards import ours
from dashboards.lint.exceptions import parsed as parsed_exceptions
from dashboards.lint.options import Options
from dashboards.lint.run import lint as run
from estate.errors import UsageError
from estate.findings import Finding
from estate.source import named
from singlepane.commands.check import Format
from singlepane.given_files import given, listed, text
from singlepane.linted import say


def lint(
    dashboards: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[DASHBOARD...]",
            help="Files of Grafana's JSON, folders of them, or `-`; none means our own dashboards.",
        ),
    ] = None,
    form: Annotated[
        Format,
        typer.Option(
            "--output", "-o", help="`text` for people, `json` for programs, `sarif` for code hosts."
        ),
    ] = Format.text,
    exporters: Annotated[
        list[str] | None,
        typer.Option(
            "--exporter",
            metavar="NAME",
            help="An exporter that you run, by its name in the catalogue; repeat it. None means all of them.",
        ),
    ] = None,
    catalogues: Annotated[
        list[Path] | None,
        typer.Option("--catalogue", help="Metrics of an exporter of yours: see `dashboards catalogue`."),
    ] = None,
    rules: Annotated[
        list[Path] | None,
        typer.Option("--rules", help="Rule file, or PrometheusRule, whose recorded metrics exist."),
    ] = None,
    exceptions: Annotated[
        Path | None,
        typer.Option("--exceptions", help="YAML list of `rule`, `dashboard`, `where` and `reason`."),
    ] = None,
    cluster: Annotated[
        str, typer.Option("--cluster-label", help="The label that tells clusters apart.")
    ] = "cluster",
) -> None:
    """Check dashboards against rules D-01 to D-24, and say what is wrong, with line, panel and remedy.

    It reads Grafana's classic JSON as an export, an API reply or a file in git has it, of any author. Every
    query is parsed, every metric, label and value looked up in a catalogue of what exporters really have.
    Nothing is asked of Grafana or Prometheus. The pages in docs/dashboards/lint say why each rule is there.

    Give dashboards that link to each other at once. A finding that shall stay is excepted by name and with
    a reason: `- {rule: D-10, dashboard: shop, where: Orders.A, reason: one figure over all clusters}`; what
    excepts nothing is a finding itself. Exit code 1 when something is wrong.

    Examples: `singlepane dashboards lint`, `singlepane dashboards lint grafana/ --rules rules.yaml`,
    `curl -s $GRAFANA/api/dashboards/uid/shop | singlepane dashboards lint - -o sarif`
    """
    found: list[Finding] = []
    texts: list[tuple[str, str]] = []
    paths = list(listed(dashboards or ()))
    for path in paths:
        read = text(path)
        if isinstance(read, Finding):
            found.append(read)
        else:
            texts.append((named(path), read))
    excepted = parsed_exceptions(given(exceptions), str(exceptions)) if exceptions else ()
    if not paths:
        texts = list(ours.files())
        excepted = (*excepted, *ours.exceptions())
    options = Options(
        catalogue=_catalogue(exporters or (), catalogues or ()),
        recorded=recorded.known().union(*(recorded.of_file(given(path), str(path)) for path in rules or ())),
        shipped=frozenset(name.removesuffix(".json") for name, _ in ours.files()),
        cluster=cluster,
        exceptions=excepted,
    )
    found += run(texts, options)
    say(found, form, len(texts), "dashboard")
    if any(row.severity == "error" for row in found):
        raise typer.Exit(1)


def _catalogue(names: list[str] | tuple[()], files: list[Path] | tuple[()]) -> Catalogue:
    """What the exporters that are run have, and what ours and Prometheus itself always do."""
    shipped = documents()
    known = {each["exporter"] for each in shipped}
    for name in names:
        if name not in known:
            raise UsageError(f"the catalogue has no exporter {name!r}", f"it has {', '.join(sorted(known))}")
    always = {"singlepane", "prometheus-scrape"}
    chosen = [each for each in shipped if not names or each["exporter"] in {*names, *always}]
    return Catalogue([*chosen, *(parsed_catalogue(given(path), str(path)) for path in files)])
