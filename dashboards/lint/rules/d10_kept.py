"""D-10: results keep their cluster, and joins do not mix clusters."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.lint.rule import Found, Rule, Subject, asked
from promql.kept import joined_across, kept


def check(subject: Subject) -> Iterator[Found]:
    """Two clusters that have the same names of nodes and pods become one line otherwise."""
    label = subject.options.cluster
    for query in subject.queries:
        if query.kind == "variable" or query.tree is None:
            continue
        found = kept(query.tree, label)
        if found.has is False:
            fix = f"add {label} to it, or except this panel and say why it is one figure"
            yield asked(query, f"the result has no {label}: {found.lost} drops it", fix)
        for operation in dict.fromkeys(joined_across(query.tree, label)):
            yield asked(query, f"`{operation}` joins series of different clusters", f"add {label} to it")


RULE = Rule("D-10", "Results keep their cluster", check)
