"""What runs right now, as a target reports it: the document behind `singlepane status -o json`.

The local target writes it to `STATE/status.json` (atomically, at every change); the server and `verify`
read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

# waiting: for what it needs; starting: process runs, not ready; backoff: died, starts again soon;
# failed: gave up; unknown: who is asked from afar cannot say.
State = Literal["waiting", "starting", "ready", "backoff", "failed", "stopped", "unknown"]


@dataclass(frozen=True, slots=True)
class Running:
    """One component as it is now. `addresses` maps port name to `host:port`; times are Unix seconds.

    `inside` holds the addresses that other components use, where those are not the same.
    """

    name: str
    kind: str
    cluster: str
    state: State
    replica: int | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)
    pid: int | None = None
    restarts: int = 0
    since: float = 0.0
    last_error: str = ""
    note: str = ""
    inside: Mapping[str, str] = field(default_factory=dict)

    def known(self, port: str) -> str:
        """`host:port` of a port as other components know it. Raises KeyError."""
        return self.inside.get(port) or self.addresses[port]


@dataclass(frozen=True, slots=True)
class Deployment:
    """All that runs of one estate on one target; `warnings` stop nothing, such as a disk that is full."""

    estate: str
    estate_file: str
    target: str
    state_folder: str
    started: float
    supervisor_pid: int
    supervisor_started: float
    components: tuple[Running, ...] = ()
    warnings: tuple[str, ...] = ()

    def component(self, name: str) -> Running:
        """The component of that name. Raises KeyError."""
        for running in self.components:
            if running.name == name:
                return running
        raise KeyError(name)

    def address(self, component: str, port: str) -> str:
        """`host:port` of a port of a component. Raises KeyError."""
        return self.component(component).addresses[port]

    def document(self) -> dict[str, Any]:
        """As the JSON object of `status -o json`."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Deployment:
        """Inverse of `document`. Raises KeyError or TypeError for another shape."""
        rows = tuple(Running(**row) for row in document["components"])
        return cls(**{**document, "components": rows, "warnings": tuple(document.get("warnings", ()))})
