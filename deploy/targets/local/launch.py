"""What one process is started from: plain strings, every reference resolved.

It travels to the supervisor as JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class LaunchFile:
    """A file as it is written: `path` inside the component's files folder.

    Content may hold secrets: never shown.
    """

    path: str
    content: str = field(repr=False)
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when the samples named `metric` on the page at the URL `page` sum up to `least` or more."""

    page: str
    metric: str
    least: float


@dataclass(frozen=True, slots=True)
class Successor:
    """What a launch goes on with once `when` holds."""

    argv: tuple[str, ...]
    note: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Launch:
    """One component as a process.

    `argv[0]` is an absolute path. `environment` is added to the supervisor's own and may hold secrets.
    `folder` takes `files`, `data` is the working folder. `addresses` maps a port's name to `host:port`.
    `ready` is the URL that answers 2xx when the component is ready, `tcp://host:port` for a port that must
    accept connections, or empty for a component that is ready as soon as it runs. `needs` names what must be
    ready before it starts; `stop_seconds` is how long an orderly stop may take,
    unless `deaf` holds. `later` is what it goes on with after its first time.
    """

    name: str
    kind: str
    cluster: str
    argv: tuple[str, ...]
    folder: str
    data: str
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    files: tuple[LaunchFile, ...] = field(default=(), repr=False)
    addresses: Mapping[str, str] = field(default_factory=dict)
    ready: str = ""
    needs: tuple[str, ...] = ()
    replica: int | None = None
    stop_seconds: float = 10.0
    note: str = ""
    later: Successor | None = None
    deaf: Condition | None = None

    def document(self) -> dict[str, Any]:
        """As a JSON object. It holds secrets: send it, do not store or print it."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Launch:
        """Inverse of `document`. Raises KeyError or TypeError for another shape."""
        later, deaf = document["later"], document["deaf"]
        return cls(
            **{
                **document,
                "argv": tuple(document["argv"]),
                "needs": tuple(document["needs"]),
                "files": tuple(LaunchFile(**file) for file in document["files"]),
                "later": later and Successor(tuple(later["argv"]), later["note"], Condition(**later["when"])),
                "deaf": deaf and Condition(**deaf),
            }
        )

    def successor(self) -> Launch:
        """This launch as it goes on: itself where nothing comes later."""
        return replace(self, argv=self.later.argv, note=self.later.note) if self.later else self

    def fingerprint(self) -> str:
        """Equal for two launches exactly if they start the same process."""
        return hashlib.sha256(json.dumps(self.document(), sort_keys=True).encode()).hexdigest()
