"""Which resources are read: patterns, and what of them goes into the query of Resource Graph."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from estate.model import AzureMatch
from exporters.azure.discovery.graph import query
from exporters.azure.discovery.resources import Resource
from exporters.azure.discovery.selection import Selection, conditions, like, literal, selection
from simulators.azure import kusto
from simulators.azure.kusto.reading import tokens

TYPE = "microsoft.storage/storageaccounts"


def one(name: str = "shop1", **changes: Any) -> Resource:
    """A storage account in group shop-prod, westeurope, of the team shop."""
    values: dict[str, Any] = {
        "region": "westeurope",
        "group": "shop-prod",
        "subscription": "s",
        "tags": {"Team": "Shop", "env": "prod"},
        **changes,
    }
    group = values["group"]
    id = f"/subscriptions/s/resourcegroups/{group}/providers/{TYPE}/{name}"
    return Resource(id, name, TYPE, **values)


def chosen(exclude: list[dict[str, Any]] | None = None, **select: Any) -> Selection:
    """A selection as it stands in a file."""
    blocks = [AzureMatch.model_validate(each) for each in exclude or []]
    return selection(AzureMatch.model_validate(select), blocks)


@pytest.mark.parametrize(
    ("text", "pattern", "fits"),
    [
        ("shop1", "shop1", True),
        ("Shop1", "sHOP1", True),
        ("shop12", "shop1", False),
        ("shop12", "shop*", True),
        ("shop12", "*12", True),
        ("shop12", "s*1?", True),
        ("shop1", "shop??", False),
        ("a.b", "a?b", True),
        ("axb", "a.b", False),
        ("[x]", "[x]", True),
        ("", "*", True),
    ],
)
def test_patterns(text: str, pattern: str, fits: bool) -> None:
    """A star and a question mark are special, nothing else is, and the whole text must fit."""
    assert like(text, pattern) is fits


@pytest.mark.parametrize(
    ("keys", "takes"),
    [
        ({}, True),
        ({"resource_groups": ["other", "SHOP-*"]}, True),
        ({"resource_groups": ["shop"]}, False),
        ({"regions": ["westeurope"]}, True),
        ({"regions": ["northeurope"]}, False),
        ({"names": ["shop?"], "regions": ["westeurope"]}, True),
        ({"names": ["shop?"], "regions": ["northeurope"]}, False),
        ({"tags": {"team": "shop", "ENV": "pr*"}}, True),
        ({"tags": {"team": "shop", "env": "dev"}}, False),
        ({"tags": {"owner": "*"}}, False),
        ({"exclude": [{"names": ["x"]}, {"tags": {"env": "prod"}}]}, False),
        ({"exclude": [{"names": ["shop1"], "regions": ["northeurope"]}]}, True),
        ({"exclude": [{}]}, True),
    ],
)
def test_keys_hold_together(keys: dict[str, Any], takes: bool) -> None:
    """All keys must fit, of a list one entry; of the excluding blocks one is enough, an empty one is none."""
    assert chosen(**keys).takes(one()) is takes


def test_the_query() -> None:
    """What can be asked exactly is asked exactly; of tags a piece; an excluded tag is left to the filter."""
    selected = chosen(
        exclude=[{"names": ["*tmp"]}, {"tags": {"env": "dev"}}],
        regions=["westeurope", "global"],
        resource_groups=["shop", "web-*"],
        names=["a*b", "*x*"],
        tags={"Team": "shop*"},
    )
    assert query(frozenset({TYPE}), selected) == (
        "Resources | where type in~ ('microsoft.storage/storageaccounts') "
        "| where location in~ ('westeurope', 'global') "
        "| where (resourceGroup =~ 'shop' or resourceGroup startswith 'web-') "
        "| where (name matches regex '(?i)^a.*b$' or name contains 'x') "
        "| where tostring(tags) contains 'Team' | where tostring(tags) contains 'shop' "
        "| where not((name endswith 'tmp')) "
        "| project id, location, tags, kind, sku | order by id asc"
    )
    parts = [f"{TYPE}/blobservices"]
    assert conditions(chosen(names=["a/default"]), parts) == []
    assert conditions(chosen(exclude=[{"names": ["a"], "regions": ["global"]}]), parts) == []


texts = st.text(st.sampled_from("ab*?.'\\|()[]\n-x Ä"), min_size=1, max_size=6)
matches = st.fixed_dictionaries(
    {},
    optional={
        "resource_groups": st.lists(texts, max_size=2),
        "regions": st.lists(st.sampled_from(["westeurope", "global"]), max_size=2),
        "names": st.lists(texts, max_size=2),
        "tags": st.dictionaries(texts, texts, max_size=2),
    },
)
names = st.text(st.sampled_from("ab.-x"), min_size=1, max_size=5)


@example({}, [{"resource_groups": ["?\n"]}], "a", "a", {})
@given(matches, st.lists(matches, max_size=2), names, names, st.dictionaries(names, names, max_size=2))
def test_the_query_never_leaves_out_what_is_wanted(
    select: dict[str, Any], exclude: list[dict[str, Any]], name: str, group: str, tags: dict[str, str]
) -> None:
    """Whatever stands in the patterns: the query is one that can be read, and lets every chosen resource
    through.
    """
    selected = chosen(exclude, **select)
    resource = one(name, group=group, tags=tags)
    row = {
        "id": resource.id,
        "name": name,
        "type": TYPE,
        "location": resource.region,
        "resourceGroup": group,
        "tags": tags or None,
    }
    rows = kusto.parse(query(frozenset({TYPE}), selected)).run([row])
    assert rows or not selected.takes(resource)


@given(st.text(max_size=40))
def test_nothing_ends_a_literal(text: str) -> None:
    """A text in a query is one token, and reads back as what it was, without control characters."""
    (token,) = tokens(literal(text))
    assert token.kind == "text"
    assert kusto.parse(f"Resources | where name == {literal(text)} or name == 'x'")
