"""YAML text to a tree with positions, by events, so that no depth and no alias can exhaust the machine."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from estate.builder import Builder, Stop, place
from estate.findings import Finding, Position
from estate.problems import finding
from estate.syntax import syntax_finding
from estate.tree import Node

# libyaml is some ten times faster; both give the same events and marks.
LOADER: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(text: str, file: str) -> tuple[Node | None, list[Finding]]:
    """The tree of a text, or None where it cannot be read to its end, and what was found on the way."""
    builder = Builder(file)
    try:
        for event in _events(text, file, builder.found):
            builder.take(event)
    except Stop:
        return None, builder.found
    if builder.root is None:
        builder.found.append(finding("file-empty", Position(file), "the file holds nothing but comments"))
    return builder.root, builder.found


def _events(text: str, file: str, found: list[Finding]) -> Iterator[yaml.Event]:
    """The events of the first document. Raises Stop."""
    documents = 0
    try:
        for event in yaml.parse(text, Loader=LOADER):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    found.append(
                        finding(
                            "several-documents",
                            place(file, event),
                            "a second YAML document begins here",
                            "keep one document in a file; `include` takes others",
                        )
                    )
                    return
            yield event
    except yaml.YAMLError as error:
        found.append(syntax_finding(error, text, file))
        raise Stop from None
    except (ValueError, OverflowError):
        # The pure Python parser lets an escape for a character beyond Unicode through to chr().
        found.append(syntax_finding(yaml.YAMLError(), text, file))
        raise Stop from None
