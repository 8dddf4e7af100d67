"""`singlepane history`: what was applied to the clusters, when and by whom."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

from deploy.targets.kubernetes.cluster import history as recorded
from singlepane import asking, output
from singlepane.clusters import ClustersOption
from singlepane.which import EstateArgument


def history(
    estate: EstateArgument = None,
    cluster: ClustersOption = None,
    format: output.FormatOption = output.Format.text,
) -> None:
    """List the revisions of the estate that were applied to its clusters, the newest first.

    Each cluster keeps its own list, of the last 20. `singlepane rollback REVISION` goes back to one.

    Example: `singlepane history -c prod-weu`
    """
    given = asking.asked(estate, cluster)
    apis = given.apis()
    rows = [(name, entry) for name in given.clusters for entry in recorded.read(apis[name])]
    if format is output.Format.json:
        output.document({"history": [{"cluster": name, **asdict(entry)} for name, entry in rows]})
        return
    output.table(
        "",
        ("CLUSTER", "REVISION", "APPLIED (UTC)", "BY", "RELEASES", "NOTE"),
        [
            (
                name,
                entry.revision,
                datetime.fromtimestamp(entry.time, UTC).strftime("%Y-%m-%d %H:%M:%S"),
                entry.by,
                len(entry.hashes),
                entry.note,
            )
            for name, entry in rows
        ],
    )
