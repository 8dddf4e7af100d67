"""Exporters of an estate as components: names, files that the exporter itself accepts, secrets, needs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from estate.components import Address, Component, DataPath, FilePath, SecretValue, Text, text
from estate.errors import EstateInvalid
from estate.load import load as load_estate
from estate.model import AzureExporter, Estate, JsonExporter
from exporters.components import AzureEndpoints, Peers, components
from exporters.configuration.config import Config
from exporters.configuration.load import load

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


CREDENTIALS = {
    "main": {
        "kind": "certificate",
        "client_id": "8e1f4c2e-5a55-4d0f-9d8e-0f7f1c1a0003",
        "certificate": "keyvault:shop-vault/exporter",
        "password": "env:PFX_PASSWORD",
    },
    "far-east": {"kind": "secret", "secret": "keyvault:far-vault/client"},
}


def two_tenants(folder: Path, **row: Any) -> dict[str, Component]:
    """The example with a tenant in China beside its own, and both read by one exporter; by name."""
    document = yaml.safe_load(SHOP.read_text())
    (main,) = document["tenants"]
    document["tenants"][main]["credential"] = CREDENTIALS["main"]
    document["tenants"]["far-east"] = {
        "id": "6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0099",
        "cloud": "china",
        "credential": CREDENTIALS["far-east"],
    }
    document["subscriptions"]["far"] = {"id": "2b1c8f30-7d51-4c8e-9a46-3f1f6d2b0099", "tenant": "far-east"}
    azure = document["exporters"]["azure-platform"]
    azure.update({"clusters": ["prod-weu"], "scope": ["shop-prod-weu", "far"], **row})
    file = folder / "estate.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    peers = Peers() if "peers" not in row else row["peers"]
    return {each.name: each for each in components(load_estate(file).estate, peers)}


def test_each_tenant_brings_its_credential(tmp_path: Path) -> None:
    """Secrets are variables of their own; the kind, the application and the cloud stand in the file."""
    component = two_tenants(tmp_path)["azure-platform-prod-weu"]
    (main,) = set(read(component, tmp_path).tenants) - {"far-east"}
    name = main.upper().replace("-", "_")
    assert dict(component.environment) == {
        "AZURE_CLIENT_SECRET_FAR_EAST": text(SecretValue("keyvault:far-vault/client")),
        f"AZURE_CLIENT_CERTIFICATE_{name}": text(SecretValue("keyvault:shop-vault/exporter")),
        f"AZURE_CLIENT_CERTIFICATE_PASSWORD_{name}": text(SecretValue("env:PFX_PASSWORD")),
    }
    tenants = read(component, tmp_path).tenants
    assert tenants["far-east"].cloud == "china"
    assert tenants["far-east"].credential.model_dump() == {
        "kind": "secret",
        "client_id": None,
        "secret": "env:AZURE_CLIENT_SECRET_FAR_EAST",
    }
    certificate = tenants[main].credential
    assert certificate.model_dump() == {
        **CREDENTIALS["main"],
        "certificate": f"env:AZURE_CLIENT_CERTIFICATE_{name}",
        "password": f"env:AZURE_CLIENT_CERTIFICATE_PASSWORD_{name}",
    }
    assert component.identity == ""
    assert "keyvault" not in yaml.safe_dump(resolved(component.files[0].content))


def test_a_certificates_file_stays_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be binary, and is renewed in place."""
    monkeypatch.setitem(CREDENTIALS["main"], "certificate", "file:/run/secrets/client.pfx")
    component = two_tenants(tmp_path)["azure-platform-prod-weu"]
    rows = read(component, tmp_path).tenants.values()
    assert [getattr(row.credential, "certificate", "") for row in rows if row.cloud == "public"] == [
        "file:/run/secrets/client.pfx"
    ]
    assert not any("CERTIFICATE_" in name and "PASSWORD" not in name for name in component.environment)


