"""All collectors, each a file of this folder and a page of docs/collectors."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal

from exporters.azure.discovery.access import Access
from exporters.collector import Collector
from exporters.configuration.config import Config
from exporters.shard import WHOLE, Shard


@dataclass(frozen=True, slots=True)
class Entry:
    """A collector: its name, the kind of row that asks for it, and what it brings.

    Its module has `build(name, row, config, state) -> Collector`: the row's name, the row, the whole
    configuration, and the state folder or None to keep nothing. One that is `divided` takes the shard and the
    way to Azure as well and reads its part; the others run in the first shard alone. It is imported when a
    row asks for it: the libraries of Azure take longer to load than all else together.
    """

    name: str
    kind: Literal["azure", "json", "estate"]
    doc: str
    # What it does in Azure. `{type}` stands for each resource type that a row names.
    actions: tuple[str, ...] = ()
    divided: bool = False

    @property
    def module(self) -> str:
        """Where it is."""
        return f"{__name__}.{self.name.replace('-', '_')}"


COLLECTORS = (
    Entry(
        "azure-metrics",
        "azure",
        "Metrics of Azure resources from Azure Monitor, in batches; totals become counters.",
        (
            "Microsoft.Insights/metrics/read",
            "Microsoft.Insights/metricDefinitions/read",
            "Microsoft.Resources/subscriptions/read",
            # Discovery where Resource Graph fails.
            "Microsoft.Resources/subscriptions/resources/read",
            # Resource Graph has no action of its own: it shows what the caller may read.
            "{type}/read",
        ),
        divided=True,
    ),
    Entry("json", "json", "Metrics out of a JSON document over HTTP, by JMESPath."),
    Entry("estate", "estate", "Every cluster that the estate expects, as a series."),
)


def build(
    config: Config,
    state: Path | None,
    shard: Shard = WHOLE,
    access: Access | None = None,
    kept: Collection[str] = (),
) -> tuple[Collector, ...]:
    """The collectors of a configuration, in its order, as far as this shard runs them. `access` is the way
    to Azure that they share with others of the process; the rows of `kept` have theirs already.
    """
    access = access or Access(config, shard)
    return tuple(
        import_module(entry.module).build(
            name, row, config, state, *([shard, access] if entry.divided else [])
        )
        for name, row in config.exporters.items()
        for entry in COLLECTORS
        if name not in kept and entry.kind == row.kind and (entry.divided or shard.first)
    )
