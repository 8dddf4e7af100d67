"""In clusters: Grafana is there, and its data source answers where that can be asked without an account.

Contract: https://grafana.com/docs/grafana/v13.2/developer-resources/api-reference/http-api/ (health,
data source health).
"""

from __future__ import annotations

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.replica import Replica

# The uid under which the data source is provisioned (dashboards/grafana.py; a test compares).
DATA_SOURCE = "thanos"


async def prove(ground: Ground, replica: Replica) -> str:
    """Its own database first, then the data source behind every dashboard."""
    health = (await ground.get("grafana", "/api/health")).json()
    if health.get("database") != "ok":
        raise Broken(
            f"Grafana's database is {health.get('database')!r}",
            "See with `singlepane logs grafana`: its volume may be full.",
        )
    seen = f"Grafana {health.get('version', '')}".strip()
    if ground.estate.grafana is not None and ground.estate.grafana.entra is not None:
        return f"{seen}; only who signs in can ask its data source"
    answer = (await ground.get("grafana", f"/api/datasources/uid/{DATA_SOURCE}/health")).json()
    if answer.get("status") != "OK":
        raise Broken(
            f"Grafana's data source is {answer.get('status')}: {answer.get('message', '')}",
            "See with `singlepane logs grafana` and `singlepane logs query-frontend`.",
        )
    return f"{seen}, data source ok"


def applies(ground: Ground, replica: Replica) -> bool:
    """On the hub, where the estate has one."""
    return ground.estate.grafana is not None and replica.cluster == ground.estate.hub


HOP = Hop(
    name="grafana-shows",
    proves="Grafana answers, and without accounts its data source does too.",
    scope="cluster",
    patience=60,
    prove=prove,
    applies=applies,
    target="kubernetes",
)
