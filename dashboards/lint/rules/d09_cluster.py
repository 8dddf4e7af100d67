"""D-09: every selector asks for the chosen clusters and no others."""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser as promql

from dashboards.lint.rule import Found, Rule, Subject, asked
from dashboards.reading.values import Variable
from dashboards.reading.variables import has_variable, stands_for
from promql.selectors import Use


def check(subject: Subject) -> Iterator[Found]:
    """Over many clusters a query without a matcher reads all of them, and shows them as one."""
    options = subject.options
    variable = subject.dashboard.variable(options.cluster)
    for query in subject.queries:
        if query.kind == "variable":
            continue
        for use in query.uses:
            label = options.label_of(use.name)
            yield from (
                asked(query, message, f'write {label}=~"${options.cluster}"')
                for message in _problems(use, label, variable)
            )


def _problems(use: Use, label: str, variable: Variable | None) -> Iterator[str]:
    name = use.name or "a selector"
    found = [each for each in use.selector.matchers.matchers if each.name == label]
    chosen = [each for each in found if has_variable(each.value)]
    if not chosen:
        said = f"fixes {label} to {found[0].value!r}" if found else f"has no matcher of {label}"
        yield f"{name} {said}"
        return
    several = variable is not None and (variable.multi or variable.include_all)
    for each in chosen:
        if (
            several
            and each.op != promql.MatchOp.Re
            and stands_for(variable.name if variable else "") == each.value
        ):
            yield f"{name} compares {label} by {_sign(each)}, and several clusters can be chosen"


def _sign(matcher: promql.Matcher) -> str:
    signs = (("=", promql.MatchOp.Equal), ("!=", promql.MatchOp.NotEqual), ("!~", promql.MatchOp.NotRe))
    return next((sign for sign, op in signs if matcher.op == op), "=~")


RULE = Rule("D-09", "Every selector asks for the chosen clusters", check)
