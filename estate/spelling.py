"""How a constrained value is read: one rule gives the check, the error, the repair, the schema and the docs.

A rule is put into `Annotated` beside the Python type; pydantic asks it for the validator and the schema, and
`estate/keys.py` for the words that `estate explain` prints.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any, LiteralString

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

SHOWN = 60


def shown(value: Any) -> str:
    """A wrong value as a message shows it: one line, printable, at most about 60 characters."""
    if isinstance(value, str):
        text = repr(value)
        return text if len(text) <= SHOWN else f"{text[:SHOWN]}{text[0]}…"
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def refusal(code: LiteralString, message: str, fix: str) -> PydanticCustomError:
    """An error that `estate/shape.py` turns into a finding of that code, with this message and fix."""
    return PydanticCustomError(code, "{message}", {"message": message, "fix": fix})


def as_it_is(value: str) -> str:
    """The repair of a rule that knows none."""
    return value


@dataclass(frozen=True)
class Spelling:
    """Text that must match `pattern` whole and have at most `longest` characters.

    `code` is the finding's; `what` names the thing in messages; `allowed` completes the sentence "use …".
    `repair` makes a likely intended spelling out of a wrong one; it is offered only where it is legal.
    `words` are legal beside the pattern. `show` is how a wrong value is shown; a `secret` rule never does.
    """

    code: LiteralString
    what: str
    pattern: str
    allowed: str
    longest: int
    repair: Callable[[str], str] = as_it_is
    words: tuple[str, ...] = ()
    show: Callable[[str], str] = shown
    secret: bool = False

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.ASCII)

    def fits(self, value: str) -> bool:
        """Whether a text is legal."""
        return value in self.words or (
            len(value) <= self.longest and self._compiled.fullmatch(value) is not None
        )

    def check(self, value: str) -> str:
        """The value itself. Raises the finding's error."""
        if self.fits(value):
            return value
        if self.secret:
            raise self._redacted(value)
        repaired = self.repair(value)
        offered = repaired != value and self.fits(repaired)
        fix = f'write "{repaired}" ({self.allowed})' if offered else f"use {self.allowed}"
        raise refusal(self.code, f"{self.show(value)} is not a valid {self.what}", fix)

    def _redacted(self, value: Any) -> PydanticCustomError:
        near = get_close_matches(value, self.words, 1) if isinstance(value, str) else []
        fix = f'write "{near[0]}" ({self.allowed})' if near else f"use {self.allowed}"
        return refusal(
            self.code, f"this is not a valid {self.what}; it is not shown, as it may be secret", fix
        )

    def _only_text(self, value: Any) -> Any:
        # A number or a list where a secret belongs may be the secret: the general message would show it.
        if not isinstance(value, str):
            raise self._redacted(value)
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = core_schema.no_info_after_validator_function(self.check, handler(source))
        if not self.secret:
            return schema
        return core_schema.no_info_before_validator_function(self._only_text, schema)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        document = handler(schema)
        words = "".join(f"{re.escape(word)}|" for word in self.words)
        document.update(pattern=f"^({words}{self.pattern})$", maxLength=self.longest)
        return document
