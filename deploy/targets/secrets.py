"""Values of secret references, read once at start.

They go to processes, 0600 files and Kubernetes Secrets, never to a log or status.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from estate.components import Component, SecretValue, Text
from estate.errors import SurroundingsError


def references(components: Sequence[Component]) -> tuple[str, ...]:
    """Every secret reference in environments and files of the components, each once, in order."""
    return tuple(
        dict.fromkeys(
            reference
            for component in components
            for root in (*component.environment.values(), *(file.content for file in component.files))
            for reference in within(root)
        )
    )


def within(value: Any) -> Sequence[str]:
    """Secret references anywhere in a template, a document, or a list of them, in order."""
    found: list[str] = []
    _collect(value, found)
    return found


def _collect(value: Any, found: list[str]) -> None:
    kind = type(value)
    # Most of a document; thousands of them are looked through for hundreds of clusters.
    if kind is str or kind is int or kind is bool:
        return
    if kind is SecretValue:
        found.append(value.reference)
    elif kind is Text:
        for part in value.parts:
            _collect(part, found)
    elif kind is dict or isinstance(value, Mapping):
        for inner in value.values():
            _collect(inner, found)
    elif isinstance(value, list | tuple):
        for inner in value:
            _collect(inner, found)


def known(wanted: Sequence[str], environment: Mapping[str, str], base: Path) -> dict[str, str]:
    """As `read`, and without those that cannot be read."""
    values: dict[str, str] = {}
    for reference in wanted:
        try:
            values |= read((reference,), environment, base)
        except SurroundingsError:
            continue
    return values


def read(wanted: Sequence[str], environment: Mapping[str, str], base: Path) -> dict[str, str]:
    """Reference to value. `env:NAME` is looked up in `environment`, a relative `file:PATH` under `base`.

    A line break at the end of a file and a byte order mark at its beginning are no part of the secret. Raises
    SurroundingsError that names every reference that cannot be read, and why.
    """
    values: dict[str, str] = {}
    troubles = []
    for reference in wanted:
        kind, _, name = reference.partition(":")
        try:
            if kind == "env":
                values[reference] = environment[name]
            elif kind == "file":
                values[reference] = (base / name).read_text(encoding="utf-8-sig").rstrip("\r\n")
            else:
                troubles.append(f"  {reference}: only env: and file: are read on this machine")
        except KeyError:
            troubles.append(f"  {reference}: the environment variable is not set")
        except OSError as error:
            troubles.append(f"  {reference}: {error.strerror}")
        except UnicodeDecodeError:
            troubles.append(f"  {reference}: is not UTF-8 text")
    if troubles:
        raise SurroundingsError(
            "\n".join([f"{len(troubles)} secrets cannot be read:", *troubles])
            if len(troubles) > 1
            else f"a secret cannot be read: {troubles[0].strip()}",
            "Set the variable or the file that the reference names; the estate itself never holds a secret.",
        )
    return values
