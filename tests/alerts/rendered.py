"""The rule files as the engines read them, in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from alerts.rules import rule_files
from estate.components import RuleFile
from estate.load import load
from estate.model import Estate

BASE_URL = "https://pane.example"
EXAMPLE = Path(__file__).parents[2] / "examples" / "shop" / "estate.yaml"


def example() -> Estate:
    """The example estate."""
    return load(EXAMPLE).estate


def rules() -> tuple[RuleFile, ...]:
    """All rule files, with links that a person reads."""
    return rule_files(example(), BASE_URL)


def alerts() -> Mapping[str, tuple[RuleFile, Mapping[str, Any]]]:
    """Every alert by name, with the file it stands in."""
    return {
        rule["alert"]: (file, rule)
        for file in rules()
        for group in file.document["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }


def write(folder: Path, *, for_promtool: bool) -> list[Path]:
    """The files in `folder`. promtool knows no partial responses, so that key goes for it."""
    paths = []
    for file in rules():
        groups = [
            {key: value for key, value in group.items() if not (for_promtool and key.startswith("partial"))}
            for group in file.document["groups"]
        ]
        path = folder / f"{file.name}.yaml"
        path.write_text(yaml.safe_dump({"groups": groups}, sort_keys=False, width=1000), encoding="utf-8")
        paths.append(path)
    return paths
