"""What the shape of single values cannot say: how they must fit together. Each check is a pure function.

A check may be given a draft (estate/draft.py): it meets None where the file lacks a value, and then says
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from estate.checks.references import references
from estate.model import Estate
from estate.problems import Problem

Check = Callable[[Estate], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (references,)
