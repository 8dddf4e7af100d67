"""Second hop: Prometheus scrapes every exporter of its cluster, and all that it scrapes is up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.hops.exporter_answers import expected
from deploy.verify.prometheus import MISSED, SLACK_SECONDS, moment
from deploy.verify.replica import Replica
from deploy.verify.words import counted
from estate.quantities import seconds


async def prove(ground: Ground, replica: Replica) -> str:
    """Read the active targets; each carries its component's name as the label `component`."""
    data, now = await ground.data(replica.prometheus, "/api/v1/targets", {"state": "active"})
    targets: list[Mapping[str, Any]] = [row for row in data["activeTargets"] if _ours(ground, row)]
    by_component = {target["labels"].get("component", ""): target for target in targets}
    for name in expected(ground, replica.cluster):
        if name not in by_component:
            raise Broken(
                f"{replica.prometheus} has no target for {name}",
                f"See its configuration with `singlepane logs {replica.prometheus}`; "
                "if the estate changed, run `singlepane up` again.",
            )
    for target in targets:
        _up(replica.prometheus, target, now)
    return f"{counted(len(targets), 'target')} up"


def _ours(ground: Ground, target: Mapping[str, Any]) -> bool:
    """What other people's monitors select is scraped in a cluster as well, and is theirs to mend."""
    name = target["labels"].get("component", "")
    return not ground.in_clusters or any(each.name == name for each in ground.deployment.components)


def _up(prometheus: str, target: Mapping[str, Any], now: float) -> None:
    """Raises Broken unless the target is up and was scraped a short time ago."""
    name = target["labels"].get("component") or target["scrapeUrl"]
    if target["health"] == "unknown":
        raise Broken(
            f"{prometheus} has not scraped {name} yet",
            f"Wait one scrape interval ({target['scrapeInterval']}).",
        )
    if target["health"] != "up":
        raise Broken(
            f"{prometheus} cannot scrape {name} at {target['scrapeUrl']}: {target['lastError']}",
            f"See why with `singlepane logs {name}`, then start it again with `singlepane restart {name}`.",
        )
    age = now - moment(target["lastScrape"])
    if age > MISSED * seconds(target["scrapeInterval"]) + SLACK_SECONDS:
        raise Broken(
            f"{prometheus} scraped {name} {age:.0f} s ago, with an interval of {target['scrapeInterval']}",
            f"See with `singlepane logs {prometheus}` whether it is overloaded or suspended.",
        )


HOP = Hop(
    name="scraped",
    proves="Prometheus has every exporter of its cluster as a target, up and freshly scraped.",
    scope="replica",
    patience=45,
    prove=prove,
)
