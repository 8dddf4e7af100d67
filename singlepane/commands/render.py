"""`singlepane render`: what would be applied to the clusters, as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from deploy.cluster_wiring import cluster_components, rule_files
from deploy.targets.kubernetes.rendering import folder, texts
from deploy.targets.kubernetes.rendering.argocd import Repository
from deploy.targets.kubernetes.rendering.render import Wish
from deploy.targets.kubernetes.rendering.slices import in_slices
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
    argocd: Annotated[
        str | None,
        typer.Option(
            "--argocd",
            metavar="REPOSITORY",
            help="Also write Argo CD Applications, for a git repository that holds the folder.",
            show_default=False,
        ),
    ] = None,
    argocd_path: Annotated[
        str, typer.Option("--argocd-path", help="Where in the repository the folder is.")
    ] = ".",
) -> None:
    """Write the Kubernetes objects of every cluster as files, one for each release.

    The same estate gives the same bytes. Secrets are not among them: `secrets.txt` of a cluster names those
    that `apply` makes, and the references that they are made of. In a folder of an earlier render, files that
    are no longer rendered are deleted. No cluster is asked.

    With --argocd, Argo CD applies the files in place of `apply`: one Application for each release, in sync
    waves. A plan is then the difference in git; `apply --secrets-only` brings what git must not hold.

    Examples: `singlepane render estate.yaml --out rendered`, `singlepane render -c prod-weu | less`
    """
    given = load(estate_file(estate)).estate
    wish = Wish(given, cluster_components(given), rule_files(given))
    wanted = meant(given, cluster)
    further: Iterator[tuple[str, str]] = iter(())
    if argocd is not None:
        # With the client library: a third of a second that few renders need.
        from deploy.targets.kubernetes.cluster import definitions  # noqa: PLC0415 - as above
        from singlepane.asking import built  # noqa: PLC0415 - as above

        operator = built("prometheus_operator")
        repository = Repository(argocd, path=argocd_path)
        further = texts.for_argocd(wish, wanted, definitions.wanted(operator), repository)
    if out is None:
        for path, content in chain(chain.from_iterable(in_slices(wish, wanted, texts.made)), further):
            output.content(f"# {path}\n{content}")
        return
    target = folder.opened(out)
    slices = in_slices(wish, wanted, partial(_put, target))
    done = dict(chain(chain.from_iterable(slices), target.put(further)))
    gone = target.close(tuple(done))
    deleted = f", {gone} deleted" if gone else ""
    output.message(f"{len(done)} files in {out}: {sum(done.values())} written{deleted}")


def _put(target: folder.Folder, wish: Wish, clusters: Sequence[str]) -> list[tuple[str, bool]]:
    """Render and write by the same process: no text is handed from one to another."""
    return target.put(texts.made(wish, clusters))
