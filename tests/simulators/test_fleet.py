"""Fleet files: what they make, and every mistake answered with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.azure.fleetfile import FleetError, load, parse
from simulators.azure.world import World
from tests.simulators.talk import SHOP, TENANT

SHOP_EXAMPLE = Path(__file__).parents[2] / "examples" / "shop"
HEAD = f"""apiVersion: singlepane/azure-fleet/v1
tenants: {{main: {TENANT}}}
subscriptions:
  shop:
    id: {SHOP}
    tenant: main
"""


def problems(text: str) -> str:
    """All that is said about a fleet file."""
    with pytest.raises(FleetError) as caught:
        parse(text, "fleet.yaml")
    return "\n".join(caught.value.problems)


def test_smallest_fleet() -> None:
    """A tenant and a subscription are enough; one application may sign in."""
    world = World(parse(HEAD, "fleet.yaml"))
    assert list(world.inventory.subscriptions) == [SHOP]
    assert [one.secret for one in world.principals.values()] == ["simulator"]


def test_rows_make_resources() -> None:
    """Counts, patterns, several regions in turn, and sub-resources that no listing shows."""
    text = HEAD + (
        "    resources:\n"
        '      - {type: Microsoft.Storage/storageAccounts, name: "data{n:02}", count: 3,\n'
        '         region: [westeurope, northeurope], resource_group: "{subscription}-{region}",\n'
        '         tags: {place: "{region}", number: "{n}"}}\n'
        "      - {type: Microsoft.Sql/servers/databases, name: main/orders}\n"
        "      - {type: Microsoft.KeyVault/vaults, count: 2}\n"
    )
    resources = World(parse(text, "fleet.yaml")).inventory.resources.values()
    services = ("", *(f"/{each}Services/default" for each in ("blob", "file", "queue", "table")))
    accounts = (
        "shop-westeurope/providers/Microsoft.Storage/storageAccounts/data01",
        "shop-northeurope/providers/Microsoft.Storage/storageAccounts/data02",
        "shop-westeurope/providers/Microsoft.Storage/storageAccounts/data03",
    )
    assert [one.id.removeprefix(f"/subscriptions/{SHOP}/resourceGroups/") for one in resources] == [
        *(account + service for account in accounts for service in services),
        "shop-westeurope/providers/Microsoft.Sql/servers/main/databases/orders",
        "shop-westeurope/providers/Microsoft.KeyVault/vaults/vaults-001",
        "shop-westeurope/providers/Microsoft.KeyVault/vaults/vaults-002",
    ]
    assert [dict(one.tags) for one in resources][5] == {"place": "northeurope", "number": "2"}


@pytest.mark.parametrize(
    ("keys", "services"),
    [
        ("kind: StorageV2", {"blobServices", "fileServices", "queueServices", "tableServices"}),
        ("kind: BlockBlobStorage", {"blobServices"}),
        ("kind: FileStorage, sku: {name: Premium_ZRS}", {"fileServices"}),
        ("kind: StorageV2, sku: {name: Premium_LRS}", {"blobServices"}),
    ],
)
def test_accounts_have_the_services_of_their_kind(keys: str, services: set[str]) -> None:
    """As Azure's overview of storage accounts has it."""
    text = f"{HEAD}    resources: [{{type: Microsoft.Storage/storageAccounts, name: data, {keys}}}]\n"
    found = World(parse(text, "fleet.yaml")).inventory.resources.values()
    assert {one.id.split("/")[-2] for one in found if not one.listed} == services


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "fleet.yaml:1:1: a fleet file is a mapping with apiVersion, tenants and subscriptions"),
        ("- a\n", "fleet.yaml:1:1: a fleet file is a mapping with apiVersion, tenants and subscriptions"),
        ("a: [1\n", "fleet.yaml:2:1: not YAML: expected ',' or ']', but got '<stream end>'"),
        ("a:\n\tb: 1\n", "fleet.yaml:2:1: not YAML: found character '\\t' that cannot start any token"),
        (
            HEAD.replace("fleet/v1", "fleet/v2"),
            "fleet.yaml:1:1: apiVersion: Input should be 'singlepane/azure-fleet/v1'",
        ),
        (HEAD + "colour: red\n", "fleet.yaml:7:1: colour: Extra inputs are not permitted"),
        (
            HEAD + "seed: many\n",
            "fleet.yaml:7:1: seed: Input should be a valid integer, unable to parse string as an integer",
        ),
        (
            HEAD.replace("tenant: main", "tenant: mian"),
            "fleet.yaml:1:1: subscriptions.shop names tenant 'mian', which is not one of main",
        ),
        (
            HEAD + "management_groups: {all: [shop, back]}\n",
            "fleet.yaml:1:1: management_groups.all names subscription 'back', which is not one of shop",
        ),
        (HEAD + "    resources:\n      - {type: Microsoft.KeyVault/vault}\n", None),
        (
            HEAD + "    resources:\n      - {type: vaults}\n",
            "fleet.yaml:8:10: subscriptions.shop.resources.0.type: String should match pattern "
            "'^[A-Za-z0-9.]+(/[A-Za-z0-9]+)+$'",
        ),
        (
            HEAD + '    resources:\n      - {type: Microsoft.KeyVault/vaults, name: "v{x}"}\n',
            "fleet.yaml:8:9: subscriptions.shop.resources.0: 'v{x}' may hold {n}, {region} and "
            "{subscription} "
            "only",
        ),
        (
            HEAD + "    resources:\n      - {type: Microsoft.KeyVault/vaults, name: same, count: 2}\n",
            "fleet.yaml:8:9: subscriptions.shop.resources.0: name 'same' needs {n}: 2 resources cannot share "
            "one name",
        ),
        (
            HEAD + "    resources:\n      - {type: Microsoft.Sql/servers/databases}\n",
            "fleet.yaml:8:9: subscriptions.shop.resources.0: name '' must be cut by / into as many pieces "
            "as servers/databases",
        ),
        (
            HEAD + "    resources:\n      - {type: Microsoft.KeyVault/vaults, name: a/b}\n",
            "fleet.yaml:8:9: subscriptions.shop.resources.0: name 'a/b' must be cut by / into as many pieces "
            "as vaults",
        ),
        (
            HEAD + "    resources:\n" + "      - {type: Microsoft.KeyVault/vaults, name: same}\n" * 2,
            f"fleet.yaml: several rows make the resource /subscriptions/{SHOP}/resourceGroups/shop-westeurope"
            "/providers/Microsoft.KeyVault/vaults/same",
        ),
        (HEAD + "faults: [{name: f, kind: explode}]\n", None),
        (HEAD + "seed: 1\nseed: 2\n", "fleet.yaml:8:1: the key 'seed' is given twice"),
        (
            HEAD + "clock: {now: yesterday}\n",
            "fleet.yaml:7:9: clock.now: 'yesterday' is not an ISO 8601 time such as 2026-03-02T12:00:00Z",
        ),
        (
            HEAD + "types: [{type: Shop/x, metrics: [{name: m, aggregations: [None]}]}]\n",
            "fleet.yaml:7:44: types.0.metrics.0.aggregations: name at least one aggregation besides None",
        ),
    ],
)
def test_mistakes(text: str, said: str | None) -> None:
    """Each mistake in one sentence with file, line and column."""
    found = problems(text)
    if said is not None:
        assert found == said
    else:
        assert found.startswith(("fleet.yaml:7:", "fleet.yaml:8:"))


