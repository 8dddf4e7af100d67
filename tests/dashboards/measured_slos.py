"""What Sloth's rules record of the SLOs of one cluster."""

from __future__ import annotations

from collections.abc import Iterator

from tests.dashboards.series import Series


def of_cluster(cluster: str, factor: float) -> Iterator[Series]:
    """One SLO that burns, and one that has an objective and nothing that measures it."""
    slo = {"cluster": cluster, "sloth_service": "shop", "sloth_slo": "orders", "sloth_id": "shop-orders"}
    blind = {**slo, "sloth_slo": "carts", "sloth_id": "shop-carts"}
    for each, objective in ((slo, 0.99), (blind, 0.95)):
        yield Series("slo:objective:ratio", each, objective)
        yield Series("slo:error_budget:ratio", each, round(1 - objective, 2))
        yield Series("slo:time_period:days", each, 30)
    for window, errors in (("5m", 0.1), ("1h", 0.08), ("6h", 0.04), ("3d", 0.01), ("30d", 0.006)):
        yield Series(f"slo:sli_error:ratio_rate{window}", slo, errors * factor)
    yield Series("slo:current_burn_rate:ratio", slo, 10 * factor)
    yield Series("slo:period_error_budget_remaining:ratio", slo, 1 - 0.6 * factor)
