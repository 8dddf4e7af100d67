"""Dashboards with something wrong in them, made from right ones: the same for the same number.

`python -m tests.dashboards.preview.mutated COUNT [FOLDER]` puts so many through the preview.
"""

from __future__ import annotations

import copy
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dashboards.preview.page.render import Served, html
from dashboards.preview.reading.document import NotADashboard
from tests.dashboards.preview.answers import made

DATA = Path(__file__).parents[2] / "data" / "dashboards"
ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e308,
    -1e-308,
    10**40,
    "",
    "x",
    "$x",
    "${x:csv}",
    "<b>b</b>",
    "(",
    "/(/",
    "now-1h",
    [],
    {},
    [[]],
    [{}],
    {"id": "byName"},
    [None, 1, "a"],
    "\u2028",
    "A" * 5_000,
    "null",
    "percentunit",
    "$__all",
    3.5,
)
ANSWERS: dict[str, Any] = {}


class _Every(dict[str, Any]):
    """The same three series to every question."""

    def get(self, key: str, default: Any = None) -> Any:
        """By the path or the expression."""
        if key.startswith("/api/v1/"):
            return ["weu", "<i>neu</i>", ""]
        labels = [{"cluster": "weu", "le": "1"}, {"cluster": "<i>neu</i>", "le": "+Inf"}, {}]
        return [(one, [0.0, 1.5, float("nan"), 1e18]) for one in labels]


def originals(folder: Path = DATA) -> list[Any]:
    """Documents to begin with."""
    found = []
    for path in sorted(folder.rglob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(document, dict) and (
            "panels" in document or "rows" in document or "dashboard" in document
        ):
            found.append(document)
    return found


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every key of every object and list in it."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in list(keys):
        yield value, key
        yield from places(value[key])


def mutated(documents: list[Any], number: int) -> Any:
    """The document of that number, with up to six things changed, moved or taken out."""
    rolled = random.Random(number)
    document = copy.deepcopy(documents[number % len(documents)])
    for _ in range(rolled.randint(1, 6)):
        within, key = rolled.choice(list(places(document)))
        deed = rolled.random()
        if deed < 0.2:
            del within[key]
        elif deed < 0.4:
            other, from_ = rolled.choice(list(places(document)) or [(within, key)])
            within[key] = copy.deepcopy(other[from_]) if key in within or isinstance(within, list) else None
        else:
            within[key] = rolled.choice(ODD)
    return document


def previewed(document: Any) -> str:
    """The page of it, or what was said of what is no dashboard."""
    try:
        page, _ = made(document, _Every(), links="/dashboards/")
    except NotADashboard as refusal:
        return refusal.message
    return html(page, Served("/", "test", "/static/"))


def main() -> None:
    """Print how many went through; a traceback names the number of the one that did not."""
    count = int(sys.argv[1])
    documents = originals(Path(sys.argv[2]) if len(sys.argv) > 2 else DATA)
    for number in range(count):
        try:
            previewed(mutated(documents, number))
        except Exception:
            print(f"number {number}", flush=True)
            raise
    print(f"{count} of {len(documents)} documents")


if __name__ == "__main__":
    main()
