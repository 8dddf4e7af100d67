"""`singlepane alerts build`: the rules of an estate as files for any Prometheus, Thanos Rule or operator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deploy.cluster_wiring import rule_files
from deploy.targets.kubernetes.rendering import folder as folders
from estate.errors import SurroundingsError, UsageError
from estate.load import load
from singlepane import output
from singlepane.built_rules import built
from singlepane.which import EstateOption, estate_file


def build(
    folder: Annotated[Path, typer.Option("--folder", help="Where the files go; it is made if need be.")],
    *,
    objects: Annotated[
        bool, typer.Option("--objects", help="As PrometheusRule objects of prometheus-operator.")
    ] = False,
    label: Annotated[
        list[str] | None,
        typer.Option(
            "--label",
            metavar="NAME=VALUE",
            help="With --objects: a label of each, such as your Prometheus selects them by.",
        ),
    ] = None,
    estate: EstateOption = None,
) -> None:
    """Write the rules of an estate as rule files, for a Prometheus or ruler that singlepane does not run.

    Those in `prometheus` are for the Prometheus of every cluster, with its external label `cluster`;
    those in `prometheus-of-hub` for the one beside the global view; those in `thanos-rule` for a ruler over
    all clusters. Thresholds, sets and SLOs are those of the estate. What an earlier run wrote and is no rule
    file any more is deleted; other files stay.

    Examples: `singlepane alerts build --folder rules`,
    `singlepane alerts build --folder rules --objects --label release=kube-prometheus-stack`
    """
    labels = dict(_label(each) for each in label or ())
    if labels and not objects:
        raise UsageError("--label is for objects", "Add --objects.")
    made = list(built(rule_files(load(estate_file(estate)).estate), objects, labels))
    try:
        place = folders.opened(folder)
        place.put(made)
        gone = place.close([path for path, _ in made])
    except OSError as error:
        raise SurroundingsError(
            f"{folder} cannot be written: {error.strerror}", "Name a folder of yours."
        ) from None
    output.message(f"{folder}: {len(made)} files" + (f", {gone} taken away" if gone else ""))


def _label(written: str) -> tuple[str, str]:
    name, equals, value = written.partition("=")
    if not name or not equals:
        raise UsageError(f"--label {written!r} is no label", "Write NAME=VALUE.")
    return name, value
