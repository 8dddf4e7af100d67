"""Docs and code agree: a page per collector, every metric on it, examples that load."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from estate.model import Cloud
from exporters.azure.metrics.points import REASONS
from exporters.collectors import COLLECTORS, build
from exporters.configuration.clouds import reached
from exporters.configuration.config import Config
from exporters.configuration.endpoints import Endpoints
from exporters.configuration.load import load
from exporters.exposition.metrics import Family
from exporters.exposition.snapshot import snapshot
from exporters.running import own
from exporters.running.cycle import Cycle
from exporters.running.own import Counts
from tests.exporters.configuration.test_config import GOOD
from tests.exporters.doubles import Scripted, gives

DOCS = Path(__file__).parents[2] / "docs"
HEADINGS = {"Metrics", "Permissions", "Calls", "Example alert"}


def page(name: str) -> str:
    """The text of a page."""
    return (DOCS / name).read_text()


def config(tmp_path: Path) -> Config:
    """A configuration that asks for every collector."""
    file = tmp_path / "exporter.yaml"
    file.write_text(GOOD)
    return load(file)


def test_there_is_a_page_for_each_collector_and_no_other() -> None:
    """Registry, files of the folder and pages name the same collectors."""
    names = {entry.name for entry in COLLECTORS}
    assert {each.stem for each in (DOCS / "collectors").glob("*.md")} == names
    folder = Path(__file__).parents[2] / "exporters" / "collectors"
    assert {each.stem.replace("_", "-") for each in folder.glob("[a-z]*.py")} == names


@pytest.mark.parametrize("entry", COLLECTORS, ids=lambda entry: entry.name)
def test_pages_have_the_same_parts(entry: Any) -> None:
    """A title, and at least metrics, permissions, calls and an example alert."""
    text = page(f"collectors/{entry.name}.md")
    assert text.startswith(f"# Collector `{entry.name}`\n")
    assert set(re.findall(r"^## (.+)$", text, re.MULTILINE)) >= HEADINGS


def documented(text: str) -> set[str]:
    """Metric names in the first cells of a page's tables."""
    cells = re.findall(r"^\| (`[a-z_`, ]+`) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([a-z_]+)`", cell)}


async def test_every_own_metric_is_on_its_page(tmp_path: Path) -> None:
    """What a collector says about itself is documented, and nothing is documented that it does not say."""
    for collector in build(config(tmp_path), None):
        names = {family.name for family in collector.own()}
        listed = {
            name
            for name in documented(page(f"collectors/{collector.name}.md"))
            if name.startswith(("exporter_", "azure_metrics_", "azure_api_"))
        }
        assert listed == names
        await collector.close()


async def test_every_metric_of_the_service_is_on_its_page(tmp_path: Path) -> None:
    """All families of the service, the process and the cycle."""
    cycle = Cycle(Scripted(gives()), lambda: None)
    families: list[Family] = [
        *own.service(Counts(), snapshot((), 0.0)),
        *own.collectors([cycle], 0.0),
        *own.process(),
    ]
    assert documented(page("exporters/service.md")) == {family.name for family in families}


@pytest.mark.parametrize("entry", COLLECTORS, ids=lambda entry: entry.name)
def test_examples_are_valid(entry: Any, tmp_path: Path) -> None:
    """The row that a page shows is one that the exporter takes."""
    text = page(f"collectors/{entry.name}.md")
    shown = yaml.safe_load(re.findall(r"```yaml\n(exporters:.*?)```", text, re.DOTALL)[0])
    document = yaml.safe_load(GOOD)
    document["subscriptions"] = {"shop-prod": document["subscriptions"]["prod"]}
    file = tmp_path / "exporter.yaml"
    file.write_text(yaml.safe_dump({**document, **shown}, sort_keys=False))
    assert load(file).exporters


def test_the_example_configuration_is_valid(tmp_path: Path) -> None:
    """And so is each part of it that the page shows by itself."""
    first, *parts = re.findall(r"```yaml\n(.*?)```", page("exporters/configuration.md"), re.DOTALL)
    file = tmp_path / "exporter.yaml"
    for part in ("{}", *parts):
        file.write_text(yaml.safe_dump({**yaml.safe_load(first), **yaml.safe_load(part)}))
        assert load(file).exporters
    assert len(parts) >= 2


def test_the_clouds_of_the_page_are_the_exporters() -> None:
    """Each by its name, with its addresses."""
    row = r"^\| `(\w+)` \| `(https\S+)` \| `(https\S+)` \| `(https\S+)` \|$"
    rows = {name: addresses for name, *addresses in re.findall(row, page("exporters/configuration.md"), re.M)}
    assert rows == {
        cloud: [found.authority, found.arm, found.metrics]
        for cloud in get_args(Cloud)
        for found in [reached(Endpoints(), cloud)]
    }


def test_the_azure_page_lists_the_reasons() -> None:
    """Each reason for which a point is not used is explained."""
    text = page("collectors/azure-metrics.md")
    assert [reason for reason in REASONS if f"`{reason}`" not in text] == []
