"""What differs between two objects, key by key.

What the API server itself counts is left out. Contract: measured on Kubernetes 1.36 with all kinds that we
render; a NetworkPolicy with empty lists gets a new `generation` in every dry run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from estate.differing import Field, differing

# Of metadata: what changes without anybody's wish.
_COUNTED = ("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink")


def plain(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """An object without status and without what is counted."""
    kept = {key: value for key, value in manifest.items() if key != "status"}
    metadata = kept.get("metadata", {})
    kept["metadata"] = {key: value for key, value in metadata.items() if key not in _COUNTED}
    return kept


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Field, ...]:
    """Fields that differ, in the order of the keys of `after`."""
    return tuple(differing(plain(before), plain(after), _called))


def asked(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[Field, ...]:
    """Fields of `wanted` that differ; what it does not speak of is left as it is.

    For a change that the API server refuses, and so fills no defaults into.
    """
    return tuple(each for each in differences(before, wanted) if each.after is not None)


def _called(row: Mapping[str, Any]) -> Any:
    """Rules are named by their alert or record."""
    return row.get("name") or row.get("alert") or row.get("record")
