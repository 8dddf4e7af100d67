"""The modules of a configuration, ready to be probed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import httpx

from exporters.azure.discovery.access import Access
from exporters.configuration.config import Config
from exporters.configuration.modules import AzureModule, JsonModule
from exporters.probe.sources import JsonSource, Source
from exporters.shard import Shard


def sources(
    config: Config, access: Access, state: Path | None, shard: Shard, kept: Mapping[str, Source]
) -> dict[str, Source]:
    """By name, in the order of the configuration; `kept` are there already. `state` is a folder for what
    must survive a restart; a probe asks one process, so of several shards each may be asked for anything.
    """
    found: dict[str, Source] = {}
    made = [module for name, module in config.modules.items() if name not in kept]
    json = any(isinstance(module, JsonModule) for module in made)
    trust = httpx.create_ssl_context() if json else None
    folder = None if state is None else state / ("probes" if shard.first else f"probes.shard-{shard.index}")
    for name, module in config.modules.items():
        match module:
            case _ if name in kept:
                found[name] = kept[name]
            case JsonModule() if trust is not None:
                found[name] = JsonSource(name, module, trust)
            case AzureModule():
                from exporters.probe.azure import AzureSource  # noqa: PLC0415 - loads more than others need

                found[name] = AzureSource(name, module, config, access, folder)
    return found
