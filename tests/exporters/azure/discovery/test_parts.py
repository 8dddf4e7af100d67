"""Services of storage accounts: in no listing, and found all the same.

That Resource Graph and ARM leave them out: Azure's "Azure Resource Graph table and resource type reference"
has no blobServices among its resources, and azure-sdk listings of real subscriptions hold none. Which kinds
of accounts have which services: Azure's "Storage account overview", types of storage accounts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from estate.model import AzureExporter, AzureMatch
from exporters.advice.roles import actions
from exporters.azure.discovery.graph import query
from exporters.azure.discovery.parts import PARTS, listed_type, parts
from exporters.azure.discovery.resources import Resource, resource
from exporters.azure.discovery.selection import selection
from simulators.azure.catalogue import UNLISTED
from tests.exporters.simulated import SECRET, STORAGE, SUBSCRIPTIONS, azure, fleet_text, of, samples

ACCOUNTS = STORAGE.lower()
INFO = "azure_resource_info"
SERVICES = ("blobServices", "fileServices", "queueServices", "tableServices")
# One level of each service that is measured each minute.
ROWS = [{"type": f"{STORAGE}/{service}", "names": ["Availability"]} for service in SERVICES]
NAMES = {
    service: f"azure_storage_storageaccounts_{service.lower()}_availability_average_ratio"
    for service in SERVICES
}
RESOURCES: dict[str, list[dict[str, Any]]] = {
    "shop-a": [
        {"type": STORAGE, "name": "general", "kind": "StorageV2", "tags": {"team": "shop"}},
        {"type": STORAGE, "name": "unsaid", "region": "northeurope"},
        {"type": STORAGE, "name": "blocks", "kind": "BlockBlobStorage", "sku": {"name": "Premium_LRS"}},
        {"type": STORAGE, "name": "old", "kind": "BlobStorage"},
        {"type": STORAGE, "name": "shares", "kind": "FileStorage", "sku": {"name": "Premium_LRS"}},
        {"type": STORAGE, "name": "pages", "kind": "StorageV2", "sku": {"name": "Premium_LRS"}},
    ]
}
FOUND = {
    "blobServices": {"general", "unsaid", "blocks", "old", "pages"},
    "fileServices": {"general", "unsaid", "shares"},
    "queueServices": {"general", "unsaid"},
    "tableServices": {"general", "unsaid"},
}


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the simulated application signs in with."""
    monkeypatch.setenv(SECRET, "simulator")


def account(name: str = "a") -> Resource:
    """An account."""
    found = resource(
        f"/subscriptions/s/resourceGroups/rg/providers/{STORAGE}/{name}", "westeurope", {"t": "1"}
    )
    assert found is not None
    return found


def azure_row(*metrics: dict[str, Any]) -> AzureExporter:
    """A row of an exporter."""
    return AzureExporter.model_validate({"kind": "azure", "scope": ["a"], "metrics": list(metrics)})


def test_the_simulator_leaves_out_what_we_derive() -> None:
    """Both know the same types by the same way below the account."""
    assert {type: part.path for type, part in PARTS.items()} == {
        type: path.lower() for type, path in UNLISTED.items()
    }


def test_a_part_is_where_its_whole_is() -> None:
    """Id and name end in the service's; region, group and tags are the account's."""
    (blobs,) = parts(account(), {}, frozenset({f"{ACCOUNTS}/blobservices", ACCOUNTS}))
    assert blobs.id.endswith("/storageaccounts/a/blobservices/default")
    assert (blobs.name, blobs.type) == ("a/default", f"{ACCOUNTS}/blobservices")
    assert (blobs.region, blobs.group, blobs.tags) == ("westeurope", "rg", {"t": "1"})
    # What Azure itself says of such an id is read to the same resource.
    assert resource(blobs.id, "westeurope", {"t": "1"}) == blobs


@pytest.mark.parametrize(
    "row", [{}, {"kind": None, "sku": None}, {"kind": 5, "sku": "x"}, {"kind": "New", "sku": {"name": 7}}]
)
def test_an_account_that_nothing_is_known_of_may_have_all(row: dict[str, Any]) -> None:
    """A kind that Azure adds tomorrow loses nothing."""
    assert len(list(parts(account(), row, frozenset(PARTS)))) == 4


