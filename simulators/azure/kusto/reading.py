"""The pieces of a query, and stepping through them."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

# The columns of the table Resources, in the order of a recorded reply.
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
    """The pieces of a query, comments and blanks left out. Raises InvalidQuery."""
    found, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise InvalidQuery(f"unexpected '{text[place]}' at position {place}")
        if match.lastgroup:
            found.append(Token(match.lastgroup, match[0]))
        place = match.end()
    return found


class Reader:
    """A place in a query. `columns` are those that there are after what has been read."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.place = 0
        self.columns: tuple[str, ...] = COLUMNS

    def peek(self) -> Token:
        """The next token, of kind `end` behind the last."""
        return self.tokens[self.place] if self.place < len(self.tokens) else Token("end", "")

    def next(self) -> Token:
        """Step over the next token."""
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
        """Step over this word or sign, or raise InvalidQuery."""
        if not self.take(text):
            raise InvalidQuery(f"expected '{text}' before '{self.peek().text or 'the end'}'")

    def word(self) -> str:
        """Step over a name, or raise InvalidQuery."""
        token = self.next()
        if token.kind != "word" or token.text.startswith("!") or token.text.endswith("~"):
            raise InvalidQuery(f"expected a name, got '{token.text or 'the end'}'")
        return token.text

    def literal(self) -> Any:
        """Step over a text or a number, or raise InvalidQuery."""
        token = self.next()
        if token.kind == "text":
            return re.sub(r"\\(.)", r"\1", token.text[1:-1])
        if token.kind == "number":
            return float(token.text) if "." in token.text else int(token.text)
        raise InvalidQuery(f"expected a value, got '{token.text or 'the end'}'")
