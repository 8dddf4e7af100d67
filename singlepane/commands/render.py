"""`singlepane render`: what would be applied to the clusters, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deploy.cluster_wiring import cluster_components, rule_files
from deploy.targets.kubernetes import folder
from deploy.targets.kubernetes.render import Wish
from estate.load import load
from singlepane import output
from singlepane.clusters import ClustersOption, meant
from singlepane.which import EstateArgument, estate_file


def render(
    estate: EstateArgument = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            file_okay=False,
            help="The folder: one that is not there yet, or one of an earlier render."
            " Without it everything goes to stdout.",
            show_default=False,
        ),
    ] = None,
    cluster: ClustersOption = None,
) -> None:
    """Write the Kubernetes objects of every cluster as files, one for each release.

    The same estate gives the same bytes. Secrets are not among them: `secrets.txt` of a cluster names those
    that `apply` makes, and the references that they are made of. In a folder of an earlier render, files that
    are no longer rendered are deleted. No cluster is asked.

    Examples: `singlepane render estate.yaml --out rendered`, `singlepane render -c prod-weu | less`
    """
    given = load(estate_file(estate)).estate
    wish = Wish(given, cluster_components(given), rule_files(given))
    made = folder.files(wish, meant(given, cluster))
    if out is None:
        for path, content in made:
            output.console.print(f"# {path}\n{content}", end="", markup=False)
        return
    files = dict(made)
    changed, gone = folder.write(out, files)
    deleted = f", {gone} deleted" if gone else ""
    output.message(f"{len(files)} files in {out}: {changed} written{deleted}")
