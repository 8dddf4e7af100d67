"""Whether the trials of our alerts would notice a mistake: each rule with one thing wrong, tried by its case.

`python -m tests.alerts.mutants [GROUP …]` prints the score and each mutant that nobody noticed; exit code 1
below 95 %.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from alerts.trials.cases import Case, cases
from estate.quantities import seconds
from tests.alerts.rendered import every_rule
from tests.alerts.test_trials import GROUPS, run, write

LEAST = 0.95
_COMPARATOR = re.compile(r"(?<![=!<>~])(>=|<=|==|!=|>|<)(?![=~])")
_OTHER = {">": "<", "<": ">", ">=": "<", "<=": ">", "==": "!=", "!=": "=="}
_NUMBER = re.compile(r"(?<![\w.\[:])\d+(?:\.\d+)?(?![\w.\]:])")
_VALUE = re.compile(r'(=~?)"([^"]+)"')
_BY = re.compile(r"\b(by|on)\s*\(([^()]+)\)")


def mutants(rule: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What is wrong, and the rule with it: a comparator turned round, a limit ten times as high or low, a
    value that no series has, another `for`, a label that is dropped.
    """
    expr = rule["expr"]
    # What keeps namespaces silent is the same for all, and has a test of its own.
    own = expr.partition("unless on (cluster, namespace)\nkube_namespace_labels")[0]
    plain = _hidden(own)
    for found in _COMPARATOR.finditer(plain):
        yield f"{found[0]} turned round at {found.start()}", _with(rule, expr, found, _OTHER[found[0]])
    for found in _NUMBER.finditer(plain):
        before = plain[: found.start()].rstrip()
        if before.endswith((">", "<", "=")) and float(found[0]):
            for factor in (10, 0.1):
                changed = f"{float(found[0]) * factor:g}"
                yield f"limit {found[0]} is {changed}", _with(rule, expr, found, changed)
    for found in _VALUE.finditer(own):
        yield f"{found[0]} is another", _with(rule, expr, found, f'{found[1]}"{found[2]}-not"')
    for found in _BY.finditer(plain):
        labels = [each.strip() for each in found[2].split(",")]
        for label in labels:
            kept = ", ".join(each for each in labels if each != label)
            yield (
                f"{found[1]} without {label} at {found.start()}",
                _with(rule, expr, found, f"{found[1]} ({kept})"),
            )
    if "for" in rule:
        waits = seconds(rule["for"])
        yield "for is twice as long", {**rule, "for": f"{2 * waits}s"}
        yield "for is half as long", {**rule, "for": f"{waits // 2}s"}


def _with(rule: Mapping[str, Any], expr: str, found: re.Match[str], text: str) -> Mapping[str, Any]:
    return {**rule, "expr": expr[: found.start()] + text + expr[found.end() :]}


def _hidden(expr: str) -> str:
    """The expression with blanks for selectors, texts and comments, so that places stay."""
    return re.sub(r"\{[^}]*\}|\"[^\"]*\"|#[^\n]*", lambda found: " " * len(found[0]), expr)


def survivors(group: str, folder: Path) -> tuple[int, list[str]]:
    """How many mutants a group has, and those that its trials take for the rule."""
    count, left = 0, list[str]()
    for name, case in cases(group).items():
        if not isinstance(case, Case):
            continue
        rule = every_rule()[group][name]
        file = write(folder, group, name, rule, case)
        rules = folder / f"{name}.rules.yaml"
        document = json.loads(rules.read_text())
        for wrong, mutant in mutants(rule):
            count += 1
            document["groups"][0]["rules"][-1] = dict(mutant)
            rules.write_text(json.dumps(document))
            passed, _ = run(folder, file)
            if passed:
                left.append(f"{name}: {wrong}")
    return count, left


def main(groups: list[str]) -> int:
    """The exit code."""
    total, left = 0, list[str]()
    with tempfile.TemporaryDirectory() as folder:
        for group in groups or GROUPS:
            place = Path(folder) / group
            place.mkdir()
            count, found = survivors(group, place)
            total, left = total + count, left + found
            print(f"{group}: {count - len(found)} of {count} noticed", flush=True)
            for each in found:
                print(f"    {each}", flush=True)
    share = 1 - len(left) / total
    print(f"{total - len(left)} of {total} mutants noticed: {share:.1%}")
    return 0 if share >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
