"""The collector's page names every metric that it has about itself, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from estate.model import AzureExporter
from exporters.azure.calls.clients import Clients
from exporters.collectors.azure_metrics import AzureMetrics
from exporters.configuration.endpoints import Endpoints

PAGE = Path(__file__).parents[3] / "docs" / "collectors" / "azure-metrics.md"


def test_the_page_names_all_metrics() -> None:
    """A metric that is added or renamed is added or renamed there."""
    row = AzureExporter.model_validate(
        {"kind": "azure", "scope": ["shop"], "metrics": [{"type": "A.B/c", "names": ["x"]}]}
    )
    collector = AzureMetrics("azure", row, (), Clients(Endpoints(), "cli"), None)
    table = PAGE.read_text().split("## About itself")[1].split("## An alert")[0]
    named = set(re.findall(r"`(azure_\w+)`", table))
    assert named == {family.name for family in collector.own()}


def test_the_page_names_all_keys() -> None:
    """Every key of the row stands on the page."""
    page = PAGE.read_text()
    for name in AzureExporter.model_fields:
        assert name in page or name in ("clusters", "interval", "identity")
