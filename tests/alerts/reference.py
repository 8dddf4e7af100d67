"""The tables in docs/alerts.md of all alerts and records. `python -m tests.alerts.reference` writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from alerts.rules import CONTENTS, FOLDER
from tests.alerts.rendered import every_rule

PAGE = Path(__file__).parents[2] / "docs" / "alerts.md"
BEGIN = "<!-- alerts: written by `python -m tests.alerts.reference` -->\n"
END = "<!-- end of alerts -->\n"
WHERE = {"cluster": "each Prometheus", "hub": "the hub's Prometheus", "global": "the ruler"}
_PLACE = re.compile(r"\{\{-? *(.*?) *-?\}\}")
_THRESHOLD = re.compile(r"\$\{(\w+)\}")


def table() -> str:
    """A table for each file of rules, as Markdown."""
    lines: list[str] = []
    for content in CONTENTS:
        rules = every_rule()[content.name]
        thresholds = set(_THRESHOLD.findall((FOLDER / f"{content.name}.yaml").read_text(encoding="utf-8")))
        needs = f"; needs {', '.join(f'`{need}`' for need in content.needs)}" if content.needs else ""
        lines += ["", f"### {content.name}", "", f"Evaluated by {WHERE[content.scope]}{needs}.", ""]
        alerts = {name: rule for name, rule in rules.items() if "alert" in rule}
        if alerts:
            lines += ["| alert | severity | after | says |", "|---|---|---|---|"]
            for name, rule in alerts.items():
                says = said(rule["annotations"]["summary"])
                row = (
                    f"[{name}](runbooks/{name}.md)",
                    rule["labels"]["severity"],
                    rule.get("for", "at once"),
                )
                lines.append(f"| {' | '.join((*row, says))} |")
        if thresholds:
            lines += ["", f"Thresholds: {', '.join(f'`{each}`' for each in sorted(thresholds))}."]
        records = [f"`{name}`" for name, rule in rules.items() if "record" in rule]
        if records:
            lines += ["", f"Records {', '.join(records)}."]
    return "\n".join((*lines, "", ""))


def said(summary: str) -> str:
    """A summary with the names of labels in the place of their values."""

    def word(match: re.Match[str]) -> str:
        names = re.findall(r"\$(?:labels|externalLabels)\.(\w+)", match[1])
        return "/".join(name.upper() for name in names) or "VALUE"

    return _PLACE.sub(word, summary)


def parts(page: str) -> Iterator[str]:
    """What is before the tables, the tables, and what is after."""
    before, _, rest = page.partition(BEGIN)
    tables, _, after = rest.partition(END)
    yield from (before, tables, after)


if __name__ == "__main__":
    before, _, after = parts(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(f"{before}{BEGIN}{table()}{END}{after}", encoding="utf-8")
