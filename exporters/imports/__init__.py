"""Configurations of other exporters, carried over into ours; each format is a file of this folder."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from estate.errors import EstateInvalid, UsageError
from exporters.configuration.load import load
from exporters.imports import promitor, telegraf, webdevops
from exporters.imports.reading import Reading
from exporters.imports.writing import document, written


@dataclass(frozen=True, slots=True)
class Source:
    """A format: its name, what it is, and its reader of a text and the name of its file."""

    name: str
    doc: str
    read: Callable[[str, str], Reading]


SOURCES = (
    Source("promitor", "Promitor's metrics declaration (v1)", promitor.read),
    Source("webdevops", "scrapes of azure-metrics-exporter by Prometheus", webdevops.read),
    Source("telegraf", "Telegraf's [[inputs.azure_monitor]]", telegraf.read),
)


def carried(source: Source, text: str, file: str, name: str, tenant: str = "") -> tuple[str, list[str]]:
    """Our configuration file, and what could not be carried with its place.

    Raises UsageError and EstateInvalid where the text does not make sense, and where what it asks for is
    nothing that we could read.
    """
    reading = source.read(text, file)
    if not reading.wishes:
        raise UsageError(f"{file} asks for no metric that could be carried", "; ".join(sorted(reading.left)))
    result = written(document(reading, name, tenant), source.doc)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "exporter.yaml"
        path.write_text(result, encoding="utf-8")
        warnings = _loaded(path)
    return result, list(dict.fromkeys([*reading.left, *warnings]))


def _loaded(path: Path) -> list[str]:
    """What a check warns of in the file that is written. Raises EstateInvalid; places are in that file."""
    try:
        found, wrong = load(path).warnings, False
    except EstateInvalid as error:
        found, wrong = error.findings, True
    placed = [replace(each, position=replace(each.position, file=path.name)) for each in found]
    if wrong:
        raise EstateInvalid(placed)
    return [f"{each.position}: {each.path}: {each.message}" for each in placed]
