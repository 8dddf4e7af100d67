"""Eighth hop: rules are evaluated, the Watchdog in Prometheus and the global ones in the ruler."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.prometheus import MISSED, SLACK_SECONDS, moment
from deploy.verify.replica import Replica
from deploy.verify.series import through_query
from deploy.verify.words import counted

RULER = "rule"
WATCHDOG = "Watchdog"
# prometheus-operator names the files NAMESPACE-NAME-UID.yaml.
OURS = "-singlepane-"


async def prove(ground: Ground, replica: Replica) -> str:
    """Prometheus must have the Watchdog; every rule of both must be healthy and evaluated lately."""
    own = await _evaluated(ground, replica.prometheus)
    if WATCHDOG not in own:
        raise Broken(
            f"{replica.prometheus} has no rule {WATCHDOG}: nothing says that its alerting works",
            "Run `singlepane up` again, which gives it the rule files.",
        )
    ruler = await _evaluated(ground, RULER)
    if not ruler:
        raise Broken(
            "the ruler has no rule: global alerts are never evaluated",
            "Run `singlepane up` again, which gives it the rule files.",
        )
    return f"{counted(len(own), 'rule')} in {replica.prometheus}, {len(ruler)} in the ruler"


async def _evaluated(ground: Ground, component: str) -> tuple[str, ...]:
    """Names of all rules of a component. Raises Broken for the first that fails or is evaluated no more."""
    data, now = await ground.data(component, "/api/v1/rules")
    names = []
    for group, rule in _rules(data):
        # In a cluster other people's rules are evaluated as well, which are theirs to mend.
        if ground.in_clusters and component != RULER and OURS not in group["file"]:
            continue
        name = rule["name"]
        if rule["health"] == "unknown":
            raise Broken(f"{component} has not evaluated {name} yet", f"Wait {group['interval']} s.")
        if rule["health"] != "ok":
            raise Broken(
                f"{component} cannot evaluate {name}: {await _error(ground, component, rule)}",
                f"See why with `singlepane logs {component}`.",
            )
        age = now - moment(rule["lastEvaluation"])
        if age > MISSED * group["interval"] + SLACK_SECONDS:
            raise Broken(
                f"{component} evaluated {name} {age:.0f} s ago, with an interval of {group['interval']:g} s",
                f"See with `singlepane logs {component}` whether it is overloaded or suspended.",
            )
        names.append(name)
    return tuple(names)


async def _error(ground: Ground, component: str, rule: Mapping[str, Any]) -> str:
    """Why a rule fails. The ruler says only that no Query served it, so Query itself is asked why."""
    if component == RULER:
        try:
            await through_query(ground, rule["query"], dedup=True)
        except Broken as broken:
            return broken.cause
    return str(rule.get("lastError") or rule["health"])


def _rules(data: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for group in data["groups"] or ():
        for rule in group["rules"] or ():
            yield group, rule


HOP = Hop(
    name="rule-evaluated",
    proves="Prometheus evaluates the Watchdog and the ruler its global rules, lately and without error.",
    scope="replica",
    patience=90,
    prove=prove,
)
