"""Exporters of an estate as components: names, files that the exporter itself accepts, secrets, needs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from estate.components import Address, Component, DataPath, FilePath, SecretValue, Text, text
from estate.load import load as load_estate
from estate.model import AzureExporter, Estate, JsonExporter
from exporters.components import AzureEndpoints, Peers, components
from exporters.config import Config, load

SHOP = Path(__file__).parents[2] / "examples" / "shop" / "estate.yaml"
SIMULATOR = Address("azure-simulator", "https")
STAND_IN = AzureEndpoints(
    authority=text("https://", SIMULATOR, "/entra"),
    arm=text("https://", SIMULATOR, "/arm"),
    metrics=text("https://", SIMULATOR, "/metrics/{region}"),
    ca_file=text(DataPath("azure-simulator", "ca/ca.pem")),
    client_id="00000000-0000-4000-8000-0000000000c1",
    client_secret=text(SecretValue("env:SIMULATOR_SECRET")),
)
UP = Peers(
    STAND_IN, {"https://api.shop.example": Address("shop", "http"), "https://api": Address("no", "http")}
)


def estate() -> Estate:
    """The example estate."""
    return load_estate(SHOP).estate


def resolved(value: Any) -> Any:
    """A document as a target would write it."""
    if isinstance(value, Text):
        return "".join(_leaf(part) for part in value.parts)
    if isinstance(value, Mapping):
        return {key: resolved(each) for key, each in value.items()}
    return [resolved(each) for each in value] if isinstance(value, list) else value


def _leaf(part: Any) -> str:
    match part:
        case Address(component=component):
            return f"{component}.local:1234"
        case DataPath(component=component, below=below):
            return f"/data/{component}/{below}"
    return str(part)


def read(component: Component, folder: Path) -> Config:
    """The component's file, read by the exporter's own loader."""
    (file,) = component.files
    path = folder / f"{component.name}.yaml"
    path.write_text(yaml.safe_dump(resolved(file.content), sort_keys=False))
    return load(path)


def named(name: str, peers: Peers = UP) -> Component:
    """One of the example's components."""
    return next(each for each in components(estate(), peers) if each.name == name)


def test_one_component_per_row_and_cluster() -> None:
    """Rows run in the clusters that they name; without any it is the hub."""
    assert [(each.name, each.kind, each.cluster) for each in components(estate(), UP)] == [
        ("azure-platform-prod-weu", "exporter", "prod-weu"),
        ("azure-platform-prod-neu", "exporter", "prod-neu"),
        ("shop-orders-prod-weu", "exporter", "prod-weu"),
        ("shop-orders-prod-neu", "exporter", "prod-neu"),
        ("inventory-hub-weu", "exporter", "hub-weu"),
    ]


@pytest.mark.parametrize("peers", [UP, Peers()], ids=["up", "real"])
def test_every_file_is_one_that_the_exporter_takes(tmp_path: Path, peers: Peers) -> None:
    """What is rendered passes the exporter's own checks."""
    for component in components(estate(), peers):
        config = read(component, tmp_path)
        assert (config.name, config.cluster) == (component.name, component.cluster)


def test_the_azure_exporter_under_up(tmp_path: Path) -> None:
    """It reads its cluster's own subscription, from the simulator, with a secret of the environment."""
    component = named("azure-platform-prod-neu")
    config = read(component, tmp_path)
    row = config.exporters["azure-platform"]
    assert isinstance(row, AzureExporter)
    assert (row.scope, row.identity) == (["shop-prod-neu"], "env:AZURE_CLIENT_SECRET")
    assert list(config.subscriptions) == ["shop-prod-neu"]
    assert config.azure.metrics == "https://azure-simulator.local:1234/metrics/{region}"
    assert config.azure.ca_file == "/data/azure-simulator/ca/ca.pem"
    assert component.environment["AZURE_CLIENT_SECRET"] == STAND_IN.client_secret
    assert (component.needs, component.identity, component.storage) == (("azure-simulator",), "", "1Gi")


def test_the_azure_exporter_in_azure(tmp_path: Path) -> None:
    """With workload identity it holds no secret, needs nobody, and says whose identity it wants."""
    component = named("azure-platform-prod-weu", Peers())
    config = read(component, tmp_path)
    assert config.azure.arm == "https://management.azure.com"
    assert (component.identity, component.needs, dict(component.environment)) == ("workload", (), {})


def test_secrets_go_through_the_environment(tmp_path: Path) -> None:
    """A reference of any kind, also to a key vault, reaches the process as a variable and never as text."""
    document = yaml.safe_load(SHOP.read_text())
    document["exporters"]["shop-orders"]["bearer"] = "keyvault:shop-vault/api-token"
    document["exporters"]["azure-platform"]["identity"] = "file:/run/secrets/azure"
    file = tmp_path / "estate.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    made = {each.name: each for each in components(load_estate(file).estate, Peers())}
    shop, azure = made["shop-orders-prod-weu"], made["azure-platform-prod-weu"]
    assert shop.environment == {"EXPORTER_BEARER_TOKEN": text(SecretValue("keyvault:shop-vault/api-token"))}
    assert azure.environment == {"AZURE_CLIENT_SECRET": text(SecretValue("file:/run/secrets/azure"))}
    row = read(shop, tmp_path).exporters["shop-orders"]
    assert isinstance(row, JsonExporter) and row.bearer == "env:EXPORTER_BEARER_TOKEN"
    assert azure.identity == ""
    read(azure, tmp_path)


def test_replaced_addresses(tmp_path: Path) -> None:
    """The longest prefix is replaced, the rest stays, and the component there must be ready first."""
    component = named("shop-orders-prod-weu")
    row = read(component, tmp_path).exporters["shop-orders"]
    assert isinstance(row, JsonExporter)
    assert row.url == "http://shop.local:1234/api/v1/orders/summary"
    assert component.needs == ("shop",)
    real = read(named("shop-orders-prod-weu", Peers()), tmp_path).exporters["shop-orders"]
    assert isinstance(real, JsonExporter) and real.url == "https://api.shop.example/api/v1/orders/summary"


def test_the_inventory_holds_every_cluster(tmp_path: Path) -> None:
    """The estate exporter knows whom to expect."""
    inventory = read(named("inventory-hub-weu"), tmp_path).inventory
    assert inventory is not None
    assert (inventory.estate, inventory.hub) == ("shop", "hub-weu")
    assert list(inventory.clusters) == ["hub-weu", "prod-weu", "prod-neu"]


def test_how_a_component_is_run() -> None:
    """Its command line, port, probe and metrics."""
    component = named("inventory-hub-weu")
    assert component.arguments[:3] == ("exporter", "run", "--config")
    assert component.arguments[3] == text(FilePath("exporter.yaml"))
    assert dict(component.ports) == {"http": 9790}
    assert component.ready is not None and component.ready.path == "/readyz"
    assert component.metrics == ("http", "/metrics")
