"""Fourth hop: Thanos Query sees this replica through its sidecar, under its labels, with fresh samples."""

from __future__ import annotations

import asyncio

from deploy.verify.complaint import complaint
from deploy.verify.ground import Broken, Ground, Refusing
from deploy.verify.hop import Hop
from deploy.verify.hops.exporter_answers import expected
from deploy.verify.prometheus import configured
from deploy.verify.replica import Replica, matcher_text
from deploy.verify.series import through_query
from deploy.verify.stores import store_of
from deploy.verify.swallowed import compared


async def prove(ground: Ground, replica: Replica) -> str:
    """The sidecar first, then Query's list of stores, then a query that only this sidecar may answer, and
    whether as many series come through it as Prometheus has.
    """
    try:
        await ground.get(replica.sidecar, "/-/ready")
    except Refusing as broken:
        # With flags that can never be right a sidecar lives and is unready for ever; only its log says why.
        cause = broken.cause + await asyncio.to_thread(complaint, ground, replica.sidecar)
        raise Broken(cause, broken.remedy, final=broken.final) from None
    store = await store_of(ground, replica.sidecar)
    if not any(map(replica.carried, store.label_sets)):
        seen = ", ".join(matcher_text(labels) for labels in store.label_sets) or "no labels"
        raise Broken(
            f"Query sees {replica.sidecar} with {seen} where the estate has {matcher_text(replica.labels)}",
            f"The sidecar reads labels every 30 s; if it stays, `singlepane restart {replica.sidecar}`.",
        )
    limit = (await configured(ground, replica.prometheus)).fresh_seconds
    found = await through_query(
        ground, f"min(time() - timestamp(up{{{replica.matchers()}}}))", dedup=False, stores=[store.address]
    )
    if not found:
        raise Broken(
            f"Query gets no sample of {matcher_text(replica.labels)} through {replica.sidecar}",
            f"See with `singlepane logs {replica.sidecar}` whether it can read {replica.prometheus}.",
        )
    if found[0].value > limit:
        raise Broken(
            f"the newest sample through {replica.sidecar} is {found[0].value:.0f} s old, "
            f"more than the {limit:.0f} s that its scrape interval allows",
            f"See with `singlepane logs {replica.sidecar}` whether it can read {replica.prometheus}.",
        )
    series = await compared(ground, replica, expected(ground, replica.cluster), store.address)
    return (
        f"{replica.sidecar}, newest sample {found[0].value:.0f} s old, all {series} series of the exporters"
    )


HOP = Hop(
    name="visible-through-sidecar",
    proves="Query reaches the sidecar, knows its labels and gets every series fresh from it alone.",
    scope="replica",
    patience=45,
    prove=prove,
)
