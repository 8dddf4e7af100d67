"""Under `up`: dashboards about what runs there have something to show, and no panel of them fails."""

from __future__ import annotations

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.replica import Replica
from deploy.verify.words import counted

# Few points of each series: whether a panel shows anything is seen in them as well.
SINCE = "now-5m"


async def prove(ground: Ground, replica: Replica) -> str:
    """As their pages at the server draw them, one after the other: each asks dozens of queries."""
    rows = (await ground.get("server", "/api/v1/dashboards")).json()["dashboards"]
    local = [row for row in rows if row["local"]]
    panels = 0
    for row in local:
        shown = (await ground.get("server", f"/api/v1/dashboards/{row['uid']}?from={SINCE}")).json()["panels"]
        panels += len(shown)
        for panel in shown:
            if panel["state"] == "failed":
                raise Broken(
                    f"the panel {panel['title']!r} of the dashboard {row['title']} fails: "
                    f"{'; '.join(panel['words'])}",
                    "See with `singlepane logs query-frontend` what it was asked.",
                )
        if all(panel["state"] == "empty" for panel in shown):
            raise Broken(
                f"the dashboard {row['title']} has nothing to show",
                "See with `singlepane verify` which hop before this one does not hold.",
            )
    return f"{counted(len(local), 'dashboard')} with {counted(panels, 'panel')}"


def applies(ground: Ground, replica: Replica) -> bool:
    """Once, for the hub: dashboards are about all clusters."""
    return replica.cluster == ground.estate.hub


HOP = Hop(
    name="dashboards-shown",
    proves="Dashboards about what runs on one machine show something, and no panel fails.",
    scope="cluster",
    # Recording rules have nothing to say before their first minute.
    patience=None,
    prove=prove,
    applies=applies,
    target="local",
)
