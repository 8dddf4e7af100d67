"""Files that make no sense in some place: a sentence, never a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from estate.errors import SinglepaneError
from exporters.imports import SOURCES, carried
from tests.exporters.doubles import DATA

FOLDER = DATA / "exporters" / "imports"
ODD: tuple[Any, ...] = (
    None,
    5,
    True,
    "",
    "x",
    "/probe/metrics",
    [],
    [5],
    [[]],
    {},
    {"x": 1},
    [{"name": None}],
)
FILES = sorted(
    path
    for path in FOLDER.glob("*.yaml")
    if path.stem in ("promitor-splits", "webdevops-global", "webdevops-operator", "webdevops-helm")
)


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every list or mapping, with each of its keys."""
    keys = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
    for key in keys:
        yield node, key
        yield from places(node[key])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_value_breaks_a_reader(path: Path) -> None:
    """An odd one stands for each value in turn, another each time: it is carried, or refused in words."""
    source = next(each for each in SOURCES if path.name.startswith(each.name))
    documents = [each for each in yaml.safe_load_all(path.read_text()) if each is not None]
    tried = 0
    for holder, key in places(documents):
        good = holder[key]
        for odd in ODD[tried % 12 :: 12]:
            holder[key] = odd
            try:
                carried(source, yaml.safe_dump_all(documents), path.name, "odd")
            except SinglepaneError as error:
                assert error.message
            tried += 1
        holder[key] = good
    assert tried > 30
