"""What it takes to ask the simulator a recorded request of tests/data/azure.

`Walk` is a recording that is asked; `Left` one that is not, with the reason. A recording that is asked is
asked as it was recorded, method, path, query and body, of a fleet made to hold what it speaks of; where
something had to be changed, `changed` says what and why.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulators.talk import Talk

ZERO = "00000000-0000-0000-0000-000000000000"
ONES = "11111111-1111-1111-1111-111111111111"
VM = "Microsoft.Compute/virtualMachines"
STORAGE = "Microsoft.Storage/storageAccounts"
COSMOS = "Microsoft.DocumentDB/databaseAccounts"
ALL = ["Average", "Minimum", "Maximum", "Total", "Count"]


@dataclass(frozen=True)
class Left:
    """A recording that the simulator is not asked."""

    reason: str


@dataclass(frozen=True)
class Walk:
    """A recording that the simulator is asked.

    `fleet` is the fleet document; `url`, `body` replace those recorded; `replace` are texts replaced in
    request and reply alike; `prepare` brings the simulator to the state the recording was made in. `lacks`
    are fields that the recording has and the simulator leaves out, `adds` the other way round: both must be
    optional by the contract. `same` are fields whose values must be equal, in order, as far as the recording
    goes.
    """

    fleet: Mapping[str, Any]
    url: str = ""
    body: Any = None
    replace: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[Talk], str | None] = lambda _: None
    lacks: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    changed: str = ""


def fleet(
    subscription: str, *resources: Mapping[str, Any], now: str = "2026-03-02T12:00:00Z", **more: Any
) -> Mapping[str, Any]:
    """A fleet of one subscription whose clock stands at `now`."""
    return {
        "apiVersion": "singlepane/azure-fleet/v1",
        "clock": {"mode": "manual", "now": now},
        "tenants": {"main": ZERO},
        "subscriptions": {"only": {"id": subscription, "tenant": "main", "resources": list(resources)}},
        "behaviour": {"absent": 0, "zero": 0},
        **more,
    }


def at(type_name: str, name: str, group: str, region: str = "westus2", **more: Any) -> Mapping[str, Any]:
    """One resource."""
    return {"type": type_name, "name": name, "resource_group": group, "region": region, **more}


def custom(kind: str, *metrics: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A type of the fleet's own."""
    return [{"type": kind, "metrics": list(metrics)}]


def text(value: Mapping[str, Any]) -> str:
    """A fleet document as YAML, of which JSON is a part."""
    return json.dumps(value)
