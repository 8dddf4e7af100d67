"""What a linter found, as a person, a program or a code host reads it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from estate.findings import Finding
from singlepane import output
from singlepane.sarif import sarif


def say(found: Sequence[Finding], form: str, count: int, noun: str) -> None:
    """The findings on stdout, as `text`, `json` or `sarif`; and how many there are in `count` things, on
    stderr.
    """
    if form == "sarif":
        output.document(sarif(found, version("singlepane")))
    else:
        output.findings(found, as_json=form == "json")
    looked_at = f"{count} {noun}{'s' if count != 1 else ''}"
    words = f"{len(found)} finding{'s' if len(found) != 1 else ''}" if found else "nothing found"
    output.message(f"{looked_at}: {words}")
