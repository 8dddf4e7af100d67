"""What a Grafana has, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Standing:
    """A dashboard as a Grafana has it. `folder` is a uid, empty for the root.

    `document` is None where it is kept in a form that /api does not hand out: somebody saved it as a resource
    of version 2. `version` is then 0.
    """

    uid: str
    document: dict[str, Any] | None
    folder: str = ""
    version: int = 0
    provisioned: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A dashboard that a search found."""

    uid: str
    title: str
    folder: str
    tags: tuple[str, ...]
