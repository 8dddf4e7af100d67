"""What types know of one another, and what is offered from elsewhere."""

from __future__ import annotations

import pytest

from exporters.azure.metrics.evidence import Evidence, evenly
from exporters.azure.metrics.plan import Key
from exporters.azure.metrics.pool import HALF_DAYS, Offer, Pool
from exporters.azure.metrics.wait import LONGEST_SECONDS, waited
from tests.exporters.azure_values import SUBSCRIPTION

NOW = 1_800_000_000.0
DAY = 86_400.0
GATEWAYS = "microsoft.network/applicationgateways"
BALANCERS = "microsoft.network/loadbalancers"
ADDRESSES = "microsoft.network/publicipaddresses"
VAULTS = "microsoft.keyvault/vaults"
FEW = evenly(200.0, 120, 1.0, 2.0)
MANY = evenly(180.0, 5_000, 1.0, 2.0)


def key(type: str = GATEWAYS, region: str = "westeurope", interval: str = "PT1M") -> Key:
    """The key of a type."""
    return Key(SUBSCRIPTION, region, type, interval, ("Average",), ())


def offer(days: float = 0.0, region: str = "westeurope", wrong: float = 200.0, points: int = 9_000) -> Offer:
    """What another exporter learnt of gateways so many days ago."""
    return Offer(GATEWAYS, region, "PT1M", wrong, points, NOW - days * DAY)


def pool(
    of: dict[tuple[str, str], dict[str, Evidence]], offers: tuple[Offer, ...] = (), now: float = NOW
) -> Pool:
    """A pool that begins with this knowledge."""
    made = Pool(180)
    made.restore(of, offers, now)
    return made


def test_types_of_one_provider_are_siblings() -> None:
    """Each that is sure and not later takes points off what is asked of the others."""
    alone = pool({(GATEWAYS, "PT1M"): {"westeurope": FEW}}).lag(key()).seconds
    siblings = {(type, "PT1M"): {"westeurope": MANY} for type in (BALANCERS, ADDRESSES)}
    with_them = pool({(GATEWAYS, "PT1M"): {"westeurope": FEW}, **siblings}).lag(key()).seconds
    assert (alone, with_them) == (waited(FEW), 400)
    assert alone > 430


@pytest.mark.parametrize(
    "other",
    [
        {(VAULTS, "PT1M"): {"westeurope": MANY}},
        {(BALANCERS, "PT5M"): {"westeurope": MANY}},
        {(BALANCERS, "PT1M"): {"northeurope": MANY}},
        {(BALANCERS, "PT1M"): {"westeurope": evenly(180.0, 300, 1.0, 2.0)}},
        {(BALANCERS, "PT1M"): {"westeurope": evenly(700.0, 5_000, 1.0, 2.0)}},
    ],
    ids=["another provider", "another grain", "another region", "not sure", "later"],
)
def test_nobody_else_is(other: dict[tuple[str, str], dict[str, Evidence]]) -> None:
    """What is not comparable, or not known, says nothing."""
    assert pool({(GATEWAYS, "PT1M"): {"westeurope": FEW}, **other}).lag(key()).seconds == waited(FEW)


def test_a_sibling_must_be_known_in_every_region() -> None:
    """A type that is read in two regions is vouched for by one that is known in both."""
    gateways = {"westeurope": FEW, "northeurope": Evidence()}
    one = pool({(GATEWAYS, "PT1M"): gateways, (BALANCERS, "PT1M"): {"westeurope": MANY}})
    assert one.lag(key()).seconds == waited(FEW)
    both = {"westeurope": MANY, "northeurope": MANY}
    assert pool({(GATEWAYS, "PT1M"): gateways, (BALANCERS, "PT1M"): both}).lag(key()).seconds < waited(FEW)


def test_a_new_type_begins_at_the_longest_wait_among_siblings_too() -> None:
    """That it is as early as they are is likely, and not sure: one of four types is the latest of them."""
    siblings = {(type, "PT1M"): {"westeurope": MANY} for type in (BALANCERS, ADDRESSES)}
    assert pool(siblings).lag(key()).seconds == LONGEST_SECONDS


def test_what_is_offered_holds_from_the_first_cycle_on() -> None:
    """A minute above what was wrong elsewhere, however many points that was learnt from."""
    offered = pool({}, (offer(),))
    assert offered.lag(key()).seconds == 270
    assert offered.lag(key(BALANCERS)).seconds == LONGEST_SECONDS
    assert offered.lag(key(interval="PT5M")).seconds == LONGEST_SECONDS


def test_what_is_offered_ages() -> None:
    """Half as many points after a month; after half a year it says nothing."""
    waits = [pool({}, (offer(days),)).lag(key()).seconds for days in (0, HALF_DAYS, 2 * HALF_DAYS, 180)]
    assert waits == sorted(waits)
    assert waits[1] == 330
    assert waits[-1] == LONGEST_SECONDS


def test_another_region_is_worth_half() -> None:
    """Where the own region is offered as well, that one holds."""
    assert pool({}, (offer(region="northeurope"),)).lag(key()).seconds == 330
    both = (offer(region="northeurope", wrong=60.0), offer())
    assert pool({}, both).lag(key()).seconds == 270


def test_an_offer_never_lowers_below_what_was_seen() -> None:
    """Own readings that were wrong later than those elsewhere hold; much later, and the offer is dropped."""
    near = pool({(GATEWAYS, "PT1M"): {"westeurope": evenly(240.0, 60, 1.0, 2.0)}}, (offer(),))
    assert 240 < near.lag(key()).seconds < waited(evenly(240.0, 60))
    far = evenly(420.0, 60, 1.0, 2.0)
    refuted = pool({(GATEWAYS, "PT1M"): {"westeurope": far}}, (offer(),))
    assert refuted.lag(key()).seconds == waited(far)


def test_an_offer_never_raises_what_is_known() -> None:
    """Where the own points are enough, a type that is later elsewhere does not hold it up."""
    known = pool({(GATEWAYS, "PT1M"): {"westeurope": MANY}}, (offer(wrong=800.0),))
    assert known.lag(key()).seconds == waited(MANY)


def test_an_old_state_is_a_type_without_a_region() -> None:
    """What earlier versions learnt holds for all regions, and nobody is vouched for by it."""
    old = pool({(GATEWAYS, "PT1M"): {"": MANY}, (BALANCERS, "PT1M"): {"westeurope": FEW}})
    assert old.lag(key()).seconds == waited(MANY)
    assert old.lag(key(BALANCERS)).seconds == waited(FEW)
