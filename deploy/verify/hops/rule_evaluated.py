"""Eighth hop: rules are evaluated, the Watchdog in Prometheus and the global ones in the ruler."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.prometheus import MISSED, SLACK_SECONDS, moment
from deploy.verify.replica import Replica
from deploy.verify.words import counted

RULER = "rule"
WATCHDOG = "Watchdog"


async def prove(ground: Ground, replica: Replica) -> str:
    """Prometheus must have the Watchdog; every rule of both must be healthy and evaluated lately."""
    own = await _evaluated(ground, replica.prometheus)
    if WATCHDOG not in own:
        raise Broken(
            f"{replica.prometheus} has no rule {WATCHDOG}: nothing says that its alerting works",
            "run `singlepane up` again, which gives it the rule files",
        )
    ruler = await _evaluated(ground, RULER)
    if not ruler:
        raise Broken(
            "the ruler has no rule: global alerts are never evaluated",
            "run `singlepane up` again, which gives it the rule files",
        )
    return f"{counted(len(own), 'rule')} in {replica.prometheus}, {len(ruler)} in the ruler"


async def _evaluated(ground: Ground, component: str) -> tuple[str, ...]:
    """Names of all rules of a component. Raises Broken for the first that fails or is evaluated no more."""
    data, now = await ground.data(component, "/api/v1/rules")
    names = []
    for group, rule in _rules(data):
        name = rule["name"]
        if rule["health"] == "unknown":
            raise Broken(f"{component} has not evaluated {name} yet", f"wait {group['interval']} s")
        if rule["health"] != "ok":
            raise Broken(
                f"{component} cannot evaluate {name}: {rule.get('lastError') or rule['health']}",
                f"see why with `singlepane logs {component}`",
            )
        age = now - moment(rule["lastEvaluation"])
        if age > MISSED * group["interval"] + SLACK_SECONDS:
            raise Broken(
                f"{component} evaluated {name} {age:.0f} s ago, with an interval of {group['interval']:g} s",
                f"see with `singlepane logs {component}` whether it is overloaded or suspended",
            )
        names.append(name)
    return tuple(names)


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
