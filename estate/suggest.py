"""The closest legal spelling of a wrong word."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from heapq import nlargest

# Comparing is slow, and a name as long as this was not mistyped.
_LONGEST = 100
# So many legal words still help when they are listed; and so many in a sentence of their own.
_LISTED, _SAID = 14, 30
# Of many options, those that share most pairs of letters are compared.
_COMPARED = 20


def _pairs(word: str) -> frozenset[str]:
    return frozenset(word[place : place + 2] for place in range(len(word) - 1))


@lru_cache(maxsize=256)
def _folded(options: tuple[str, ...]) -> dict[str, tuple[str, frozenset[str]]]:
    """Options by their case-folded spelling, with the pairs of letters in it; of equal ones the first."""
    return {option.casefold(): (option, _pairs(option.casefold())) for option in reversed(options)}


@lru_cache(maxsize=4096)
def _closest(word: str, options: tuple[str, ...]) -> str:
    folded = _folded(options)
    candidates: Iterable[str] = folded
    if len(folded) > _COMPARED:
        pairs = _pairs(word)
        candidates = nlargest(_COMPARED, folded, key=lambda option: len(pairs & folded[option][1]))
    match = get_close_matches(word, list(candidates), 1, 0.6)
    return folded[match[0]][0] if match else ""


def closest(word: str, options: Iterable[str]) -> str:
    """The option that the word was likely meant to be, or empty. Upper and lower case count as equal."""
    return _closest(word.casefold(), tuple(options)) if len(word) <= _LONGEST else ""


def offer(word: str, options: Iterable[str], otherwise: str = "") -> str:
    """A fix: the closest option, else a list of all, else `otherwise` where they are many or none."""
    legal = tuple(options)
    near = closest(word, legal)
    if near:
        return f"did you mean {near}?"
    if not legal or len(legal) > _LISTED:
        return otherwise
    return f"write {legal[0]}" if len(legal) == 1 else f"write one of {', '.join(legal)}"


def nearest(word: str, options: Iterable[str], has: str) -> str:
    """A sentence for a remedy: the closest option, else `has` (as `It has`) with some of them."""
    legal = tuple(options)
    if near := closest(word, legal):
        return f"Did you mean {near}?"
    more = f" and {len(legal) - _SAID} more" if len(legal) > _SAID else ""
    return f"{has} {', '.join(legal[:_SAID]) or 'none'}{more}."
