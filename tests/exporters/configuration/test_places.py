"""Which Azure resources may be probed: whole segments in any case, and no id that a URL reads otherwise."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.azure.calls.http import address
from exporters.configuration.places import AzurePlace, azure_place
from exporters.configuration.targets import NoTarget
from tests.exporters.simulated import SUBSCRIPTIONS

A, B = SUBSCRIPTIONS["shop-a"], SUBSCRIPTIONS["shop-b"]
GROUP = f"/subscriptions/{A}/resourceGroups/shop"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv"


def place(text: str) -> AzurePlace:
    """A place in a configuration with two subscriptions."""
    return azure_place(text, SUBSCRIPTIONS)


@pytest.mark.parametrize(
    "entry", ["shop-a", A, A.upper(), f"/subscriptions/{A}", f"/SUBSCRIPTIONS/{A}/", GROUP, VAULT.upper()]
)
def test_what_an_entry_holds(entry: str) -> None:
    """Names and ids of a subscription are one, and case does not matter."""
    assert place(entry).holds(place(VAULT))
    assert place(entry).subscription == A


@pytest.mark.parametrize(
    "entry",
    ["shop-b", B, VAULT[:-1], f"{VAULT}/x", VAULT.replace("/shop/", "/sho/"), GROUP[:-1]],
)
def test_what_it_does_not_hold(entry: str) -> None:
    """Another subscription, what is below, and beginnings that end inside a segment."""
    assert not place(entry).holds(place(VAULT))


@pytest.mark.parametrize(
    "target",
    [
        "",
        "/",
        "/subscriptions",
        "/subscriptions/",
        "/subscriptions/shop-a",
        f"subscriptions/{A}",
        f"//subscriptions/{A}",
    ]
    + [
        f"{VAULT}{end}"
        for end in (
            "//",
            "/..",
            "/.",
            "/a%20b",
            "/a?b",
            "/a:b",
            "/a&b",
            "/<b>",
            "/a*",
            "/a%2fb",
            "/a\\\\b",
            "/a\nb",
            "/a\u00a0b",
            "/ a",
            "/a ",
            "/" + "x" * 261,
        )
    ]
    + [
        f"{VAULT}{'/x' * 1000}",
        f"/subscriptions/{A}x",
        "https://management.azure.com",
        "shop_a",
        "shop-c",
        "SHOP-A",
    ],
)
def test_what_is_never_a_place(target: str) -> None:
    """Whatever the list says."""
    with pytest.raises(NoTarget):
        place(target)


@pytest.mark.parametrize(
    "name",
    ["orders copy", "orders (old)", "a#1", "o'clock", "straße", "注文", "a+b=c;d,e!@$[1]{2}|~^`", 'a"b'],
)
def test_names_that_azure_takes(name: str) -> None:
    """Databases and pools may be called almost anything, groups in any letters."""
    target = f"/subscriptions/{A}/resourceGroups/shop/providers/Microsoft.Sql/servers/sql-a/databases/{name}"
    assert place(target).segments[-1] == name.lower()


@given(st.text("aA./%'?#\\\\~ \n", max_size=20))
def test_a_place_is_a_plain_path(rest: str) -> None:
    """What passes has neither empty nor dot segments, nor what Azure takes in no name; where it is called it
    is one path, from which the same segments are read.
    """
    try:
        found = place(f"{VAULT}{rest}").id
    except NoTarget:
        return
    assert not set(found) & set("%?\\\n")
    assert not {"", ".", ".."} & set(found[1:].split("/"))
    url = httpx.URL(address("https://management.azure.com", found, top="1"))
    assert url.raw_path.decode() == f"{quote(found, safe='/:()')}?top=1"
    assert (url.path, url.fragment) == (found, "")
