"""The part of Resource Graph's query language that a discovery needs; anything else is refused, never
guessed.

    Resources
    | where type in~ ('microsoft.storage/storageaccounts') and location == 'westeurope'
    | where tags['team'] =~ 'shop' or name startswith 'shop'
    | extend team = tags.team | project id, name, type, tags | order by id asc | limit 100 | count

Operators: where (and, or, not, brackets; ==, !=, =~, !~, in, in~, !in, !in~, contains, startswith, endswith,
has, matches regex and their negations, isempty, isnotempty), project, project-away, extend (a column or
`tostring()`, `tolower()` of one), order by / sort by, limit / take, count, summarize count() by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Row = dict[str, Any]
Test = Callable[[Row], bool]
Value = Callable[[Row], Any]

_TOKEN = re.compile(
    r"\s+|//[^\n]*"
    r"|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<word>!?[A-Za-z_$][A-Za-z0-9_]*(?:-[A-Za-z]+)?~?)"
    r"|(?P<sign>=~|!~|==|!=|[|(),.\[\]=])"
)


class InvalidQuery(Exception):
    """A query that is not understood; the message says where."""


class Token(NamedTuple):
    """A piece of a query."""

    kind: str
    text: str


def tokens(text: str) -> list[Token]:
    """The pieces of a query, comments and blanks left out."""
    found, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise InvalidQuery(f"unexpected '{text[place]}' at position {place}")
        if match.lastgroup:
            found.append(Token(match.lastgroup, match[0]))
        place = match.end()
    return found


class Query(NamedTuple):
    """A query as functions: rows in, rows out; `columns` None means all that the table has."""

    steps: tuple[Callable[[list[Row]], list[Row]], ...]
    columns: tuple[str, ...] | None

    def run(self, rows: list[Row]) -> list[Row]:
        """The rows that the query gives."""
        for step in self.steps:
            rows = step(rows)
        return rows


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.place = 0
        self.columns: tuple[str, ...] | None = None

    def peek(self) -> Token:
        return self.tokens[self.place] if self.place < len(self.tokens) else Token("end", "")

    def next(self) -> Token:
        token = self.peek()
        self.place += 1
        return token

    def take(self, *texts: str) -> bool:
        """Step over the next token when it is one of these words or signs."""
        token = self.peek()
        if token.kind in ("word", "sign") and token.text.lower() in texts:
            self.place += 1
            return True
        return False

    def need(self, text: str) -> None:
        if not self.take(text):
            raise InvalidQuery(f"expected '{text}' before '{self.peek().text or 'the end'}'")

    def word(self) -> str:
        token = self.next()
        if token.kind != "word" or token.text.startswith("!") or token.text.endswith("~"):
            raise InvalidQuery(f"expected a name, got '{token.text or 'the end'}'")
        return token.text

    def literal(self) -> Any:
        token = self.next()
        if token.kind == "text":
            return re.sub(r"\\(.)", r"\1", token.text[1:-1])
        if token.kind == "number":
            return float(token.text) if "." in token.text else int(token.text)
        raise InvalidQuery(f"expected a value, got '{token.text or 'the end'}'")


def parse(text: str) -> Query:
    """Read a query. Raises InvalidQuery for anything outside the subset."""
    reader = _Reader(text)
    table = reader.word()
    if table.lower() != "resources":
        raise InvalidQuery(f"table '{table}' is not simulated, only Resources is")
    steps = []
    while reader.peek().kind != "end":
        reader.need("|")
        name = reader.next().text.lower()
        operator = _OPERATORS.get(name)
        if operator is None:
            raise InvalidQuery(f"operator '{name}' is not supported")
        steps.append(operator(reader))
    return Query(tuple(steps), reader.columns)


def _where(reader: _Reader) -> Callable[[list[Row]], list[Row]]:
    test = _any(reader)
    return lambda rows: [row for row in rows if test(row)]


def _project(reader: _Reader) -> Callable[[list[Row]], list[Row]]:
    made = _assignments(reader)
    reader.columns = tuple(name for name, _ in made)
    return lambda rows: [{name: value(row) for name, value in made} for row in rows]


def _extend(reader: _Reader) -> Callable[[list[Row]], list[Row]]:
    made = _assignments(reader)
    if reader.columns is not None:
        reader.columns = (*reader.columns, *(name for name, _ in made if name not in reader.columns))
    return lambda rows: [{**row, **{name: value(row) for name, value in made}} for row in rows]


def _project_away(reader: _Reader) -> Callable[[list[Row]], list[Row]]:
    names = {reader.word()}
    while reader.take(","):
        names.add(reader.word())
    if reader.columns is not None:
        reader.columns = tuple(name for name in reader.columns if name not in names)
    return lambda rows: [{name: value for name, value in row.items() if name not in names} for row in rows]


def _order(reader: _Reader) -> Callable[[list[Row]], list[Row]]:
    reader.need("by")
    keys = []
    while True:
        value = _value(reader)
        keys.append((value, not reader.take("asc") and (reader.take("desc") or True)))
        if not reader.take(","):
            break

    def run(rows: list[Row]) -> list[Row]:
        for value, down in reversed(keys):
            rows = sorted(rows, key=lambda row, value=value: str(value(row) or "").lower(), reverse=down)  # type: ignore[misc]
        return rows

    return run


def _limit(reader: _Reader) -> Callable[[list[Row]], list[Row]]:
    number = reader.literal()
    if not isinstance(number, int):
        raise InvalidQuery("limit takes a whole number")
    return lambda rows: rows[:number]


def _count(reader: _Reader) -> Callable[[list[Row]], list[Row]]:
    reader.columns = ("Count",)
    return lambda rows: [{"Count": len(rows)}]


def _summarize(reader: _Reader) -> Callable[[list[Row]], list[Row]]:
    label = "count_"
    name = reader.word()
    if reader.take("="):
        label, name = name, reader.word()
    if name.lower() != "count":
        raise InvalidQuery(f"summarize knows count() only, not '{name}'")
    reader.need("(")
    reader.need(")")
    keys = _assignments(reader) if reader.take("by") else []
    reader.columns = (*(one for one, _ in keys), label)

    def run(rows: list[Row]) -> list[Row]:
        groups: dict[str, Row] = {}
        for row in rows:
            made = {one: value(row) for one, value in keys}
            group = groups.setdefault(repr(made), {**made, label: 0})
            group[label] += 1
        return list(groups.values())

    return run


def _assignments(reader: _Reader) -> list[tuple[str, Value]]:
    made = []
    while True:
        start = reader.place
        name = reader.word()
        if reader.take("="):
            made.append((name, _value(reader)))
        else:
            reader.place = start
            made.append((name, _value(reader)))
        if not reader.take(","):
            return made


def _any(reader: _Reader) -> Test:
    tests = [_all(reader)]
    while reader.take("or"):
        tests.append(_all(reader))
    return lambda row: any(test(row) for test in tests)


def _all(reader: _Reader) -> Test:
    tests = [_one(reader)]
    while reader.take("and"):
        tests.append(_one(reader))
    return lambda row: all(test(row) for test in tests)


def _one(reader: _Reader) -> Test:
    if reader.take("("):
        test = _any(reader)
        reader.need(")")
        return test
    if reader.take("not"):
        reader.need("(")
        inner = _any(reader)
        reader.need(")")
        return lambda row: not inner(row)
    for name, empty in (("isempty", True), ("isnotempty", False)):
        if reader.take(name):
            reader.need("(")
            asked = _value(reader)
            reader.need(")")
            return lambda row, asked=asked, empty=empty: (asked(row) in (None, "", {}, [])) is empty  # type: ignore[misc]
    return _comparison(reader)


def _comparison(reader: _Reader) -> Test:
    left = _value(reader)
    operator = reader.next().text.lower()
    if operator in ("in", "in~", "!in", "!in~"):
        reader.need("(")
        values = [reader.literal()]
        while reader.take(","):
            values.append(reader.literal())
        reader.need(")")
        fold = operator.endswith("~")
        known = {str(one).lower() if fold else one for one in values}
        return lambda row: (
            ((_text(left(row)).lower() if fold else left(row)) in known) is not operator.startswith("!")
        )
    if operator == "matches":
        reader.need("regex")
        try:
            pattern = re.compile(str(reader.literal()))
        except re.error as error:
            raise InvalidQuery(f"not a regular expression: {error}") from None
        return lambda row: bool(pattern.search(_text(left(row))))
    negated = operator.startswith("!") and operator not in ("!=", "!~")
    compare = _COMPARE.get(operator.removeprefix("!") if negated else operator)
    if compare is None:
        raise InvalidQuery(f"operator '{operator}' is not supported")
    right = reader.literal()
    return lambda row: compare(left(row), right) is not negated


def _text(value: Any) -> str:
    return "" if value is None else str(value)


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "=~": lambda a, b: _text(a).lower() == _text(b).lower(),
    "!~": lambda a, b: _text(a).lower() != _text(b).lower(),
    "contains": lambda a, b: _text(b).lower() in _text(a).lower(),
    "startswith": lambda a, b: _text(a).lower().startswith(_text(b).lower()),
    "endswith": lambda a, b: _text(a).lower().endswith(_text(b).lower()),
    "has": lambda a, b: _text(b).lower() in re.split(r"[^a-z0-9]+", _text(a).lower()),
}


def _value(reader: _Reader) -> Value:
    """A column, a property of one (`tags.team`, `tags['team']`), or `tostring()` / `tolower()` of either."""
    name = reader.word()
    if name.lower() in ("tostring", "tolower") and reader.take("("):
        inner = _value(reader)
        reader.need(")")
        if name.lower() == "tolower":
            return lambda row: _text(inner(row)).lower()
        return lambda row: _text(inner(row))
    path = [name]
    while True:
        if reader.take("."):
            path.append(reader.word())
        elif reader.take("["):
            path.append(str(reader.literal()))
            reader.need("]")
        else:
            break
    if path[0] not in COLUMNS and reader.columns is None:
        raise InvalidQuery(f"column '{path[0]}' is not known")
    return lambda row: _walk(row, path)


def _walk(value: Any, path: list[str]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


# In the order of a recorded table.
COLUMNS = (
    "type",
    "id",
    "sku",
    "name",
    "kind",
    "plan",
    "tags",
    "location",
    "properties",
    "resourceGroup",
    "subscriptionId",
    "managedBy",
    "identity",
    "zones",
    "tenantId",
    "extendedLocation",
)

_OPERATORS: Mapping[str, Callable[[_Reader], Callable[[list[Row]], list[Row]]]] = {
    "where": _where,
    "project": _project,
    "project-away": _project_away,
    "extend": _extend,
    "order": _order,
    "sort": _order,
    "limit": _limit,
    "take": _limit,
    "count": _count,
    "summarize": _summarize,
}
