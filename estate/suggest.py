"""The closest legal spelling of a wrong word."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

# Comparing is slow, and a name as long as this was not mistyped.
_LONGEST = 100
# So many legal words still help when they are listed.
_LISTED = 14


@lru_cache(maxsize=4096)
def _closest(word: str, options: tuple[str, ...]) -> str:
    by_folded = {option.casefold(): option for option in reversed(options)}
    match = get_close_matches(word.casefold(), by_folded, 1, 0.6)
    return by_folded[match[0]] if match else ""


def closest(word: str, options: Iterable[str]) -> str:
    """The option that the word was likely meant to be, or empty. Upper and lower case count as equal."""
    return _closest(word, tuple(options)) if len(word) <= _LONGEST else ""


def offer(word: str, options: Iterable[str], otherwise: str = "") -> str:
    """A fix: the closest option, else a list of all, else `otherwise` where they are many or none."""
    legal = tuple(options)
    near = closest(word, legal)
    if near:
        return f"did you mean {near}?"
    if not legal or len(legal) > _LISTED:
        return otherwise
    return f"write {legal[0]}" if len(legal) == 1 else f"write one of {', '.join(legal)}"
