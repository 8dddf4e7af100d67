"""Values of a row, and tests of it: what stands after `where` and in `project`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from simulators.azure.kusto.reading import InvalidQuery, Reader

Row = dict[str, Any]
Test = Callable[[Row], bool]


class Value(NamedTuple):
    """How to get a value out of a row, and the name its column gets when none is given."""

    name: str
    of: Callable[[Row], Any]


def any_of(reader: Reader) -> Test:
    """Tests joined by `or`; `and` binds tighter."""
    tests = [_all_of(reader)]
    while reader.take("or"):
        tests.append(_all_of(reader))
    return lambda row: any(test(row) for test in tests)


def _all_of(reader: Reader) -> Test:
    tests = [_single(reader)]
    while reader.take("and"):
        tests.append(_single(reader))
    return lambda row: all(test(row) for test in tests)


def _single(reader: Reader) -> Test:
    if reader.take("("):
        test = any_of(reader)
        reader.need(")")
        return test
    if reader.take("not"):
        reader.need("(")
        inner = any_of(reader)
        reader.need(")")
        return lambda row: not inner(row)
    if reader.take("isempty"):
        return _empty(reader, True)
    if reader.take("isnotempty"):
        return _empty(reader, False)
    return _comparison(reader)


def _empty(reader: Reader, wanted: bool) -> Test:
    reader.need("(")
    value = read_value(reader).of
    reader.need(")")
    return lambda row: (value(row) in (None, "", {}, [])) is wanted


def _comparison(reader: Reader) -> Test:
    left = read_value(reader).of
    operator = reader.next().text.lower()
    if operator in ("in", "in~", "!in", "!in~"):
        return _membership(reader, left, operator)
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


def _membership(reader: Reader, left: Callable[[Row], Any], operator: str) -> Test:
    reader.need("(")
    known = [reader.literal()]
    while reader.take(","):
        known.append(reader.literal())
    reader.need(")")
    wanted = not operator.startswith("!")
    if operator.endswith("~"):
        folded = [_text(one).lower() for one in known]
        return lambda row: (_text(left(row)).lower() in folded) is wanted
    return lambda row: (left(row) in known) is wanted


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


def read_value(reader: Reader) -> Value:
    """A column, a property of one (`tags.team`, `tags['team']`), or `tostring()` / `tolower()` of either."""
    name = reader.word()
    if name.lower() in ("tostring", "tolower") and reader.take("("):
        inner = read_value(reader)
        reader.need(")")
        if name.lower() == "tolower":
            return Value(inner.name, lambda row: _text(inner.of(row)).lower())
        return Value(inner.name, lambda row: _text(inner.of(row)))
    if name not in reader.columns:
        raise InvalidQuery(f"column '{name}' is not known")
    path = [name]
    while True:
        if reader.take("."):
            path.append(reader.word())
        elif reader.take("["):
            path.append(str(reader.literal()))
            reader.need("]")
        else:
            return Value("_".join(path), lambda row: _walk(row, path))


def _walk(value: Any, path: list[str]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
