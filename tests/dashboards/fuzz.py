"""Damaged dashboards for the lint: `python -m tests.dashboards.fuzz 20000 [FOLDER]` tries that many.

Half of them are texts with bytes changed, cut or doubled, half are documents with values of another type.
FOLDER has more dashboards to damage.
"""

from __future__ import annotations

import copy
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from catalogue.shipped import shipped
from dashboards.lint.options import Options
from dashboards.lint.run import lint
from dashboards.ours import files
from tests.dashboards.places import MIXINS

# What stands in a document where something else should.
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1e308, 2**70, "", "$", "${", "[[", "\ud800", "\x00", "$cluster", "up{"),
    *([], {}, [None], {"a": None}, [[[]]], {"list": 3}, {"id": []}, {"uid": {}}, "x" * 5000, "(" * 300),
)


def damaged(sources: list[str], seed: int, count: int) -> Iterator[str]:
    """As many texts, always the same for a seed."""
    chance = random.Random(seed)
    for number in range(count):
        text = chance.choice(sources)
        yield _document(text, chance) if number % 2 else _text(text, chance)


def _text(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 5)):
        at, length = chance.randrange(len(text)), chance.randint(1, 40)
        piece = chance.choice(("", text[at : at + length] * 2, chance.choice('{}[]",:\\0$\ud800é')))
        text = text[:at] + piece + text[at + length :]
    return text


def _document(text: str, chance: random.Random) -> str:
    document = json.loads(text)
    for _ in range(chance.randint(1, 8)):
        place = document
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = chance.choice(keys)
            if isinstance(place[key], dict | list) and place[key] and chance.random() < 0.85:
                place = place[key]
                continue
            place[key] = copy.deepcopy(chance.choice(ODD))
            break
    return json.dumps(document, indent=chance.choice((None, 1)))


def tried(texts: Iterator[str]) -> int:
    """How many findings there are; each can be printed. Raises what the lint raises."""
    options, found = Options(shipped()), 0
    for text in texts:
        for row in lint([("fuzz.json", text)], options):
            json.dumps(row.document(), ensure_ascii=False).encode("utf-8")
            found += 1
    return found


def sources(folder: Path | None = None) -> list[str]:
    """Dashboards to damage."""
    more = sorted(folder.rglob("dashboards/*.json")) if folder else []
    return [path.read_text(encoding="utf-8") for path in (*sorted(MIXINS.glob("*.json")), *more)] + [
        text for _, text in files()
    ]


if __name__ == "__main__":
    count, folder = int(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2:] else None
    print(count, "tried,", tried(damaged(sources(folder), 1, count)), "findings")
