"""Reading an estate file: `load` gives the typed estate, or every finding at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from estate.errors import EstateInvalid
from estate.findings import Finding, Position
from estate.model import Estate


@dataclass(frozen=True, slots=True)
class Loaded:
    """A valid estate, and the warnings that were found on the way."""

    estate: Estate
    findings: tuple[Finding, ...]


def load(path: Path) -> Loaded:
    """The estate of a file. Raises EstateInvalid with all findings, warnings included."""
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    defaults = document.get("defaults", {}).get("cluster", {})
    for row in document["clusters"].values():
        prometheus = {**defaults.get("prometheus", {}), **row.get("prometheus", {})}
        row.update({**defaults, **row, "prometheus": prometheus})
    try:
        return Loaded(Estate.model_validate(document), ())
    except ValidationError as error:
        findings = [
            Finding("invalid", "error", Position(str(path)), ".".join(map(str, row["loc"])), row["msg"])
            for row in error.errors()
        ]
        raise EstateInvalid(findings) from None
