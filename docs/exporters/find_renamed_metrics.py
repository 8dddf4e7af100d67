"""Find uses of Azure metrics that have another name now: in dashboards, rules and any other text.

    python docs/exporters/find_renamed_metrics.py rules/ dashboards/*.json

Needs Python alone; the names stand in `renamed.md` beside this file. Ends with 1 where it found something,
with 2 where a file cannot be read.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = Path(__file__).with_name("renamed.md")
# Of folders, what holds queries.
SUFFIXES = {".json", ".jsonnet", ".libsonnet", ".md", ".rules", ".tf", ".tpl", ".txt", ".yaml", ".yml"}
ROW = re.compile(r"^\| `(\w+)` \| `(\w+)` \| (gauge|) ?\|$", re.MULTILINE)
WORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


def renamed() -> dict[str, tuple[str, bool]]:
    """By old name the new one, and whether it is a gauge now."""
    return {old: (new, kind == "gauge") for old, new, kind in ROW.findall(NAMES.read_text(encoding="utf-8"))}


def files(paths: list[str]) -> Iterator[Path]:
    """The files that are named, and those of folders that may hold queries."""
    for each in map(Path, paths):
        if each.is_dir():
            yield from sorted(one for one in each.rglob("*") if one.suffix in SUFFIXES and one.is_file())
        else:
            yield each


def uses(text: str, names: dict[str, tuple[str, bool]]) -> Iterator[tuple[int, str]]:
    """Line numbers and old names, each once a line."""
    for number, line in enumerate(text.splitlines(), start=1):
        for word in dict.fromkeys(WORD.findall(line)):
            if word in names:
                yield number, word


def main(paths: list[str]) -> int:
    """Print what is found in files and folders; the exit code."""
    names = renamed()
    found = 0
    for file in files(paths):
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            print(f"{file}: {error.strerror}", file=sys.stderr)
            return 2
        for number, old in uses(text, names):
            new, gauge = names[old]
            print(f"{file}:{number}: {old} is {new}" + ", a gauge now: no rate() or increase() of it" * gauge)
            found += 1
    print(f"{found} {'use' if found == 1 else 'uses'} of old names")
    return int(found > 0)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("name files or folders: find_renamed_metrics.py FILE_OR_FOLDER...")
    sys.exit(main(sys.argv[1:]))
