"""What surrounds a command: a folder, a kubeconfig, and where a family needs it a real API server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cluster.api import Object, path_of
from tests.cluster.plane import Plane

CLUSTERS = ("hub-weu", "prod-weu")


@dataclass(slots=True)
class World:
    """`plane` is there for families that ask a cluster; objects that are made are deleted afterwards.

    `after` is done at the end as well.
    """

    folder: Path
    plane: Plane | None = None
    environment: dict[str, str] = field(default_factory=dict)
    made: list[Object] = field(default_factory=list)
    after: list[Callable[[], None]] = field(default_factory=list)

    @property
    def server(self) -> Plane:
        """The API server. Families without one do not ask for it."""
        assert self.plane is not None
        return self.plane

    def file(self, name: str, text: str) -> None:
        """Write a file of the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def signed_in(self, user: Mapping[str, Any] | None = None) -> None:
        """A kubeconfig with a context for each cluster; `user` is None for an administrator."""
        self.server.kubeconfig(self.folder / "kubeconfig", CLUSTERS, user)

    def has(self, *objects: Object) -> None:
        """Objects that are in the cluster before the command."""
        for each in objects:
            self.server.api.apply(each)
            self.made.append(each)

    def end(self) -> None:
        """Take away what was made, the last first."""
        for each in reversed(self.made):
            self.server.api.delete(path_of(each))
            if each["kind"] == "Namespace":
                self.server.finalize(each["metadata"]["name"])
        self.made.clear()
        for do in self.after:
            do()
        self.after.clear()
