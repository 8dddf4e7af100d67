"""The inventory as metrics."""

from __future__ import annotations

from exporters.collectors.estate import families
from exporters.configuration.config import Inventory
from exporters.exposition.metrics import render


def test_every_expected_cluster_is_a_series() -> None:
    """The whole exposition: who is expected, where, and who is the hub."""
    inventory = Inventory.model_validate(
        {
            "estate": "shop",
            "hub": "hub-weu",
            "clusters": {
                "hub-weu": {"region": "westeurope", "subscription": "shop-hub", "version": "1.36"},
                "prod-neu": {"region": "northeurope", "subscription": "shop-prod", "version": "1.35.4"},
            },
        }
    )
    assert render(families(inventory)).text == (
        "# HELP singlepane_estate_info The estate that this inventory is of.\n"
        "# TYPE singlepane_estate_info gauge\n"
        'singlepane_estate_info{estate="shop",hub="hub-weu"} 1\n'
        "# HELP singlepane_estate_cluster_info "
        "Every cluster of the estate, whether it ever reported or not.\n"
        "# TYPE singlepane_estate_cluster_info gauge\n"
        'singlepane_estate_cluster_info{expected_cluster="hub-weu",region="westeurope",role="hub",'
        'subscription="shop-hub",version="1.36"} 1\n'
        'singlepane_estate_cluster_info{expected_cluster="prod-neu",region="northeurope",role="workload",'
        'subscription="shop-prod",version="1.35.4"} 1\n'
    )
