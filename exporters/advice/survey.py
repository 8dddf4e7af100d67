"""What a configuration finds in Azure, without reading a value: resources, definitions, and the calls that
follow.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from estate.model import AzureExporter
from exporters.advice.calls import Line, lines
from exporters.advice.forms import forms
from exporters.azure.errors import AzureError
from exporters.azure.metrics.plan import groups
from exporters.collectors.azure_metrics import build
from exporters.configuration.config import Config


@dataclass(frozen=True, slots=True)
class Survey:
    """The groups of one exporter row; notes, and what keeps the plan from being whole."""

    lines: list[Line]
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


async def survey(name: str, row: AzureExporter, config: Config, deadline: float) -> Survey:
    """Survey a row with the very catalogue that the exporter uses. Never raises AzureError."""
    collector = build(name, row, config, None)
    catalogue = collector.catalogue
    problems: list[str] = []
    try:
        await collector.clients.renew()
        await catalogue.refresh(collector.clients, deadline)
    except AzureError as error:
        if not catalogue.problems:
            problems.append(f"{name}: {error}")
    finally:
        await collector.close()
    problems += [
        f"{name}: {collector.scope_name(place)}: {why}" for place, why in sorted(catalogue.problems.items())
    ]
    problems += [
        f"{name}: {each.message}" + (f" ({each.fix})" if each.fix else "") for each in catalogue.mismatches
    ]
    found = groups(catalogue.resources.values(), catalogue.wanted)
    seen = {each.type for each in catalogue.resources.values()}
    notes = [
        f"{name}: no {type} was found: none is there, or none may be read."
        for type in catalogue.types
        if type not in seen and not problems
    ]
    notes += [f"{name}: {each}" for each in forms(catalogue.wanted)]
    return Survey(lines(name, row, found, collector.scope_name), notes, problems)
