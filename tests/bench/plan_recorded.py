"""What a real API server answers to a plan of a cluster, and the same as it would answer for others.

Recorded of one cluster that Helm has really installed. For a cluster of the same shape, names are replaced,
and where its rendered objects differ from those of the recorded one, so do the answers: the API server's own
share (defaults, status, managed fields) stays as it was recorded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.paths import path
from deploy.targets.kubernetes.rendering.release import Rendering

# What tells requests apart: method, and path with query.
Key = tuple[str, str]


@dataclass(slots=True)
class Recorded:
    """Status and body by request, and how many requests there were."""

    answers: dict[Key, tuple[int, bytes]] = field(default_factory=dict)
    count: int = 0


@contextmanager
def recording(api: Api) -> Iterator[Recorded]:
    """What this client is answered until the block ends."""
    made, send = Recorded(), api._send

    def recorded(
        method: str, path: str, headers: dict[str, str], body: bytes | None, seconds: float
    ) -> tuple[int, bytes]:
        status, answer = send(method, path, headers, body, seconds)
        # One URL is asked for whole objects, and for their metadata alone.
        alone = "?metadata" if "PartialObjectMetadataList" in headers["Accept"] else ""
        made.answers[(method, path + alone)] = (status, answer)
        made.count += 1
        return status, answer

    api._send = recorded  # type: ignore[method-assign]  # of this one client
    try:
        yield made
    finally:
        del api._send


@dataclass(frozen=True)
class Shape:
    """A recorded cluster, from which others are made."""

    name: str
    rendering: Rendering
    answers: Mapping[Key, tuple[int, bytes]]

    def of(self, name: str, rendering: Rendering) -> dict[Key, tuple[int, bytes]]:
        """The same for another cluster. Raises ValueError where it has another shape."""
        wanted = {}
        for ours, theirs in zip(self.rendering.manifests(), rendering.manifests(), strict=True):
            before = json.loads(json.dumps(ours).replace(self.name, name))
            if (before["kind"], before["metadata"]["name"]) != (theirs["kind"], theirs["metadata"]["name"]):
                raise ValueError(f"{name} has not the shape of {self.name}")
            wanted[path(theirs)] = (before, theirs)
        hashes = {
            ours.hash: theirs.hash
            for ours, theirs in zip(self.rendering.releases, rendering.releases, strict=True)
        }
        made = {}
        for (method, recorded), (status, body) in self.answers.items():
            text = body.decode().replace(self.name, name)
            for before_hash, after_hash in hashes.items():
                text = text.replace(before_hash, after_hash)
            place = recorded.replace(self.name, name)
            made[(method, place)] = (status, _laid(text, place.partition("?")[0], wanted))
        return made


def _laid(text: str, place: str, wanted: Mapping[str, tuple[Any, Any]]) -> bytes:
    """An answer in which objects have the values of the other cluster."""
    if not text.startswith("{"):
        return text.encode()
    document = json.loads(text)
    if place in wanted and "metadata" in document and document.get("kind") != "Status":
        document = _over(document, *wanted[place])
    elif isinstance(document.get("items"), list) and not document["kind"].startswith("Partial"):
        document["items"] = [
            _over(each, *wanted[f"{place}/{each['metadata']['name']}"])
            if f"{place}/{each['metadata']['name']}" in wanted
            else each
            for each in document["items"]
        ]
    return json.dumps(document, separators=(",", ":")).encode()


def _over(live: Any, before: Any, after: Any) -> Any:
    """What is live, with what `after` says where `before` said something else."""
    if before == after:
        return live
    if isinstance(live, dict) and isinstance(before, dict) and isinstance(after, dict):
        kept = {key: value for key, value in live.items() if key in after or key not in before}
        laid = {
            key: _over(live[key], before[key], value) if key in live and key in before else value
            for key, value in after.items()
            # Rows of a list do not say what they are.
            if key in live or key not in ("apiVersion", "kind")
        }
        return {**kept, **laid}
    if (
        isinstance(live, list)
        and isinstance(before, list)
        and isinstance(after, list)
        and len(live) == len(before) == len(after)
    ):
        return [_over(*rows) for rows in zip(live, before, after, strict=True)]
    # Somebody else's value: it is no part of what Helm applied.
    return after if live == before else live
