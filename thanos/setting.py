"""What the Thanos room is told by others: values alone, so that it knows none of the rooms they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from estate.components import Address, Component, File, RuleFile
from thanos.tls import Tls


@dataclass(frozen=True, slots=True)
class Setting:
    """What stands around Prometheus and Thanos.

    `others`: components of other rooms; each that has `metrics` is scraped by the Prometheus of its own
    cluster.
    `rules`: rule files by scope.
    `alertmanager`: Alertmanager's configuration document, and `alertmanager_files` the files it refers to
    (such as the secret URLs of webhooks). `alertmanagers`: how many of them there are.
    `objstore`: Thanos' object store document (`thanos/objstore.py` makes it); `store_needs`: components that
    must be ready before it can be opened.
    `tls`: that between clusters, and `gates` where other clusters send their alerts with it; without it they
    send them to the Alertmanagers.
    `fast`: the timing of a demonstration (`thanos/timing.py`).
    """

    others: tuple[Component, ...]
    rules: tuple[RuleFile, ...]
    alertmanager: Mapping[str, Any]
    objstore: Mapping[str, Any]
    store_needs: tuple[str, ...] = ()
    alertmanager_files: tuple[File, ...] = ()
    alertmanagers: int = 1
    tls: Tls | None = None
    gates: tuple[Address, ...] = ()
    fast: bool = False
