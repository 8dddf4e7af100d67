"""The order in which clusters are changed."""

from __future__ import annotations

from deploy.targets.kubernetes.rollout.waves import Group, waves
from estate.model import Estate, Rollout, Wave
from tests.kubernetes.estates import shop


def _estate(*rows: Wave) -> Estate:
    return shop().model_copy(update={"rollout": Rollout(waves=list(rows))})


def test_the_hub_is_first() -> None:
    """Its Query must understand what newer sidecars answer."""
    estate = shop()
    assert waves(estate, estate.clusters) == (
        Group("hub", ("hub-weu",)),
        Group("canary", ("prod-neu",)),
        Group("rest", ("prod-weu",)),
    )


def test_who_is_in_no_wave_is_last() -> None:
    """Under a name that no wave of the estate has."""
    canary = Wave(name="rest", clusters=["prod-neu"])
    assert waves(_estate(canary), ("hub-weu", "prod-weu", "prod-neu"))[1:] == (
        Group("rest", ("prod-neu",)),
        Group("others", ("prod-weu",)),
    )


def test_a_hub_in_a_wave_stays_there() -> None:
    """Whoever writes it down has a reason."""
    last = Wave(name="last", clusters=["hub-weu"])
    first = Wave(name="first", clusters=["prod-neu", "prod-weu"])
    assert [each.name for each in waves(_estate(first, last), shop().clusters)] == ["first", "last"]


def test_waves_without_wanted_clusters_are_left_out() -> None:
    """`--cluster` narrows them."""
    assert waves(shop(), ("prod-weu",)) == (Group("rest", ("prod-weu",)),)
