"""How many blocks there will be, and the disk that they need."""

from __future__ import annotations

import pytest

from estate.model import Estate
from tests.thanos.estates import azurite_setting, example
from thanos.blocks import headers_gib, predicted
from thanos.topology import components


def kept(raw: str, five_minutes: str, one_hour: str, replicas: int) -> Estate:
    """The example with other retention, and as many servers in prod-neu."""
    estate = example()
    retention = estate.metrics.retention.model_copy(
        update={"raw": raw, "five_minutes": five_minutes, "one_hour": one_hour}
    )
    row = estate.clusters["prod-neu"]
    more = row.model_copy(update={"prometheus": row.prometheus.model_copy(update={"replicas": replicas})})
    return estate.model_copy(
        update={
            "metrics": estate.metrics.model_copy(update={"retention": retention}),
            "clusters": {**estate.clusters, "prod-neu": more},
        }
    )


@pytest.mark.parametrize(
    ("retention", "replicas", "blocks"),
    [
        # Of each of four servers: 31 young ones, and one for each two weeks of each resolution.
        (("14d", "28d", "1y"), 1, 4 * (31 + 1 + 2 + 27)),
        (("15d", "28d", "1y"), 1, 4 * (31 + 2 + 2 + 27)),
        (("14d", "28d", "1y"), 4, 7 * (31 + 1 + 2 + 27)),
    ],
)
def test_blocks_follow_servers_and_retention(
    retention: tuple[str, str, str], replicas: int, blocks: int
) -> None:
    """They do not follow the number of series: a block of many is a large one."""
    assert predicted(kept(*retention, replicas)) == blocks


def test_the_store_gateway_has_disk_for_all_headers() -> None:
    """30 MiB for each block, and never less than 20 GiB."""
    for estate, storage in ((example(), "20Gi"), (kept("5y", "5y", "5y", 4), "87Gi")):
        found = {each.name: each for each in components(estate, azurite_setting(estate))}
        assert found["store"].storage == storage
        assert headers_gib(estate) <= int(storage.removesuffix("Gi"))
