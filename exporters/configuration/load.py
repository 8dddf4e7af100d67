"""From a configuration file to its values, or all that is wrong with it."""

from __future__ import annotations

from pathlib import Path

from estate.errors import EstateInvalid
from estate.findings import in_order
from exporters.configuration.checks import problems
from exporters.configuration.config import Config
from exporters.configuration.shape import opened, placed, validated


def load(path: Path) -> Config:
    """The configuration of a file. Raises EstateInvalid with all findings."""
    tree, found = opened(path)
    config: Config | None = None
    if tree is not None:
        config, shape = validated(Config, tree)
        found += shape
        if config is not None:
            found += [placed(problem, tree) for problem in problems(config)]
    ordered = in_order(found)
    if config is None or any(each.severity == "error" for each in ordered):
        raise EstateInvalid(ordered)
    return config.warned(ordered)
