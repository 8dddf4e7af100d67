"""Reading an estate file: `load` gives the typed estate, or every finding at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from estate.checks import CHECKS
from estate.draft import draft
from estate.errors import EstateInvalid
from estate.findings import Finding, in_order
from estate.include import gather
from estate.inherit import inherit
from estate.model import Estate
from estate.placed import placed
from estate.problems import Problem, finding
from estate.shape import validate
from estate.source import named
from estate.tree import Mapping


@dataclass(frozen=True, slots=True)
class Loaded:
    """A valid estate, and the warnings that were found on the way."""

    estate: Estate
    findings: tuple[Finding, ...]
    tree: Mapping = field(repr=False)

    def placed(self, problem: Problem) -> Finding:
        """What a check of another room says, with its place in the file."""
        return placed(problem, self.tree)


def load(path: Path) -> Loaded:
    """The estate of a file. Raises EstateInvalid with all findings, warnings included."""
    gathered = gather(path)
    found = list(gathered.found)
    estate, tree = None, None
    if gathered.tree is not None:
        if _of_an_exporter(gathered.tree):
            raise EstateInvalid((_exporter_file(gathered.tree, path),))
        tree = inherit(gathered.tree)
        estate, shape = validate(tree)
        other_version = any(row.code == "api-version-unknown" for row in shape)
        if other_version:
            # Its keys may mean other things: nothing more can be said about it.
            shape = [row for row in shape if row.code == "api-version-unknown"]
        if not gathered.whole:
            # What is missing may stand in a file that could not be read.
            shape = [row for row in shape if row.code != "missing-key" or "." in row.path]
        found += _unsaid(shape, found)
        if gathered.whole and not other_version:
            found += _checked(estate or draft(tree), tree)
    ordered = in_order(found)
    if estate is None or tree is None or any(row.severity == "error" for row in ordered):
        raise EstateInvalid(ordered)
    return Loaded(estate, ordered, tree)


def _of_an_exporter(tree: Mapping) -> bool:
    """Whether a document is the file of one exporter: all else that would be said of it misleads."""
    keys = tree.entries.keys()
    return bool(keys & {"exporters", "modules"}) and not keys & {
        "hub",
        "clusters",
        "metrics",
        "alerts",
        "include",
        "defaults",
    }


def _exporter_file(tree: Mapping, path: Path) -> Finding:
    message = "this is the configuration of an exporter, not an estate"
    fix = f"check it with `singlepane exporter check --config {named(path)}`"
    return finding("exporter-file", tree.position, message, fix)


def _unsaid(shape: list[Finding], said: list[Finding]) -> list[Finding]:
    """What YAML itself makes of a value is said alone: once it is right, the value is another one."""
    places = {row.position for row in said if row.severity == "error"}
    return [row for row in shape if row.position not in places or row.code in ("missing-key", "unknown-key")]


def _checked(estate: Estate, tree: Mapping) -> list[Finding]:
    return [placed(problem, tree) for check in CHECKS for problem in check(estate)]
