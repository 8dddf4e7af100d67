"""The table of all keys in docs/estate.md. `python -m tests.estate.reference` writes it anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from estate.explain import needed, summary, type_of
from estate.keys import Key, root

PAGE = Path(__file__).parents[2] / "docs" / "estate.md"
BEGIN = "<!-- keys: written by `python -m tests.estate.reference` -->\n"
END = "<!-- end of keys -->\n"


def paths(key: Key, path: str = "") -> Iterator[tuple[str, str, Key]]:
    """Every key below one: its path, the kind of row that has it (empty for all), and the key."""
    for name, child in key.children.items():
        at = f"{path}.{name}" if path else name
        yield at, "", child
        yield from paths(child, at)
    for kind, variant in key.variants.items():
        for name, child in variant.children.items():
            if name not in key.children:
                yield f"{path}.{name}", kind, child
                for below, _, deeper in paths(child, f"{path}.{name}"):
                    yield below, kind, deeper


def table() -> str:
    """The keys as Markdown, a table for each section of the file."""
    lines: list[str] = []
    section = ""
    for path, kind, key in paths(root()):
        if path.startswith("defaults.cluster.") or not key.docs:
            continue
        if path.split(".")[0] != section:
            section = path.split(".")[0]
            lines += ["", f"### {section}", "", "| key | type | default | |", "|---|---|---|---|"]
        only = f" *({kind})*" if kind else ""
        cells = (f"`{path}`{only}", type_of(key), needed(key), summary(key))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines[1:], "", ""])


def written(page: str) -> str:
    """A page with the table in its place."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{table()}{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
