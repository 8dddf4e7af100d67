"""The rule files as the engines read them, in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from alerts.rules import CONTENTS, rule_files
from estate.components import RuleFile
from estate.load import load
from estate.model import Estate

BASE_URL = "https://pane.example"
# Alerts without `for`, each with its reason.
AT_ONCE = {"Watchdog": "its silence is the message"}
RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
EXAMPLE = Path(__file__).parents[2] / "examples" / "shop" / "estate.yaml"


def example() -> Estate:
    """The example estate."""
    return load(EXAMPLE).estate


@cache
def rules() -> tuple[RuleFile, ...]:
    """All rule files, also those about exporters that the example has not, with links that a person reads."""
    return rule_files(example(), BASE_URL, (name for content in CONTENTS for name in content.needs))


@cache
def alerts() -> Mapping[str, tuple[RuleFile, Mapping[str, Any]]]:
    """Every alert by name, with the file it stands in."""
    return {
        rule["alert"]: (file, rule)
        for file in rules()
        for group in file.document["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }


@cache
def every_rule() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """All rules by file and name, those that record among them."""
    return {
        file.name: {
            rule.get("alert") or rule["record"]: rule
            for group in file.document["groups"]
            for rule in group["rules"]
        }
        for file in rules()
    }


def write(folder: Path, *, for_promtool: bool) -> list[Path]:
    """The files in `folder`. promtool knows no partial responses, so that key goes for it."""
    paths = []
    for name, content in _texts(for_promtool).items():
        path = folder / f"{name}.yaml"
        path.write_text(content, encoding="utf-8")
        paths.append(path)
    return paths


@cache
def _texts(for_promtool: bool) -> Mapping[str, str]:
    found = {}
    for file in rules():
        groups = [
            {key: value for key, value in group.items() if not (for_promtool and key.startswith("partial"))}
            for group in file.document["groups"]
        ]
        found[file.name] = yaml.safe_dump({"groups": groups}, sort_keys=False, width=1000)
    return found
