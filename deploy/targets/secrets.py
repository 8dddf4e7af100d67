"""Values of secret references, read once at start.

They go to processes, 0600 files and Kubernetes Secrets, never to a log or status.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from estate.components import Component, within
from estate.errors import SurroundingsError


def references(components: Sequence[Component]) -> tuple[str, ...]:
    """Every secret reference in environments and files of the components, each once, in order."""
    found: dict[str, None] = {}
    for component in components:
        for value in component.environment.values():
            found |= dict.fromkeys(within(value))
        for file in component.files:
            found |= dict.fromkeys(file.references)
    return tuple(found)


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
