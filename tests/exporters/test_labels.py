"""The labels that the estate's check knows of exporters are those that exporters put on series."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from estate.checks.metric_names import names
from estate.model import AzureExporter, EstateExporter, Exporter, JsonExporter, JsonMetric
from estate.series_labels import OF_RESOURCES, OWN, may_be_tag, on_series, tag_label
from exporters.azure.discovery.resources import info_labels, resource, series_labels
from exporters.collectors import build
from exporters.collectors.estate import families
from exporters.configuration.load import load
from exporters.exposition.snapshot import snapshot
from exporters.running import own
from exporters.running.own import Counts
from tests.exporters.configuration.test_config import GOOD

DOCS = Path(__file__).parents[2] / "docs"
EXPORTERS = DOCS.with_name("exporters")
AZURE = AzureExporter.model_construct(kind="azure", metrics=[])
JSON = JsonExporter.model_construct(kind="json", url="", metrics=[])
INVENTORY = EstateExporter.model_construct(kind="estate")


def known(row: Exporter) -> set[str]:
    """What the check knows of a row."""
    return {label for label, _ in on_series(row)}


def documented(page: str) -> set[str]:
    """Labels in the third cells of a page's table of metrics."""
    rows = re.findall(r"^\| `[a-z_`, ]+` \| \w* \| ([^|]*) \|", (DOCS / page).read_text(), re.MULTILINE)
    return {label for cell in rows for label in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize(
    ("page", "row"),
    [
        ("exporters/service.md", JSON),
        ("collectors/json.md", JSON),
        ("collectors/estate.md", INVENTORY),
    ],
)
def test_documented_labels_are_known(page: str, row: Exporter) -> None:
    """Each label of the tables, so that one that is added to a metric is added to the check, too."""
    assert sorted(documented(page) - known(row)) == []


def written(module: str) -> set[str]:
    """Labels in the source of a module: keys of the dictionaries that it makes labels of, or rows of labels
    and values. So those are seen, too, that only a fault brings.
    """
    source = ast.parse((EXPORTERS / module).read_text())
    dictionaries: list[ast.expr] = []
    for node in ast.walk(source):
        match node:
            case ast.Tuple(elts=[ast.Dict() as row, _]):
                dictionaries.append(row)
            case ast.Call(func=ast.Name(id="Labels"), args=[first]):
                dictionaries.append(first)
            case ast.FunctionDef(name="identity", body=[*_, ast.Return(value=ast.Dict() as row)]):
                dictionaries.append(row)
    keys = [key for each in dictionaries if isinstance(each, ast.Dict) for key in each.keys]
    return {ast.literal_eval(key) for key in keys if key is not None}


def test_labels_of_our_own_metrics_are_known() -> None:
    """Each label that the service and the collector of Azure metrics write about themselves, also where there
    is nothing to say yet, and none that nobody writes any more.
    """
    azure, service = written("azure/metrics/own.py"), written("running/own.py")
    assert {"type", "metric", "reason", "dimensions", "code"} <= azure
    assert {"collector", "exporter", "format", "label"} <= service
    assert sorted(azure - known(AZURE)) == []
    assert sorted(service - set(OWN)) == []
    assert sorted(set(OWN) - azure - service) == []
    resources = {*OF_RESOURCES, "resource_id", "resource_type", "subscription_id"}
    assert sorted(known(AZURE) - set(OWN) - azure - resources) == []


def test_metrics_of_our_own_are_written_in_one_place() -> None:
    """Where the test before this one looks for their labels; two have tests of their own here."""
    name = re.compile(r'"((?:azure_(?:metrics|api|resource)|exporter)_[a-z_]+)",\s*"')
    own_places = ("azure/metrics/own.py", "running/own.py")
    elsewhere = {
        found
        for path in EXPORTERS.rglob("*.py")
        if not str(path).endswith(own_places)
        for found in name.findall(path.read_text())
    }
    assert elsewhere == {"azure_resource_info", "exporter_json_bad_values_total"}


def test_labels_of_azure_resources_are_known() -> None:
    """Those of every series, and of the facts about a resource; those of tags by their patterns."""
    place = "/subscriptions/6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001/resourceGroups/g"
    id = f"{place}/providers/Microsoft.Cache/redis/r"
    found = resource(id, "westeurope", {"Cost-Center": "1", "team": "shop"})
    assert found is not None
    assert tuple(series_labels(found, "prod")) == OF_RESOURCES
    labels = {name for name, _ in info_labels(found, "prod").pairs}
    tags = {label for label in labels if label.startswith("tag_")}
    assert tags == {"tag_cost_center", "tag_team"}
    assert labels - tags <= known(AZURE)
    for patterns, covered in (
        (["*"], tags),
        (["Cost*"], {"tag_cost_center"}),
        (["team"], {"tag_team"}),
        ([], set()),
    ):
        row = AZURE.model_copy(update={"tag_labels": patterns})
        assert {label for label in tags if may_be_tag(label, row)} == covered
    assert tag_label("Cost-Center") == "tag_cost_center"


def test_labels_of_the_inventory_are_known(tmp_path: Path) -> None:
    """Every label of its series."""
    file = tmp_path / "exporter.yaml"
    file.write_text(GOOD)
    inventory = load(file).inventory
    assert inventory is not None
    labels = {
        name for each in families(inventory) for sample in each.samples for name, _ in sample.labels.pairs
    }
    assert known(INVENTORY) - set(OWN) <= labels <= known(INVENTORY)


def test_dimensions_and_labels_of_metrics_are_known() -> None:
    """As the exporter names them."""
    metric = {
        "type": "Microsoft.Storage/storageAccounts",
        "names": ["Ingress"],
        "dimensions": ["ApiName", "region"],
    }
    azure = AzureExporter.model_validate({"kind": "azure", "metrics": [metric]})
    assert {"api_name", "dimension_region"} <= known(azure)


async def test_no_row_can_take_a_name_of_ours(tmp_path: Path) -> None:
    """What the service, the process and every collector say about themselves is refused as the name of a
    metric, in each form that OpenMetrics takes for the same.
    """
    file = tmp_path / "exporter.yaml"
    file.write_text(GOOD)
    config = load(file)
    collectors = build(config, None)
    assert config.inventory is not None
    own_families = [
        *own.service(Counts(), snapshot((), 0.0)),
        *own.collectors([], 0.0),
        *own.process(),
        *(family for collector in collectors for family in collector.own()),
        *families(config.inventory),
    ]
    for family in own_families:
        for name in {family.name, family.base}:
            type = "counter" if name.endswith("_total") else "gauge"
            row = JsonMetric.model_validate({"name": name, "type": type, "help": "X.", "value": "x"})
            assert [each.code for each in names([((), row)])] == ["metric-reserved"], name
    for collector in collectors:
        await collector.close()