def test_the_exporters_identity_stands_for_all_tenants(tmp_path: Path) -> None:
    """Then their own secrets do not reach the process."""
    component = two_tenants(tmp_path, identity="workload")["azure-platform-prod-weu"]
    assert (dict(component.environment), component.identity) == ({}, "workload")
    assert {row.credential.kind for row in read(component, tmp_path).tenants.values()} == {"workload"}


def test_stand_ins_need_no_credential(tmp_path: Path) -> None:
    """Under `up` the simulator takes its own secret, whatever the tenants have, and all clouds are one."""
    file = tmp_path / "estate.yaml"
    two_tenants(tmp_path)
    (component,) = (
        each for each in components(load_estate(file).estate, UP) if each.name == "azure-platform-prod-weu"
    )
    assert set(component.environment) == {"AZURE_CLIENT_SECRET", "NO_PROXY"}
    assert {row.cloud for row in read(component, tmp_path).tenants.values()} == {"public"}


def test_shards_are_components_of_their_own(tmp_path: Path) -> None:
    """Numbered, each with its part; one alone is called as ever."""
    made = two_tenants(tmp_path, shards=3)
    names = [name for name in made if name.startswith("azure-platform")]
    assert names == [f"azure-platform-prod-weu-{index}" for index in range(3)]
    for index, name in enumerate(names):
        component = made[name]
        assert component.arguments[-2:] == ("--shard", f"{index}/3")
        assert read(component, tmp_path).name == name
    assert "--shard" not in two_tenants(tmp_path, shards=1)["azure-platform-prod-weu"].arguments


def test_names_of_shards_are_checked(tmp_path: Path) -> None:
    """No shard is called like another component, and the longest name is still one that DNS takes."""
    document = yaml.safe_load(SHOP.read_text())
    row = {**document["exporters"]["azure-platform"], "clusters": ["prod-weu"]}
    document["clusters"]["platform-prod-weu-1"] = document["clusters"]["prod-neu"]
    document["exporters"] = {
        "azure-platform": {**row, "shards": 2},
        "azure": {"kind": "estate", "clusters": ["platform-prod-weu-1"]},
        "l" * 52: {**row, "shards": 11},
        "s" * 52: {**row, "shards": 10},
    }
    file = tmp_path / "estate.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    with pytest.raises(EstateInvalid) as caught:
        load_estate(file)
    long = f"{'l' * 52}-prod-weu-10"
    assert [(each.code, each.message) for each in caught.value.findings if "component" in each.code] == [
        (
            "component-name-twice",
            "its component in platform-prod-weu-1 would be 'azure-platform-prod-weu-1', which is the name of "
            "the exporter azure-platform in prod-weu",
        ),
        (
            "component-name-long",
            f"its component in prod-weu would be {long!r}, of 64 characters; a DNS label has at most 63",
        ),
    ]


def test_exporters_know_the_external_labels_of_their_prometheus(tmp_path: Path) -> None:
    """Those of their own cluster, by which they find series whose labels will be replaced."""
    assert read(named("azure-platform-prod-weu"), tmp_path).external_labels == [
        "cluster",
        "prometheus_replica",
        "environment",
    ]


def test_a_clusters_own_identity_signs_in_to_its_tenant(tmp_path: Path) -> None:
    """In place of the tenant's, which 20 service accounts alone could use."""
    own = "6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0009"
    made = estate()
    row = made.clusters["prod-weu"]
    settings = row.kubernetes.model_copy(update={"client_id": own})
    clusters = {**made.clusters, "prod-weu": row.model_copy(update={"kubernetes": settings})}
    found = {each.name: each for each in components(made.model_copy(update={"clusters": clusters}), Peers())}
    ids = {}
    for cluster in ("prod-weu", "prod-neu"):
        (tenant,) = read(found[f"azure-platform-{cluster}"], tmp_path).tenants.values()
        ids[cluster] = getattr(tenant.credential, "client_id", None)
    assert ids == {"prod-weu": own, "prod-neu": None}
