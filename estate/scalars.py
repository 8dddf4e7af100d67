"""Plain YAML scalars by the core schema of YAML 1.2, and those that older readers take for something else."""

from __future__ import annotations

import re

# https://yaml.org/spec/1.2.2/#103-core-schema
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]{1,30}")
_BASED = re.compile(r"0o[0-7]{1,30}|0x[0-9a-fA-F]{1,30}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,10})?")
_SPECIAL = re.compile(r"([-+]?)\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

# https://yaml.org/type/: what YAML 1.1 readers, which many tools still are, take for something else.
_OLD_WORDS = re.compile(r"(?i:yes|no|on|off)")
_OLD_OCTAL = re.compile(r"[-+]?0[0-9_]+|0o[0-7]+")
_OLD_UNDERSCORED = re.compile(
    r"[-+]?[0-9][0-9_.]*_[0-9_.]*|[-+]?0[bx][0-9a-fA-F_]*_[0-9a-fA-F_]*|[-+]?0b[01]+"
)
_OLD_SIXTY = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_OLD_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?", re.DOTALL)
_OLD = (
    (_OLD_WORDS, "true or false"),
    (_OLD_OCTAL, "an octal number"),
    (_OLD_UNDERSCORED, "a number"),
    (_OLD_SIXTY, "a number in base sixty"),
    (_OLD_DATE, "a date"),
)


def resolve(text: str) -> str | int | float | bool | None:
    """The value of a scalar written without quotes."""
    if text in _NULL:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text[2:], 8 if text[1] == "o" else 16)
    if _FLOAT.fullmatch(text):
        return float(text)
    special = _SPECIAL.fullmatch(text)
    if special:
        return float("nan") if special[3] else float(f"{special[1]}inf")
    return text


def older_reading(text: str) -> str:
    """What a YAML 1.1 reader takes the text for, where that is not what we take it for; else empty."""
    if not text or text[0] not in "+-0123456789yYnNoO":
        return ""
    return next((reading for pattern, reading in _OLD if pattern.fullmatch(text)), "")
