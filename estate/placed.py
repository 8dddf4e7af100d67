"""From what a check says to a finding: the place in the file that its key path means."""

from __future__ import annotations

from estate.findings import Finding
from estate.locate import locate
from estate.problems import Problem, finding
from estate.tree import Mapping


def placed(problem: Problem, tree: Mapping) -> Finding:
    """The finding of a problem, at the last key of its path that the file has."""
    spot = locate(tree, problem.path)
    at_key = problem.at_key or bool(spot.missing)
    position = spot.key_position if at_key else spot.node.position
    path = (*spot.path, spot.missing) if spot.missing else spot.path
    return finding(problem.code, position, problem.message, problem.fix, path)
