"""Configurations of other exporters, carried over into ours; each format is a file of this folder."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from estate.errors import UsageError
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
    Source("webdevops", "probes of azure-metrics-exporter in a Prometheus configuration", webdevops.read),
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
        load(path)
    return result, list(dict.fromkeys(reading.left))
