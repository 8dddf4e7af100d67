"""The fixtures of all checks: tests/data/checks/CHECK/{failing,passing}*.yaml.

Those of checks of the estate are whole estates. The others hold `objects`, and `facts` for those of the live
cluster or `stack` for those of an installed stack; their estate is tests/data/checks/estate.yaml or
stacks.yaml, their cluster prod-weu unless `cluster` says another. A failing one has its findings in a sibling
`.expected`; `python -m tests.checks.cases` writes them anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from deploy.targets.kubernetes.checks import (
    Facts,
    Installed,
    Rendered,
    of_cluster,
    of_estate,
    of_objects,
    of_stack,
)
from estate.codes import CODES
from estate.findings import Finding, in_order
from estate.load import load
from estate.problems import Problem
from tests.estate.bad import inside, transcript

FOLDER = Path(__file__).parents[1] / "data" / "checks"
ESTATE = "estate.yaml"
# The same with an installed stack in prod-weu.
STACKS = "stacks.yaml"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
CHECKS: dict[str, Callable[..., Iterator[Problem]]] = {
    check.__name__: check for room in (of_estate, of_objects, of_cluster, of_stack) for check in room.CHECKS
}
FILES = sorted(FOLDER.glob("*/*.yaml"))
# The codes of these checks stand at the end of the registry.
_CODES = list(CODES)
KUBERNETES = set(_CODES[_CODES.index("address-missing") :])


def facts(document: dict[str, Any]) -> Facts:
    """Facts as a fixture has them: lists, texts and objects."""
    given: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in document.items()
    }
    return replace(Facts(NOW), **given)


def stack(document: dict[str, Any]) -> Installed:
    """An installed stack as a fixture has it."""
    releases, prometheuses, services = (
        tuple(document.get(key, ())) for key in ("releases", "prometheuses", "services")
    )
    return Installed(releases, prometheuses, services, document.get("namespace"))


def found(file: Path) -> tuple[Finding, ...]:
    """What the check of a fixture says about it, files named from the folder of the fixture."""
    check = CHECKS[file.parent.name]
    if check in of_estate.CHECKS:
        with inside(file.parent):
            loaded = load(Path(file.name))
        return in_order(loaded.placed(problem) for problem in check(loaded.estate))
    document = yaml.safe_load(file.read_text())
    with inside(FOLDER):
        loaded = load(Path(STACKS if check in of_stack.CHECKS else ESTATE))
    rendered = Rendered(loaded.estate, document.get("cluster", "prod-weu"), tuple(document["objects"]))
    given: tuple[Any, ...] = (rendered,)
    if check in of_cluster.CHECKS:
        given = (rendered, facts(document["facts"]))
    elif check in of_stack.CHECKS:
        given = (rendered, stack(document["stack"]))
    return in_order(loaded.placed(problem) for problem in check(*given))


def codes() -> set[str]:
    """All codes that the failing fixtures show."""
    return {finding.code for file in FILES for finding in found(file)}


if __name__ == "__main__":
    for each in FILES:
        if each.stem.startswith("failing"):
            each.with_suffix(".expected").write_text(transcript(found(each)))
