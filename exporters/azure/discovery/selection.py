"""Which resources are read: the row's patterns as a filter, and as much of it as Resource Graph can do. Pure.

The filter decides. What goes into the query only saves rows on the wire: it may let through too many, never
too few. Tag names are spelt in any case by Azure, and Resource Graph compares a property's name exactly, so
of a tag only a piece of its text is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from estate.model import AzureMatch
from exporters.azure.discovery.resources import Resource

# What stands in a tag's JSON as it is written.
_PLAIN = re.compile(r"[A-Za-z0-9_. -]{3,}")


@lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(_expression(text), re.IGNORECASE | re.DOTALL)


def _expression(text: str) -> str:
    return "".join(".*" if each == "*" else "." if each == "?" else re.escape(each) for each in text)


def like(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern: `*` is any text, `?` any character, case does not matter."""
    return _pattern(pattern).fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Match:
    """An AzureMatch that can be compared and hashed; a list that is empty asks for nothing."""

    resource_groups: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()

    def fits(self, one: Resource) -> bool:
        """Whether a resource fits every key, and of each list one entry."""
        if self.regions and one.region not in self.regions:
            return False
        if self.resource_groups and not any(like(one.group, each) for each in self.resource_groups):
            return False
        if self.names and not any(like(one.name, each) for each in self.names):
            return False
        if not self.tags:
            return True
        tags = {name.lower(): value for name, value in one.tags.items()}
        return all(name.lower() in tags and like(tags[name.lower()], pattern) for name, pattern in self.tags)


EVERYTHING = Match()


@dataclass(frozen=True, slots=True)
class Selection:
    """Resources that fit `include` and none of `exclude`."""

    include: Match = EVERYTHING
    exclude: tuple[Match, ...] = ()

    def takes(self, one: Resource) -> bool:
        """Whether a resource is read."""
        return self.include.fits(one) and not any(each.fits(one) for each in self.exclude)

    def __str__(self) -> str:
        """A name for it, the same in every process; empty for all resources."""
        return "" if self == ALL else repr((self.include, self.exclude))


ALL = Selection()


def selection(select: AzureMatch, exclude: Iterable[AzureMatch]) -> Selection:
    """The filter of a row. A block of `exclude` that asks for nothing excludes nothing."""
    blocks = tuple(match for each in exclude if (match := _match(each)) != EVERYTHING)
    return Selection(_match(select), blocks)


def _match(row: AzureMatch) -> Match:
    return Match(
        tuple(row.resource_groups),
        tuple(each.lower() for each in row.regions),
        tuple(row.names),
        tuple(sorted(row.tags.items())),
    )


def conditions(of: Selection, types: Iterable[str]) -> list[str]:
    """KQL conditions that every selected resource of the types meets; all of them hold together."""
    # Of a part, such as a blob service, Resource Graph's `name` lacks the name of the whole.
    whole = all(each.count("/") == 1 for each in types)
    found = _exact(of.include, whole)
    for name, pattern in of.include.tags:
        pieces = [*_PLAIN.findall(name)] if _PLAIN.fullmatch(name) else []
        pieces += [piece for part in re.split(r"[*?]", pattern) for piece in _PLAIN.findall(part)]
        found += [f"tostring(tags) contains {literal(piece)}" for piece in pieces]
    for each in of.exclude:
        # Only what is asked for exactly may be turned around; a query is without control characters.
        exactly = all(pattern.isprintable() for pattern in (*each.resource_groups, *each.names))
        if exactly and not each.tags and (whole or not each.names):
            found.append(f"not({' and '.join(_exact(each, whole))})")
    return found


def _exact(match: Match, whole: bool) -> list[str]:
    found = []
    if match.regions:
        found.append(f"location in~ ({', '.join(literal(each) for each in match.regions)})")
    if match.resource_groups:
        found.append(_any("resourceGroup", match.resource_groups))
    if match.names and whole:
        found.append(_any("name", match.names))
    return found


def _any(column: str, patterns: Sequence[str]) -> str:
    return f"({' or '.join(_compared(column, each) for each in patterns)})"


def _compared(column: str, pattern: str) -> str:
    inner = pattern.strip("*")
    if not re.search(r"[*?]", inner):
        head, tail = pattern.startswith("*"), pattern.endswith("*")
        operator = {
            (False, False): "=~",
            (False, True): "startswith",
            (True, False): "endswith",
            (True, True): "contains",
        }
        return f"{column} {operator[head, tail]} {literal(inner)}"
    # What `literal` would leave out goes first: escaped, it would leave its backslash behind.
    return f"{column} matches regex {literal(f'(?i)^{_expression(_printable(pattern))}$')}"


def literal(text: str) -> str:
    """A KQL string: nothing in it can end it (https://learn.microsoft.com/kusto/query/scalar-data-types/string).

    Control characters never occur in what is compared, and are left out.
    """
    return "'" + _printable(text).replace("\\", "\\\\").replace("'", "\\'") + "'"


def _printable(text: str) -> str:
    return "".join(each for each in text if each.isprintable())
