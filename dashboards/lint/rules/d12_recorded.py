"""D-12: every recorded metric is made by a rule."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from dashboards.lint.rule import Found, Rule, Subject, asked


def check(subject: Subject) -> Iterator[Found]:
    """A dashboard is often copied without the rules that it reads."""
    recorded = subject.options.recorded
    if recorded is None:
        return
    for query in subject.queries:
        for name in dict.fromkeys(use.name for use in query.uses):
            if ":" in name and name not in recorded and "singlepane_variable_" not in name:
                like = next(iter(difflib.get_close_matches(name, recorded, 1, 0.85)), "")
                fix = "give the file of its rules with --rules"
                fix = f"did you mean {like}? Else {fix}" if like else fix
                yield asked(query, f"no rule records {name}", fix)


RULE = Rule("D-12", "Every recorded metric is made by a rule", check)
