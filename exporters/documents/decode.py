"""From the bytes of a reply to a JSON document: what one value has too much must not cost the others.

RFC 8259: section 6 leaves the range of numbers to the reader, 8.1 allows it to ignore a byte order mark.
"""

from __future__ import annotations

import json
from math import inf
from typing import Any

import msgspec

_MARK = b"\xef\xbb\xbf"
_OTHER_ENCODINGS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
# The largest double has 309 digits, and Python refuses to read numbers of thousands.
_MOST_DIGITS = 310


class NotJson(Exception):
    """The bytes are no JSON document; the message completes "the reply …"."""


def decoded(body: bytes) -> Any:
    """The document. A number that no double holds is infinite in it; so are the words NaN, Infinity and
    -Infinity, which are no JSON and which some encoders write all the same: only they are lost. A byte order
    mark is skipped. Raises NotJson for anything else.
    """
    for mark, encoding in _OTHER_ENCODINGS:
        if body.startswith(mark):
            raise NotJson(f"is {encoding}, and JSON is UTF-8")
    body = body.removeprefix(_MARK)
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        first = error
    # It refuses the whole for one number; the library of Python takes longer and leaves numbers to us.
    try:
        return json.loads(body.decode(), parse_int=_whole, parse_constant=float)
    except (RecursionError, ValueError):
        raise NotJson(f"is no JSON: {first}") from None


def _whole(digits: str) -> float:
    if len(digits) <= _MOST_DIGITS:
        return int(digits)
    return -inf if digits.startswith("-") else inf
