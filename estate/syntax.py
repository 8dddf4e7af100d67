"""Words for what the YAML parser refuses: its own speak of tokens and states, ours of what to write."""

from __future__ import annotations

import yaml

from estate.findings import Finding, Position
from estate.problems import finding


def syntax_finding(error: yaml.YAMLError, text: str, shown: str) -> Finding:
    """The finding for an error of the parser, at the place where it stopped or where a quote opens."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return finding("yaml-syntax", Position(shown), "this is no YAML", "check the file with a YAML editor")
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent:
        return finding(
            "tab-indent",
            Position(shown, mark.line + 1, indent.index("\t") + 1),
            "a tab indents this line",
            "indent with spaces: YAML allows no tabs there",
        )
    problem = str(getattr(error, "problem", "") or "")
    if "escape" in problem or "hexdecimal" in problem:
        column = line.rfind("\\", 0, mark.column + 1)
        message, fix = "this escape means nothing in double quotes", "use single quotes, or write \\\\"
        return finding("yaml-syntax", Position(shown, mark.line + 1, column + 1), message, fix)
    message, fix, at_start = _words(error, problem, line[mark.column : mark.column + 1])
    start = getattr(error, "context_mark", None)
    if at_start and start is not None:
        mark = start
    return finding("yaml-syntax", Position(shown, mark.line + 1, mark.column + 1), message, fix)


def _words(error: yaml.YAMLError, problem: str, character: str) -> tuple[str, str, bool]:
    """Message, fix, and whether the place to show is where the construct starts."""
    context = str(getattr(error, "context", "") or "")
    start = getattr(error, "context_mark", None)
    opened = f"line {start.line + 1}, column {start.column + 1}" if start is not None else "a line above"
    if "quoted scalar" in context and "end of stream" in problem:
        return "the quote that opens here is never closed", "close it", True
    if "anchor" in context or "alias" in context:
        return "a value that begins with '*' or '&' is an alias or an anchor", "put text in quotes", True
    if "simple key" in context:
        return "a key begins here, but no ': ' follows it", "write ': ' after a key", True
    if "mapping values" in problem:
        return (
            "a key may not stand here",
            "put text that holds ': ' in quotes, or indent the line like its neighbours",
            False,
        )
    if "cannot start any token" in problem or "node content" in problem:
        return f"a value may not begin with {character!r}", "put it in quotes", False
    if "flow" in context:
        bracket = "[" if "sequence" in context else "{"
        return (
            f"the {bracket!r} of {opened} is not closed, or a comma is missing",
            "write commas between the entries and close the bracket",
            False,
        )
    if "block" in context:
        return (
            "this line does not fit the lines above it",
            "indent all keys of one group alike, and close every quote",
            False,
        )
    return f"this is no YAML: {problem or context}", "check the file with a YAML editor", False
