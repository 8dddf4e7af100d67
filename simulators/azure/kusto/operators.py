"""A whole query: the table, and the operators between its bars."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from simulators.azure.kusto.conditions import Row, Value, any_of, read_value
from simulators.azure.kusto.reading import InvalidQuery, Reader

Step = Callable[[list[Row]], list[Row]]


class Query(NamedTuple):
    """A query as functions, rows in and rows out, and the columns of its result."""

    steps: tuple[Step, ...]
    columns: tuple[str, ...]

    def run(self, rows: list[Row]) -> list[Row]:
        """The rows that the query gives."""
        for step in self.steps:
            rows = step(rows)
        return rows


def parse(text: str) -> Query:
    """Read a query. Raises InvalidQuery for anything outside the subset."""
    reader = Reader(text)
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
        try:
            steps.append(operator(reader))
        except RecursionError:
            raise InvalidQuery("brackets are nested too deeply") from None
    return Query(tuple(steps), reader.columns)


def _where(reader: Reader) -> Step:
    test = any_of(reader)
    return lambda rows: [row for row in rows if test(row)]


def _project(reader: Reader) -> Step:
    made = _assignments(reader)
    reader.columns = tuple(one.name for one in made)
    return lambda rows: [{one.name: one.of(row) for one in made} for row in rows]


def _extend(reader: Reader) -> Step:
    made = _assignments(reader)
    reader.columns = (*reader.columns, *(one.name for one in made if one.name not in reader.columns))
    return lambda rows: [{**row, **{one.name: one.of(row) for one in made}} for row in rows]


def _project_away(reader: Reader) -> Step:
    names = {reader.word()}
    while reader.take(","):
        names.add(reader.word())
    reader.columns = tuple(name for name in reader.columns if name not in names)
    return lambda rows: [{name: value for name, value in row.items() if name not in names} for row in rows]


def _order(reader: Reader) -> Step:
    reader.need("by")
    keys: list[tuple[Value, bool]] = []
    while True:
        value = read_value(reader)
        # Kusto orders downwards unless told otherwise.
        upwards = reader.take("asc")
        if not upwards:
            reader.take("desc")
        keys.append((value, not upwards))
        if not reader.take(","):
            break

    def run(rows: list[Row]) -> list[Row]:
        for value, down in reversed(keys):
            get = value.of
            rows = sorted(rows, key=lambda row, get=get: str(get(row) or "").lower(), reverse=down)  # type: ignore[misc]  # mypy does not see the type of a default
        return rows

    return run


def _limit(reader: Reader) -> Step:
    number = reader.literal()
    if not isinstance(number, int):
        raise InvalidQuery("limit takes a whole number")
    return lambda rows: rows[:number]


def _count(reader: Reader) -> Step:
    reader.columns = ("Count",)
    return lambda rows: [{"Count": len(rows)}]


def _summarize(reader: Reader) -> Step:
    label = "count_"
    name = reader.word()
    if reader.take("="):
        label, name = name, reader.word()
    if name.lower() != "count":
        raise InvalidQuery(f"summarize knows count() only, not '{name}'")
    reader.need("(")
    reader.need(")")
    keys = _assignments(reader) if reader.take("by") else []
    reader.columns = (*(one.name for one in keys), label)

    def run(rows: list[Row]) -> list[Row]:
        groups: dict[str, Row] = {}
        for row in rows:
            made = {one.name: one.of(row) for one in keys}
            group = groups.setdefault(repr(made), {**made, label: 0})
            group[label] += 1
        return list(groups.values())

    return run


def _assignments(reader: Reader) -> list[Value]:
    """`name = value` or a value alone, whose column is then called after its path (`tags_team`)."""
    made = []
    while True:
        start = reader.place
        name = reader.word()
        if reader.take("="):
            made.append(Value(name, read_value(reader).of))
        else:
            reader.place = start
            made.append(read_value(reader))
        if not reader.take(","):
            return made


_OPERATORS: Mapping[str, Callable[[Reader], Step]] = {
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