def test_unknown_type_lists_the_known() -> None:
    """A type without metrics is named, with those that there are and the way out."""
    said = problems(HEAD + "    resources:\n      - {type: Microsoft.Batch/batchAccounts}\n")
    assert said.startswith(
        "fleet.yaml:8:10: subscriptions.shop.resources.0.type: no metrics are known for type "
        "'Microsoft.Batch/batchAccounts'; describe it under `types`, or use one of Microsoft.Cache/redis, "
    )


def test_all_mistakes_at_once() -> None:
    """Several mistakes come together."""
    said = problems(HEAD + "seed: x\nlimits: {page: 0}\ntokens: {lifetime: -1}\n")
    assert [line.split(": ")[0] for line in said.splitlines()] == [
        "fleet.yaml:7:1",
        "fleet.yaml:8:10",
        "fleet.yaml:9:10",
    ]


def test_unreadable_files(tmp_path: Path) -> None:
    """No such file, and a file that is not text."""
    with pytest.raises(FleetError, match="cannot be read: No such file or directory"):
        load(tmp_path / "none.yaml")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FleetError, match="cannot be read: it is not UTF-8 text"):
        load(tmp_path / "binary")


KEYS = [
    "apiVersion",
    "seed",
    "tenants",
    "principals",
    "subscriptions",
    "types",
    "limits",
    "faults",
    "clock",
    "x",
]
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.text(max_size=200) | DOCUMENTS.map(yaml.safe_dump))
def test_nothing_crashes_the_reader(text: str) -> None:
    """Whatever the file holds, it is a fleet or a FleetError."""
    try:
        parse(text, "fleet.yaml")
    except FleetError as error:
        assert error.problems


def test_example_fits_its_estate() -> None:
    """Ids are those of the estate, and every metric it asks for exists, with resources, where it asks."""
    fleet = load(SHOP_EXAMPLE / "fleet.yaml")
    estate = yaml.safe_load((SHOP_EXAMPLE / "estate.yaml").read_text())
    assert fleet.tenants == {name: row["id"] for name, row in estate["tenants"].items()}
    assert {name: row.id for name, row in fleet.subscriptions.items()} == {
        name: row["id"] for name, row in estate["subscriptions"].items()
    }
    world = World(fleet)
    exporter = estate["exporters"]["azure-platform"]
    for cluster in exporter["clusters"]:
        row = estate["clusters"][cluster]
        mine = [
            one for one in world.inventory.resources.values() if one.subscription.name == row["subscription"]
        ]
        assert {one.region for one in mine} == {row["region"]}
        assert cluster in {one.name for one in mine}
        for asked in exporter["metrics"]:
            kind = world.inventory.types[asked["type"].lower()]
            assert any(one.type is kind for one in mine), asked["type"]
            for name in asked["names"]:
                metric = kind.metrics[name.lower()]
                assert asked.get("interval", "PT1M") in metric.grains, name
                assert {one.lower() for one in asked.get("aggregations", [])} <= metric.supported, name
                assert {one.lower() for one in asked.get("dimensions", [])} <= set(metric.dimension_keys), (
                    name
                )


def test_example_has_the_types_of_a_platform() -> None:
    """At least eight resource types in each production subscription."""
    world = World(load(SHOP_EXAMPLE / "fleet.yaml"))
    for name in ("shop-prod-weu", "shop-prod-neu"):
        kinds = {
            one.type.name
            for one in world.inventory.resources.values()
            if one.subscription.name == name and one.listed
        }
        assert len(kinds) >= 8
