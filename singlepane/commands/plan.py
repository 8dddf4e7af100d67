"""`singlepane plan`: what an apply would change in the clusters, and what would be lost."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer

from deploy.targets.kubernetes.changes.planning import Apart
from deploy.targets.kubernetes.cluster import definitions
from deploy.targets.secrets import known
from singlepane import asking, output, shown_plan
from singlepane.clusters import ClustersOption
from singlepane.which import EstateArgument


class PlanFormat(StrEnum):
    """How a plan is printed."""

    text = "text"
    markdown = "markdown"
    json = "json"


def plan(
    estate: EstateArgument = None,
    cluster: ClustersOption = None,
    format: Annotated[
        PlanFormat,
        typer.Option("--output", "-o", help="`text` for people, `markdown` for a pull request, `json`."),
    ] = PlanFormat.text,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 when something would change.")
    ] = False,
    full: Annotated[
        bool,
        typer.Option("--full", help="Send every object to the dry run, also those that no apply would send."),
    ] = False,
) -> None:
    """Say what an apply would change in the clusters, object by object and key by key.

    Every object that an apply would send is sent to its API server as a dry run under the manager that will
    apply it, so that what is shown is what happens: defaults and other people's fields show no change,
    refusals show beforehand. What would be lost stands in words, each with the code that `apply --allow`
    takes. Secrets are compared where their references can be read here, and never shown. Before that stand
    the findings of `singlepane check` that matter on clusters, and what a quota, a node or a namespace would
    refuse. Nothing is changed.

    Exit code 0; with --exit-code 1 when something would change; 3 when a cluster cannot be asked.

    Examples: `singlepane plan estate.yaml`, `singlepane plan -c prod-weu -o markdown > plan.md`
    """
    given = asking.asked(estate, cluster)
    renderings = asking.checked(given)
    values = known(asking.references(renderings), os.environ, given.base)
    held = definitions.wanted(asking.built("prometheus_operator"))
    apis = given.apis()
    asking.adopted(given, renderings, apis)
    plans = asking.compared(given, renderings, apis, Apart(held, values), full=full).plans
    if format is PlanFormat.json:
        output.document(shown_plan.document(plans))
    else:
        lines = shown_plan.text(plans) if format is PlanFormat.text else shown_plan.markdown(plans)
        for line in lines:
            output.console.print(line, markup=False)
    asking.known(plans)
    if exit_code and any(each.changes for each in plans):
        raise typer.Exit(1)
