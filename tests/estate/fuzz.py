"""Broken estates without end, each made of a number: the same number gives the same bytes on every machine.

`python -m tests.estate.fuzz 17` writes the estate of number 17.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.estate.bad import FILES, FOLDER

BASE: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
EXAMPLE = Path(__file__).parents[2] / "examples" / "shop" / "estate.yaml"
SMALL = FOLDER.with_name("small.yaml")
# What has broken readers before: signs and words of YAML, numbers at the edge, deep and long things.
NASTY = [
    *"{}[]:,-?&*!|>%@`#'\"\\\t\r\n\0\x85\u2028\ufeff\ud7ff",
    "<<: *a",
    "&a ",
    "*a",
    "!!python/object:os.system",
    "!!binary x",
    "---\n",
    "...\n",
    "? ",
    ": ",
    "- ",
    "null",
    "~",
    "yes",
    "0x1F",
    "0o17",
    "1_000",
    "1e999",
    "-.inf",
    ".nan",
    "12:30:45",
    "2026-01-31",
    "9" * 400,
    "x" * 4000,
    "ä" * 70,
    "[" * 40,
    "{a: " * 40,
    "(" * 900,
    '"\\ud800"',
    '"\\0"',
    "env:",
    "keyvault:a/b",
    "https://a:b@c/?code=d",
    "https://[::1",
    "http://a:99999/",
]
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    float("inf"),
    10**40,
    "",
    " ",
    "own",
    "estate",
    "30s",
    "0s",
    "99999999y",
    "a[?b==`1`]",
    "((((",
    "foo(",
    "sort_by(a, &b)",
    "shop",
    "hub-weu",
    "env:X",
    "\x00",
    "Ω",
    "x" * 300,
    [],
    {},
    [[]],
    {"": None},
    {"kind": "azure"},
    {"kind": ["json"]},
    {"kind": None},
]


def mutant(number: int) -> bytes:
    """The broken estate of a number."""
    chance = random.Random(number)
    text = _seed(chance)
    make: Callable[[random.Random, str], str] = chance.choice((_scratched, _scratched, _replanted, _grown))
    made = make(chance, text).encode("utf-8", "surrogatepass")
    if chance.random() < 0.02:
        place = chance.randrange(len(made) + 1)
        made = made[:place] + bytes(chance.randrange(256) for _ in range(3)) + made[place:]
    return made


def _seed(chance: random.Random) -> str:
    """A bad estate or a good small one, at times the whole example."""
    if chance.random() < 0.4:
        return _text(SMALL)
    return _text(EXAMPLE if chance.random() < 0.04 else chance.choice(FILES))


@cache
def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "ignore")


@cache
def _tree(text: str) -> Any:
    """The text as plain values, all leaves as text; None where it is no YAML."""
    try:
        return BASE(text).get_single_data()
    except (yaml.YAMLError, ValueError):
        return None


def _scratched(chance: random.Random, text: str) -> str:
    """Cut, double, move and overwrite pieces of the text."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        lines = text.splitlines(keepends=True) or [""]
        here, there = chance.randrange(len(lines)), chance.randrange(len(lines))
        place = chance.randrange(len(text) + 1)
        match chance.randrange(7):
            case 0:
                text = text[:place] + chance.choice(NASTY) + text[place:]
            case 1:
                text = text[:place] + text[place + chance.randrange(1, 6) :]
            case 2:
                lines.insert(there, lines[here])
                text = "".join(lines)
            case 3:
                del lines[here]
                text = "".join(lines)
            case 4:
                lines[here] = " " * chance.randrange(6) + lines[here].lstrip()
                text = "".join(lines)
            case 5:
                key, colon, _ = lines[here].partition(": ")
                lines[here] = f"{key}{colon}{chance.choice(NASTY)}\n"
                text = "".join(lines)
            case _:
                lines[here], lines[there] = lines[there], lines[here]
                text = "".join(lines)
    return text


def _replanted(chance: random.Random, text: str) -> str:
    """Read the text, change values and keys anywhere in it, and write it again."""
    if "&" in text:
        # Aliases would be written out, and some seeds are made to make that endless.
        return _scratched(chance, text)
    tree = _tree(text)
    if tree is None:
        return _grown(chance, text)
    for _ in range(chance.choice((1, 2, 4))):
        tree = _changed(chance, tree)
    return json.dumps(tree, ensure_ascii=chance.random() < 0.5)


def _changed(chance: random.Random, tree: Any) -> Any:
    if chance.random() < 0.15 or not isinstance(tree, dict | list) or not tree:
        return chance.choice(VALUES) if chance.random() < 0.8 else _random_tree(chance, 4)
    if isinstance(tree, list):
        place = chance.randrange(len(tree))
        return [*tree[:place], _changed(chance, tree[place]), *tree[place + 1 :]]
    key = chance.choice(list(tree))
    match chance.randrange(8):
        case 0:
            return {name: value for name, value in tree.items() if name != key}
        case 1:
            return {chance.choice(NASTY) if name == key else name: value for name, value in tree.items()}
        case 2:
            return {**tree, chance.choice(list(tree)) + "s": tree[key]}
        case _:
            return {**tree, key: _changed(chance, tree[key])}


def _grown(chance: random.Random, text: str) -> str:
    """A document that is no estate at all."""
    return json.dumps(_random_tree(chance, 6)) if chance.random() < 0.5 else _random_text(chance)


def _random_text(chance: random.Random) -> str:
    return "".join(chance.choice((*NASTY, "a", "b: ", "\n", "\n  ")) for _ in range(chance.randrange(1, 30)))


def _random_tree(chance: random.Random, depth: int) -> Any:
    names = ("clusters", "exporters", "metrics", "kind", "defaults", "cluster", "alerts", "a", "", "*", "<<")
    match chance.randrange(4) if depth else 0:
        case 0 | 1:
            return chance.choice(VALUES)
        case 2:
            return [_random_tree(chance, depth - 1) for _ in range(chance.randrange(4))]
        case _:
            return {chance.choice(names): _random_tree(chance, depth - 1) for _ in range(chance.randrange(4))}


if __name__ == "__main__":
    sys.stdout.buffer.write(mutant(int(sys.argv[1])))
