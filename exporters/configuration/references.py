"""Which references to secrets an exporter can follow by itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from estate.problems import Problem
from estate.tree import Path


def readable(reference: str | None, path: Path) -> Iterator[Problem]:
    """A problem where the reference is one that only a target resolves."""
    if reference is not None and reference.startswith("keyvault:"):
        message = f"{reference} is not read by an exporter itself"
        yield Problem("not-allowed", path, message, "write env:NAME or file:PATH")
