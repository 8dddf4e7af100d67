"""Resources out of ids: one canonical spelling whatever an API writes."""

from __future__ import annotations

import pytest

from exporters.azure.discovery.resources import Resource, info_labels, resource, series_labels

SUB = "/subscriptions/AAAA0000-0000-0000-0000-000000000000"
SUB_LOWER = SUB.lower()


@pytest.mark.parametrize(
    ("id", "location", "expected"),
    [
        (
            f"{SUB}/resourceGroups/RG-Prod/providers/Microsoft.Storage/storageAccounts/ShopData",
            "West Europe",
            ("shopdata", "microsoft.storage/storageaccounts", "westeurope", "rg-prod"),
        ),
        (
            f"{SUB}/resourcegroups/rg/providers/Microsoft.ContainerService/ManagedClusters/aks1/",
            "westeurope",
            ("aks1", "microsoft.containerservice/managedclusters", "westeurope", "rg"),
        ),
        (
            f"{SUB}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/a/blobServices/default",
            None,
            ("a/default", "microsoft.storage/storageaccounts/blobservices", "global", "rg"),
        ),
        (
            f"{SUB}/resourceGroups/rg/providers/A.B/c/d/providers/X.Y/z/w",
            "",
            ("a.b/c/d/w", "x.y/z", "global", "rg"),
        ),
        (f"{SUB[1:]}/providers/A.B/c/d", "global", ("d", "a.b/c", "global", "")),
    ],
)
def test_resources(id: str, location: str | None, expected: tuple[str, ...]) -> None:
    """Name, type, region and group are lower case; a child keeps its parents' names, to be told apart."""
    found = resource(id, location)
    assert found is not None
    assert (found.name, found.type, found.region, found.group) == expected
    assert found.subscription == SUB_LOWER.removeprefix("/subscriptions/")
    assert found.id == "/" + id.strip("/").lower()


@pytest.mark.parametrize(
    ("id", "location"),
    [
        ("", "westeurope"),
        ("/", "westeurope"),
        (SUB, "westeurope"),
        (f"{SUB}/resourceGroups/rg", "westeurope"),
        (f"{SUB}/resourceGroups/rg/providers/A.B", "westeurope"),
        (f"{SUB}/resourceGroups/rg/providers/A.B/c", "westeurope"),
        (f"{SUB}/resourceGroups/rg/providers/A.B/c/d/e", "westeurope"),
        (f"{SUB}/resourceGroups//providers/A.B/c/d", "westeurope"),
        ("/providers/Microsoft.Management/managementGroups/x", "global"),
        (f"{SUB}/resourceGroups/rg/providers/A.B/c/d", "evil.example/"),
        (f"{SUB}/resourceGroups/rg/providers/A.B/c/d", "x" * 50),
    ],
)
def test_what_is_no_resource(id: str, location: str) -> None:
    """An id that is cut, or a region that could become another host, is no resource."""
    assert resource(id, location) is None


def test_labels() -> None:
    """Series carry what makes them unique; the info metric has id, type and tags."""
    found = Resource(
        "/subscriptions/s/resourcegroups/rg/providers/a.b/c/d",
        "d",
        "a.b/c",
        "westeurope",
        "rg",
        "s",
        {"Team": "shop", "cost-center": "7", "Cost Center": "8", "empty": ""},
    )
    assert series_labels(found, "shop-prod") == {
        "subscription": "shop-prod",
        "resource_group": "rg",
        "resource_name": "d",
        "region": "westeurope",
    }
    assert info_labels(found, "shop-prod").text == (
        '{region="westeurope",resource_group="rg",'
        'resource_id="/subscriptions/s/resourcegroups/rg/providers/a.b/c/d",resource_name="d",'
        'resource_type="a.b/c",subscription="shop-prod",subscription_id="s",tag_cost_center="8",'
        'tag_cost_center_3c316c89="7",tag_team="shop"}'
    )


def test_tags_that_azure_hides_stay_hidden() -> None:
    """Tags of other shapes than text, and those that the portal hides, are left out."""
    tags = {"team": "shop", "hidden-link:/x": "Resource", "n": 5, "none": None}
    found = resource(f"{SUB}/resourceGroups/rg/providers/A.B/c/d", "westeurope", tags)
    assert found is not None and found.tags == {"team": "shop"}
    untagged = resource(f"{SUB}/resourceGroups/rg/providers/A.B/c/d", "westeurope", ["team"])
    assert untagged is not None and untagged.tags == {}
