"""The tree of a document, built event by event.

What a reader could misunderstand is refused, not guessed: duplicate keys, merge keys, tags, keys that are no
text, and words that YAML 1.1 and 1.2 read in different ways.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml

from estate.findings import Finding, Position
from estate.problems import finding
from estate.scalars import older_reading, resolve
from estate.spelling import shown
from estate.tree import Entry, Items, Mapping, Node, Path, Scalar, called

DEEPEST = 24
# Values in one file: 500 clusters take about 12,000.
MOST_VALUES = 100_000
# Values that aliases may add to those that are written.
MOST_ALIASED = 50_000

# Escapes in double quotes can make what no file, label or argument may hold.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Stop(Exception):
    """The rest of the file cannot be read; a finding says why."""


@dataclass(slots=True)
class Open:
    """A collection that is being read. `key` waits for its value; `drop` says that the value is of no use."""

    node: Mapping | Items
    as_key: bool = False
    key: str | None = None
    key_position: Position = field(default_factory=Position)
    drop: bool = False


def place(file: str, event: yaml.Event) -> Position:
    """Where an event begins."""
    mark = event.start_mark
    return Position(file, mark.line + 1, mark.column + 1) if mark is not None else Position(file)


@dataclass(slots=True)
class Builder:
    """Takes the events of one document; `root` is the tree, `found` what was wrong on the way."""

    file: str
    root: Node | None = None
    found: list[Finding] = field(default_factory=list)
    stack: list[Open] = field(default_factory=list)
    anchors: dict[str, Node] = field(default_factory=dict)
    values: int = 0
    aliased: int = 0

    def take(self, event: yaml.Event) -> None:
        """Put one event into the tree."""
        if isinstance(event, yaml.NodeEvent):
            self._count(event)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._start(event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._end()

    def _count(self, event: yaml.NodeEvent) -> None:
        self.values += 1
        if self.values > MOST_VALUES:
            message = f"the file has more than {MOST_VALUES:,} keys and values"
            self._say("too-many-values", place(self.file, event), message, "is it an estate file?")
            raise Stop

    def _say(self, code: str, position: Position, message: str, fix: str, path: Path = ()) -> None:
        self.found.append(finding(code, position, message, fix, path))

    def _at_key(self) -> bool:
        """Whether the next node is a key."""
        top = self.stack[-1] if self.stack else None
        return top is not None and isinstance(top.node, Mapping) and top.key is None and not top.drop

    def _next_path(self) -> Path:
        if not self.stack:
            return ()
        top = self.stack[-1]
        if isinstance(top.node, Items):
            return (*top.node.path, len(top.node.nodes))
        return top.node.path if top.key is None else (*top.node.path, top.key)

    def _anchor(self, event: yaml.NodeEvent, node: Node) -> None:
        if event.anchor is not None:
            self.anchors[event.anchor] = node

    def _tag(self, tag: str | None, position: Position, path: Path) -> None:
        if tag is not None:
            self._say("tag", position, "tags are not allowed", "remove it, or put text in quotes", path)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        position = place(self.file, event)
        plain = not event.style
        if self._at_key():
            self._key(event, position, plain)
            return
        path = self._next_path()
        value = resolve(event.value) if plain and event.tag is None else event.value
        node = Scalar(position, path, value=value, text=event.value, plain=plain)
        self._tag(event.tag, position, path)
        self._ambiguous(event.value, plain, position, path)
        node.broken = self._control(event.value, position, path)
        self._anchor(event, node)
        self._put(node)

    def _control(self, text: str, position: Position, path: Path) -> bool:
        match = _CONTROL.search(text)
        if match is None:
            return False
        character = f"U+{ord(match[0]):04X}"
        self._say(
            "control-character", position, f"the text holds the character {character}", "remove it", path
        )
        return True

    def _ambiguous(self, text: str, plain: bool, position: Position, path: Path) -> None:
        reading = older_reading(text) if plain else ""
        if reading:
            # A number may be a password: it is not repeated.
            word, fix = (
                (text, f'write "{text}" with quotes') if text.isalpha() else ("this", "put it in quotes")
            )
            message = f"{word} without quotes is {reading} to older YAML readers, and not to newer ones"
            self._say("ambiguous-word", position, message, fix, path)

    def _key(self, event: yaml.ScalarEvent, position: Position, plain: bool) -> None:
        top = self.stack[-1]
        text = event.value
        path = (*top.node.path, text)
        self._tag(event.tag, position, path)
        value = resolve(text) if plain else text
        self._ambiguous(text, plain, position, path)
        self._control(text, position, path)
        if plain and text == "<<":
            self._say(
                "merge-key",
                position,
                "merge keys are not allowed",
                "write what all clusters share under defaults.cluster",
                path,
            )
            top.drop = True
            # What it would bring in is not to be missed.
            top.node.broken = True
        elif value is None:
            self._say("key-not-text", position, "a key is empty", "write the key before the ':'", path)
            top.drop = True
        elif not isinstance(value, str) and not older_reading(text):
            kind = called(Scalar(position, path, value=value))
            self._say(
                "key-not-text", position, f"the key {text} is {kind}", f'write "{text}" in quotes', path
            )
        if not top.drop:
            top.key, top.key_position = text, position

    def _alias(self, event: yaml.AliasEvent) -> None:
        position = place(self.file, event)
        if self._at_key():
            self._say("key-not-text", position, "a key may not be an alias", "write the key itself")
            self.stack[-1].drop = True
            return
        path = self._next_path()
        node = self.anchors.get(event.anchor or "")
        broken = Scalar(position, path, broken=True)
        if node is None:
            self._say(
                "alias-unknown",
                position,
                "this alias names no anchor that stands above it",
                "define the anchor first, or put text that begins with '*' in quotes",
                path,
            )
            node = broken
        elif any(level.node is node for level in self.stack):
            self._say(
                "alias-loop",
                position,
                "this alias stands inside the value that it names",
                "remove the alias",
                path,
            )
            node = broken
        self.aliased += node.size
        if self.aliased > MOST_ALIASED:
            self._say(
                "alias-expansion",
                position,
                f"aliases add more than {MOST_ALIASED:,} values to the file",
                "write the rows out, or use `defaults`",
                path,
            )
            raise Stop
        self._deep(len(self.stack) + node.height, position, path)
        self._put(node)

    def _deep(self, level: int, position: Position, path: Path) -> None:
        if level >= DEEPEST:
            self._say(
                "too-deep",
                position,
                f"more than {DEEPEST} levels are nested here",
                "no estate needs so many: check brackets and aliases",
                path[:4],
            )
            raise Stop

    def _start(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        position = place(self.file, event)
        as_key = self._at_key()
        path = self._next_path()
        self._deep(len(self.stack), position, path)
        if as_key:
            self._say(
                "key-not-text", position, "a key may not be a list or a group of keys", "write a name", path
            )
        node = Mapping(position, path) if isinstance(event, yaml.MappingStartEvent) else Items(position, path)
        self._tag(event.tag, position, path)
        self._anchor(event, node)
        self.stack.append(Open(node, as_key))

    def _end(self) -> None:
        closed = self.stack.pop()
        node = closed.node
        below = [entry.node for entry in node.entries.values()] if isinstance(node, Mapping) else node.nodes
        node.height = 1 + max((child.height for child in below), default=0)
        node.size = 1 + sum(child.size for child in below)
        if closed.as_key:
            self.stack[-1].drop = True
        else:
            self._put(node)

    def _put(self, node: Node) -> None:
        """Hang a finished node into the collection that is open, or make it the root."""
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if isinstance(top.node, Items):
            top.node.nodes.append(node)
            return
        key, top.key, dropped, top.drop = top.key, None, top.drop, False
        if dropped or key is None:
            return
        first = top.node.entries.get(key)
        if first is not None:
            self._say(
                "duplicate-key",
                top.key_position,
                f"the key {shown(key)} stands here a second time; the first is on line {first.position.line}",
                "remove one of them",
                (*top.node.path, key),
            )
            return
        top.node.entries[key] = Entry(top.key_position, node)
