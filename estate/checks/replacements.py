"""What `singlepane up` replaces."""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import AzureExporter, Estate, EstateExporter, JsonExporter
from estate.problems import Problem


def replacements(estate: Estate) -> Iterator[Problem]:
    """Warn of an address that no exporter reads: the real one would be read instead."""
    urls = []
    for exporter in estate.exporters.values():
        if isinstance(exporter, JsonExporter) and exporter.url is not None:
            urls.append(exporter.url)
        elif not isinstance(exporter, AzureExporter | EstateExporter):
            return
    for prefix in estate.local.replace:
        if prefix.startswith("http") and not any(url.startswith(prefix) for url in urls):
            yield Problem(
                "replace-unused",
                ("local", "replace", prefix),
                f"no exporter reads an address that begins with {prefix!r}",
                "write the beginning of an exporter's url",
                at_key=True,
            )
