"""How the values of a variable are written: escaped for PromQL, or in a form that `${name:form}` asks for.

Contract: grafana/grafana packages/grafana-prometheus/src/escaping.ts, and
public/app/features/variables/utils and its formatRegistry for the forms.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

_REGEX = re.compile(r"[\\^$*+?.()|\[\]{}/]")
_IN_PROMQL = re.compile(r"[$^*{}\[\]+?.()|]")


@dataclass(frozen=True, slots=True)
class Value:
    """What is chosen of a variable.

    `raw` is the variable's own text for All, put in as it is. `many` is whether several could be chosen, or
    All: only then is the value a regular expression. `shown` is what a reader calls it.
    """

    values: tuple[str, ...]
    many: bool = False
    raw: str | None = None
    shown: str = ""


def for_promql(value: Value) -> str:
    """As the Prometheus data source writes it into an expression."""
    if value.raw is not None:
        return value.raw
    if not value.many:
        # An apostrophe gets two backslashes: that is what Grafana does.
        return ",".join(value.values).replace("\\", "\\\\").replace("'", "\\\\'")
    escaped = [_IN_PROMQL.sub(r"\\\\\g<0>", text.replace("\\", "\\\\\\\\")) for text in value.values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def as_text(value: Value) -> str:
    """As titles show it."""
    return value.shown or " + ".join(value.values)


def _regex(values: Sequence[str]) -> str:
    escaped = [_REGEX.sub(r"\\\g<0>", text) for text in values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def _glob(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else "{" + ",".join(values) + "}"


_FORMS: Mapping[str, Callable[[Sequence[str]], str]] = {
    "csv": ",".join,
    "doublequote": lambda values: ",".join('"' + text.replace('"', '\\"') + '"' for text in values),
    "glob": _glob,
    "json": lambda values: json.dumps(list(values) if len(values) != 1 else values[0], ensure_ascii=False),
    "percentencode": lambda values: quote(_glob(values), safe=""),
    "pipe": "|".join,
    "raw": ",".join,
    "regex": _regex,
    "singlequote": lambda values: ",".join("'" + text.replace("'", "\\'") + "'" for text in values),
    "sqlstring": lambda values: ",".join("'" + text.replace("'", "''") + "'" for text in values),
}


def formed(name: str, value: Value, form: str) -> str:
    """In the form that is asked for; one that nobody knows is Grafana's own, glob."""
    values = value.values if value.raw is None else (value.raw,)
    if form == "text":
        return as_text(value)
    if form == "queryparam":
        return "&".join(f"var-{quote(name, safe='')}={quote(text, safe='')}" for text in values)
    return _FORMS.get(form, _glob)(values)
