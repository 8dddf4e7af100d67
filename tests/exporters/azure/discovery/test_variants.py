"""Kinds and SKUs of a type: which are asked for definitions, and how they are read in the fewest calls."""

from __future__ import annotations

from typing import Any

from exporters.azure.discovery.definitions import Definition
from exporters.azure.discovery.resources import Resource, Variant, resource, tag_spellings
from exporters.azure.discovery.variants import EVERYWHERE, MOST_VARIANTS, SAMPLES, Where, samples
from exporters.azure.discovery.wanted import Wanted
from exporters.azure.metrics.plan import groups
from tests.exporters.azure_values import SUBSCRIPTION, definition

TYPE = "microsoft.sql/servers/databases"
VCORE, DTU = Variant("v12.0,user,vcore", "gp_gen5"), Variant("v12.0,user", "standard")


def database(number: int, variant: Variant) -> Resource:
    """A database, as a listing tells it."""
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
    id = f"{group}/providers/Microsoft.Sql/servers/s/databases/{number}"
    found = resource(id, "westeurope", None, variant.kind.upper(), {"name": variant.sku.upper(), "tier": "x"})
    assert found is not None
    return found


def metric(name: str, where: Where = EVERYWHERE, **changes: Any) -> Wanted:
    """A metric to read where it is."""
    one: Definition = definition(name, **changes)
    return Wanted(TYPE, one, ("Average",), "PT1M", (), where=where)


def test_kind_and_sku_are_read_in_lower_case() -> None:
    """ARM's listing and Resource Graph spell them in different ways; what is not said is empty."""
    assert database(1, VCORE).variant == VCORE
    id = database(1, VCORE).id
    others: tuple[Any, ...] = (None, {}, {"name": None}, {"name": 3}, "Basic", [])
    for sku in others:
        found = resource(id, None, None, None, sku)
        assert found is not None and found.variant == Variant()


def test_some_of_each_variant_are_asked_and_no_more_variants_than_are_allowed() -> None:
    """Those with the most resources first: a scale set has a SKU for each size."""
    many = [Variant("", f"size_{number:02}") for number in range(MOST_VARIANTS + 5)]
    there = [database(number, VCORE) for number in range(SAMPLES + 4)]
    there += [database(100 + number, each) for number, each in enumerate(many)]
    found = samples(there)[TYPE]
    assert len(found) == MOST_VARIANTS
    assert [each.name for each in found[VCORE]] == ["s/0", "s/1", "s/2"]
    assert list(found) == [VCORE, *many[: MOST_VARIANTS - 1]]


def test_variants_that_have_the_same_metrics_are_read_together() -> None:
    """Fifty databases of two kinds take one call for what both have, as if they were of one kind."""
    there = [database(number, VCORE if number % 2 else DTU) for number in range(50)]
    (group,) = groups(there, [metric("cpu_percent"), metric("storage_percent")])
    assert (group.calls, group.key.variant) == (1, "")
    same = groups(
        [database(number, VCORE) for number in range(50)], [metric("cpu_percent"), metric("storage")]
    )
    assert (len(same), same[0].key.variant) == (1, "")


def test_each_metric_is_asked_of_those_that_have_it() -> None:
    """vCore and DTU databases have limits of their own: every resource gets each of its metrics in one group,
    and none that it lacks. A variant of which nothing is known is taken to have all of them.
    """
    dtu = metric("dtu_limit", Where(frozenset({VCORE})))
    cpu = metric("cpu_limit", Where(frozenset({DTU})))
    there = [database(1, VCORE), database(2, DTU), database(3, DTU), database(4, Variant("new"))]
    found = groups(there, [metric("storage"), dtu, cpu])
    assert {
        tuple(one.name for one in group.resources): [each.definition.name for each in group.metrics]
        for group in found
    } == {
        ("s/1",): ["cpu_limit", "storage"],
        ("s/2", "s/3"): ["dtu_limit", "storage"],
        ("s/4",): ["cpu_limit", "dtu_limit", "storage"],
    }
    assert len({group.key for group in found}) == 3


def test_a_tag_is_one_label_however_it_is_spelt() -> None:
    """Azure compares names of tags without case: `CostCenter` and `costcenter` are one."""
    id = database(1, VCORE).id
    tags = [{"costcenter": "1"}, {"CostCenter": "2"}, {"COSTCENTER": "3", "team": "shop"}]
    there = [each for tag in tags if (each := resource(id, None, tag)) is not None]
    assert tag_spellings(there) == tag_spellings(there[::-1]) == {"costcenter": "CostCenter", "team": "team"}
