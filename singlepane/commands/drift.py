"""`singlepane drift`: what somebody changed in the clusters since the last apply."""

from __future__ import annotations

import typer

from deploy.targets.kubernetes.changes.drift import applied
from deploy.targets.kubernetes.changes.planning import Apart, ClusterPlan, plan
from estate.errors import ClusterError
from singlepane import asking, output, shown_plan
from singlepane.clusters import ClustersOption
from singlepane.each import of_each
from singlepane.which import EstateArgument


def drift(
    estate: EstateArgument = None,
    cluster: ClustersOption = None,
    format: output.FormatOption = output.Format.text,
) -> None:
    """Say what somebody changed in the clusters since the last apply.

    Each object is compared with what was applied last, whatever the estate file says by now: `~` was changed,
    `+` was deleted and would be made again. Fields of other managers that we never wrote are no drift.

    Exit code 0 when nothing was changed, 1 when something was, 3 when a cluster cannot be asked.

    Example: `singlepane drift -c prod-weu`
    """
    given = asking.asked(estate, cluster)
    apis = given.apis()

    def of(name: str) -> ClusterPlan:
        try:
            return plan(apis[name], applied(apis[name], name, given.estate.name), Apart())
        except ClusterError as error:
            return ClusterPlan(name, unknown=error.message, remedy=error.remedy)

    plans = of_each(given.clusters, of)
    if format is output.Format.json:
        output.document(shown_plan.document(plans))
    else:
        for line in shown_plan.text(plans):
            output.console.print(line, markup=False)
    asking.known(plans)
    if any(each.changes for each in plans):
        raise typer.Exit(1)
