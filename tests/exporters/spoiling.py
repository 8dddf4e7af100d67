"""Good replies with something wrong in them. Seeds are the caller's."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

PAGES = (b"", b" \n", b"<html><body>502</body></html>", b"null", b"[]", b"{}", b"\xff\xfe", b"0", b'"x"')
_DEEP = "[" * 1000 + "]" * 1000


def spoilt(document: str, chance: random.Random) -> bytes:
    """A good document (JSON), on the wire, with one to three things wrong.

    A value of another type, a key that is gone, a list repeated, a number beyond all numbers, a text of
    absurd length, a thousand lists in each other, a body that is cut or not JSON. Never another number in the
    place of a number: nobody could tell.
    """
    if chance.random() < 0.03:
        return chance.choice(PAGES)
    wrong = json.loads(document)
    paths = _paths(document)
    for path in chance.sample(paths, min(len(paths), chance.randint(1, 3))):
        container = wrong
        # An earlier one may have taken the place away.
        with contextlib.suppress(LookupError, TypeError):
            for step in path[:-1]:
                container = container[step]
            if isinstance(container, dict | list):
                _spoil(container, path[-1], chance)
    text = (
        json.dumps(wrong).replace('"@inf@"', "1e999").replace('"@neg@"', "-1e999").replace('"@deep@"', _DEEP)
    )
    raw = text.encode()
    return raw[: chance.randrange(len(raw))] if chance.random() < 0.05 else raw


@lru_cache(maxsize=8)
def _paths(document: str) -> tuple[tuple[Any, ...], ...]:
    return tuple(_places(json.loads(document), ()))


def _places(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """The path of everything inside a document."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield (*path, key)
        yield from _places(value[key], (*path, key))


def _spoil(container: Any, key: Any, chance: random.Random) -> None:
    old = container[key]
    number = isinstance(old, int | float) and not isinstance(old, bool)
    choice = chance.randrange(5)
    if choice == 0:
        del container[key]
    elif choice == 1 and isinstance(old, list):
        container[key] = old * chance.choice([2, 40])
    elif choice == 2 and number:
        container[key] = chance.choice(["@inf@", "@neg@", "NaN", "1.5"])
    elif choice == 3:
        container[key] = chance.choice(["y" * 300, "y" * 5_000, "@deep@"])
    else:
        container[key] = chance.choice(
            [None, True, "", "x", [], {}, [[]], {"a": 1}, *([] if number else [-1, 7])]
        )
