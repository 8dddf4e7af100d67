"""Regular expressions that a dashboard brings. They run here, on our time: one that could go on and on is
refused.
"""

from __future__ import annotations

import functools
import re

LONGEST = 300
# What is looked at of each text; with so few open repetitions no match takes long.
LONGEST_SUBJECT = 500
MOST_OPEN = 3


@functools.lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """The expression between `/…/`, or the bare one; None where it is none, or could run for long."""
    inner = re.fullmatch(r"/(.*)/([gimsuy]*)", pattern, re.S)
    body, flags = (inner[1], inner[2]) if inner else (pattern, "")
    if len(body) > LONGEST or _runs_long(body):
        return None
    try:
        return re.compile(
            body.replace("(?<", "(?P<").replace("(?P<=", "(?<=").replace("(?P<!", "(?<!"),
            re.I if "i" in flags else 0,
        )
    except (re.error, OverflowError, RecursionError):
        return None


def _runs_long(body: str) -> bool:
    """Whether a repetition stands inside a repeated group, or there are too many open ones."""
    depth: list[bool] = []
    opened, place = 0, 0
    while place < len(body):
        sign = body[place]
        if sign == "\\":
            if body[place + 1 : place + 2].isdigit():
                return True
            place += 2
            continue
        if sign == "[":
            end = body.find("]", place + 2)
            place = end if end > 0 else place
        elif sign == "(":
            depth.append(False)
        elif sign in "*+" or (sign == "{" and re.match(r"\{\d*,?\d*\}", body[place:])):
            opened += 1
            if depth:
                depth = [True] * len(depth)
        elif sign == ")" and depth:
            repeated = body[place + 1 : place + 2] in ("*", "+", "{")
            if depth.pop() and repeated:
                return True
        elif sign == "|" and depth:
            depth[-1] = True
        place += 1
    return opened > MOST_OPEN


def found(pattern: re.Pattern[str], subject: str) -> re.Match[str] | None:
    """The first match in a text, of which only so much is looked at."""
    return pattern.search(subject[:LONGEST_SUBJECT])
