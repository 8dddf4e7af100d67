"""Whether bearer tokens can be made of the secrets that rows and modules name, before a request needs one."""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import JsonExporter
from estate.problems import Problem
from estate.tree import Path
from exporters.collector import CollectorError
from exporters.configuration.config import Config
from exporters.configuration.modules import JsonModule
from exporters.configuration.secrets import bearer


def untaken(config: Config) -> Iterator[Problem]:
    """What is wrong with a token, as a cycle would say it: the place, and never the value. Reads the files
    and variables that are referred to.
    """
    named: list[tuple[Path, str | None]] = [
        (("exporters", name, "bearer"), row.bearer)
        for name, row in config.exporters.items()
        if isinstance(row, JsonExporter)
    ]
    named += [
        (("modules", name, "bearer"), module.bearer)
        for name, module in config.modules.items()
        if isinstance(module, JsonModule)
    ]
    for path, reference in named:
        if reference is None:
            continue
        try:
            bearer(reference)
        except CollectorError as error:
            yield Problem("bearer", path, str(error), "put the token alone there, in one line")
