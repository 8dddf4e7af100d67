"""What the lint says of public sets: `python -m tests.dashboards.scores FOLDER` writes
docs/dashboards/scores.md.

FOLDER has a folder for each set with `dashboards/*.json`, its rules beside them, and SOURCES.md, whose first
table says where the set is from.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alerts.recorded import of_file
from catalogue.shipped import shipped
from dashboards.lint.options import Options
from dashboards.lint.queries import queries
from dashboards.lint.rules import RULES
from dashboards.lint.run import lint
from dashboards.reading.read import read
from tests.dashboards.places import ROOT

PAGE = ROOT / "docs" / "dashboards" / "scores.md"
HEAD = """\
# What the lint says of public dashboards

The untouched dashboards of ten public sets: how many findings of each rule. The rule files of all sets were
given for D-12; all exporters of [the catalogue](catalogue.md) count as run. Ours have no finding, which is a
test. Written by `python -m tests.dashboards.scores`.

Not every finding is a fault for its authors: most sets were written for one cluster (D-09, D-10, D-17), and
several before schema version 42 (D-01) or for panels that Grafana has since removed (D-16). D-11, D-13 and
D-14 are faults of every reader whose exporters have the versions of the catalogue, unless the set reads an
exporter that is not in it.
"""


@dataclass(frozen=True, slots=True)
class Score:
    """Of one set."""

    name: str
    dashboards: int
    panels: int
    queries: int
    found: Counter[str]


def scored(name: str, texts: list[tuple[str, str]], options: Options) -> Score:
    """The lint over all dashboards of a set at once."""
    read_ = [read(text, file) for file, text in texts]
    return Score(
        name,
        len(texts),
        sum(len(each.shown()) for each in read_),
        sum(1 for each in read_ for query in queries(each) if query.kind == "panel"),
        Counter(finding.code for finding in lint(texts, options)),
    )


def sets(folder: Path) -> Iterator[tuple[str, list[tuple[str, str]], str]]:
    """Name, dashboards and origin of each set that has dashboards."""
    for place in sorted(folder.iterdir()):
        found = sorted(place.glob("dashboards/*.json"))
        if found:
            texts = [(path.name, path.read_text(encoding="utf-8")) for path in found]
            yield place.name, texts, (place / "SOURCES.md").read_text(encoding="utf-8")


def recorded(folder: Path) -> frozenset[str]:
    """Names that the rules of all sets record."""
    names: set[str] = set()
    for path in folder.rglob("*.yaml"):
        names |= of_file(path.read_text(encoding="utf-8"), path.name)
    for path in folder.rglob("arm/*.json"):
        names |= set(re.findall(r'"record": "([^"]+)"', path.read_text(encoding="utf-8")))
    return frozenset(names)


def origins(sources: str) -> Iterator[str]:
    """Repository, commit and licence, as the first table of a SOURCES.md has them."""
    for line in sources.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0].startswith("https://"):
            yield f"{cells[2]}, from {cells[0].removeprefix('https://')} at {cells[1][:10]}, {cells[3]}"


def table(scores: list[Score]) -> str:
    """A row a set, a column a rule that found something anywhere."""
    codes = [rule.code for rule in RULES if any(score.found[rule.code] for score in scores)]
    lines = [
        f"| set | dashboards | panels | queries | {' | '.join(codes)} | findings a panel |",
        "| --- |" + " ---: |" * (len(codes) + 4),
    ]
    for score in scores:
        counts = " | ".join(str(score.found[code] or "") for code in codes)
        share = f"{score.found.total() / score.panels:.1f}"
        head = f"{score.name} | {score.dashboards} | {score.panels} | {score.queries}"
        lines.append(f"| {head} | {counts} | {share} |")
    quiet = [rule.code for rule in RULES if rule.code not in codes]
    return "\n".join(lines) + (f"\n\nNothing is found by {', '.join(quiet)}." if quiet else "") + "\n"


def main(folder: Path) -> None:
    """Write the page."""
    options = Options(shipped(), recorded(folder))
    scores, lines = [], []
    for name, texts, sources in sets(folder):
        scores.append(scored(name, texts, options))
        lines += [f"| {name} | {origin} |" for origin in origins(sources)]
    from_ = "\n".join(("| set | from |", "| --- | --- |", *lines))
    PAGE.write_text(f"{HEAD}\n{table(scores)}\n## Where they are from\n\n{from_}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
