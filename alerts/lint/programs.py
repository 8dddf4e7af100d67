"""What promtool and pint say of rule files, read from what they print."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from alerts.lint.values import Part, Written
from estate.findings import Position, Severity

# The files are given to both as `0.yaml`, `1.yaml`, by the place of their part.
_CHECKING = re.compile(r"Checking (\d+)\.yaml")
_SAID = re.compile(r"(\d+)\.yaml: (.*)")
_PLACE = re.compile(r"(\d+):(\d+): ")
_LINE = re.compile(r"line (\d+): (.*)")
_RULE = re.compile(r'group "(.*?)", rule (\d+), "[^"]*": ')
_GROUP = re.compile(r'groupname: "(.*?)"')
_TWICE = re.compile(r"Metric: (.*)")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a program says. `check` is pint's name for it."""

    position: Position
    of: Written | None
    message: str
    fix: str = ""
    check: str = ""
    severity: Severity = "error"


def name(place: int) -> str:
    """What the part at this place is called in the folder that programs read."""
    return f"{place}.yaml"


def refused(printed: str) -> frozenset[int]:
    """The places of parts that Prometheus does not take, out of the same output. What only its lint finds is
    none of them.
    """
    return frozenset(int(match[1]) for line in printed.splitlines() if (match := _SAID.fullmatch(line)))


def of_promtool(printed: str, parts: Sequence[Part]) -> tuple[Problem, ...]:
    """Problems out of the output of `promtool check rules`, both streams as one."""
    return tuple(dict.fromkeys(_of_promtool(printed, parts)))


def _of_promtool(printed: str, parts: Sequence[Part]) -> Iterator[Problem]:
    checked: Part | None = None
    for line in printed.splitlines():
        if match := _CHECKING.fullmatch(line):
            checked = parts[int(match[1])]
        elif match := _SAID.fullmatch(line):
            checked = parts[int(match[1])]
            if "unmarshal errors:" not in match[2]:
                yield _refused(match[2], checked)
        elif checked and (match := _LINE.fullmatch(line.strip())):
            # Prometheus reads a file twice, the second time for the places: what is wrong is said twice.
            if match[2].endswith(("RuleGroupNode", "RuleNode")):
                continue
            yield Problem(checked.at(int(match[1])), None, match[2])
        elif checked and (match := _TWICE.fullmatch(line)):
            yield _twice(match[1], checked)


def _refused(said: str, part: Part) -> Problem:
    position, of = Position(part.file), None
    if match := _PLACE.match(said):
        said = said[match.end() :]
        position = part.at(int(match[1]), int(match[2])) if int(match[1]) else position
    if match := _RULE.match(said):
        said = said[match.end() :]
        meant = (match[1], int(match[2]))
        of = next((rule for rule in part.rules if (rule.group, rule.number) == meant), None)
        position = of.position if of and not position.line else position
    elif match := _GROUP.match(said):
        line = next((line for name, line in reversed(part.groups) if name == match[1]), 0)
        position = Position(part.file, line, 1) if line else position
    elif match := re.match(r"yaml: (?:line (\d+): )?", said):
        said = said[match.end() :]
        position = part.at(int(match[1])) if match[1] else position
    return Problem(position, of, said, "write what Prometheus takes")


def _twice(metric: str, part: Part) -> Problem:
    of = next((rule for rule in reversed(part.rules) if rule.name == metric), None)
    position = of.position if of else Position(part.file)
    return Problem(position, of, f"{metric} stands there twice with the same labels", "take one away")


def of_pint(report: str, parts: Sequence[Part]) -> tuple[Problem, ...]:
    """Problems out of pint's report in JSON. What it only remarks is none."""
    rows: list[dict[str, Any]] = json.loads(report) or []
    return tuple(_of_pint(row, parts) for row in rows if row["severity"] != "Information")


def _of_pint(row: dict[str, Any], parts: Sequence[Part]) -> Problem:
    part = parts[int(row["path"].removesuffix(".yaml"))]
    lines = row["lines"] or [0]
    position = part.at(lines[0]) if lines[0] else Position(part.file)
    of = next((rule for rule in reversed(part.rules) if rule.position.line <= position.line), None)
    severity: Severity = "warning" if row["severity"] == "Warning" else "error"
    return Problem(position, of, row["problem"], row.get("details", ""), row["reporter"], severity)