def test_resource_graph_is_asked_for_the_accounts() -> None:
    """With what tells which services they have; the type of a part is in no listing."""
    types = frozenset({f"{ACCOUNTS}/blobservices", f"{ACCOUNTS}/queueservices"})
    assert query(types) == (
        "Resources | where type in~ ('microsoft.storage/storageaccounts') "
        "| project id, location, tags, kind, sku | order by id asc"
    )


def test_the_right_to_see_a_part_is_the_accounts() -> None:
    """The role of `exporter roles` holds what discovery needs, in the row's spelling."""
    assert listed_type(f"{STORAGE}/blobServices") == STORAGE
    row = azure_row({"type": f"{STORAGE}/blobServices", "names": ["BlobCount"], "interval": "PT1H"})
    assert [each for each in actions([row]) if "Storage" in each] == [f"{STORAGE}/read"]


@pytest.mark.parametrize("graph", [True, False], ids=["graph", "listing"])
async def test_services_of_all_accounts_are_read(tmp_path: Path, graph: bool) -> None:
    """Each kind of account has the services that it has, and their values are those of Azure."""
    with azure(tmp_path, fleet_text(RESOURCES)) as simulator:
        if not graph:
            simulator.order(kind="status", status=400, apis=["graph"])
        collector = simulator.collector(*ROWS)
        result = await collector.collect()
        for service, names in FOUND.items():
            assert set(of(result, NAMES[service])) == {f"{each}/default" for each in names}, service
        # What is not asked for is not read: the accounts themselves.
        assert ACCOUNTS not in {each.type for each in collector.catalogue.resources.values()}
        assert not collector.reader.refused
        await collector.close()


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ({"select": {"names": ["gen*"]}}, {"general/default"}),
        ({"select": {"names": ["general/default"]}}, {"general/default"}),
        ({"select": {"tags": {"team": "shop"}}}, {"general/default"}),
        ({"select": {"regions": ["northeurope"]}}, {"unsaid/default"}),
        ({"exclude": [{"names": ["unsaid/*"]}]}, {"general/default"}),
    ],
)
async def test_a_selection_holds_for_parts(tmp_path: Path, keys: dict[str, Any], names: set[str]) -> None:
    """By the account's name with the part's, by its tags and its region."""
    with azure(tmp_path, fleet_text(RESOURCES)) as simulator:
        collector = simulator.collector(ROWS[2], **keys)
        assert set(of(await collector.collect(), NAMES["queueServices"])) == names
        await collector.close()


async def test_an_account_and_its_services_are_read_side_by_side(tmp_path: Path) -> None:
    """Rows of both types have all their resources."""
    with azure(tmp_path, fleet_text(RESOURCES)) as simulator:
        collector = simulator.collector(ROWS[0], {"type": STORAGE, "names": ["Availability"]})
        result = await collector.collect()
        whole = "azure_storage_storageaccounts_availability_average_ratio"
        assert set(of(result, whole)) == FOUND["blobServices"] | {"shares"}
        assert set(of(result, NAMES["blobServices"])) == {f"{each}/default" for each in FOUND["blobServices"]}
        await collector.close()


async def test_one_part_is_found_by_its_id(tmp_path: Path) -> None:
    """A probe of one service asks ARM for its account, and for nothing else."""
    subscription = SUBSCRIPTIONS["shop-a"]
    with azure(tmp_path, fleet_text(RESOURCES)) as simulator:
        collector = simulator.collector(ROWS[0])
        whole = simulator.resource("general")
        only = resource(f"{whole.id}/blobServices/default", None)
        assert only is not None and only.subscription == subscription
        collector.catalogue.only = only
        assert set(of(await collector.collect(), NAMES["blobServices"])) == {"general/default"}
        await collector.close()


def test_names_of_parts_are_told_apart_from_the_account() -> None:
    """`select.names` of an account alone does not take its parts: the name of a part holds both."""
    chosen = selection(AzureMatch(names=["a"]), [])
    (blobs,) = parts(account(), {}, frozenset({f"{ACCOUNTS}/blobservices"}))
    assert chosen.takes(account()) and not chosen.takes(blobs)


async def test_info_has_the_accounts_tags(tmp_path: Path) -> None:
    """A join by azure_resource_info finds the team of a service."""
    with azure(tmp_path, fleet_text(RESOURCES)) as simulator:
        collector = simulator.collector(ROWS[0], select={"names": ["general/*"]})
        found = [labels for name, labels in samples(await collector.collect()) if name == INFO]
        assert [each.get("tag_team") for each in found] == ["shop"]
        await collector.close()
