"""Azure Monitor's filters on dimensions. Pure.

Contract: https://learn.microsoft.com/rest/api/monitor/metrics/list, `$filter`: `A eq 'a' and B eq 'b' or
B eq 'c' and D eq '*'`. `or` stands between values of one dimension; a value is quoted or not; names and
values with round brackets are percent-encoded twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from estate.series_labels import dimension_label

_TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|[()]|[^\s()'\"]+")
_OPERATORS = frozenset({"eq", "ne", "sw", "startswith", "in", "gt", "ge", "lt", "le"})
# Each resource is a series of its own anyway.
RESOURCE_ID = "microsoft.resourceid"


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison: `joined` says how it follows the one before, in lower case. `name` is empty where the
    text makes no sense; then `value` is that text.
    """

    name: str
    operator: str
    value: str
    joined: str = ""


def clauses(text: str) -> list[Clause]:
    """All comparisons of a filter, in order."""
    return [_clause(words, joined) for joined, words in _split(text) if words]


def _split(text: str) -> Iterator[tuple[str, list[str]]]:
    joined, words = "", list[str]()
    for word in _TOKEN.findall(text):
        # A word after the operator may be a value.
        ends = word.lower() in ("and", "or") and (not words or words[-1].lower() not in _OPERATORS)
        if ends:
            yield joined, words
            joined, words = word.lower(), []
        elif word not in "()":
            words.append(word)
    yield joined, words


def _clause(words: list[str], joined: str) -> Clause:
    for place, word in enumerate(words):
        if word.lower() in _OPERATORS and 0 < place < len(words) - 1:
            name = " ".join(map(_plain, words[:place]))
            value = " ".join(map(_plain, words[place + 1 :]))
            return Clause(name, word.lower(), value, joined)
    return Clause("", "", " ".join(words), joined)


def _plain(word: str) -> str:
    if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"":
        word = word[1:-1].replace("''", "'")
    return unquote(unquote(word))


def matcher(name: str, found: list[Clause]) -> str:
    """The PromQL matcher that picks what a filter on one dimension picked."""
    label = dimension_label(name)
    values = [each.value for each in found]
    operator = found[0].operator
    if operator in ("sw", "startswith"):
        return f"{label}=~{json.dumps('|'.join(re.escape(each) + '.*' for each in values))}"
    sign = "!" if operator == "ne" else "="
    if len(values) == 1 and operator in ("eq", "ne"):
        return f"{label}{'!=' if sign == '!' else '='}{json.dumps(values[0])}"
    return f"{label}{sign}~{json.dumps('|'.join(map(re.escape, values)))}"
