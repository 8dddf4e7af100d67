"""D-20: links lead to dashboards that are there, and take time and variables along."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dashboards.lint.rule import Found, Rule, Subject
from dashboards.reading.values import Link

_DASHBOARD = re.compile(r"(?:\$\{?\w+\}?)?/?d/(?P<uid>[^/?#]+)")
_TIME = ("${__url_time_range}", "$__url_time_range", "from=", "${__from}", "$__from")
_VARIABLES = ("${__all_variables}", "$__all_variables", "var-", ":queryparam}")


def check(subject: Subject) -> Iterator[Found]:
    """Whoever follows a link at night wants the same hour and the same cluster."""
    shipped = {other.uid for other in subject.others} | subject.options.shipped
    dashboard = subject.dashboard
    links = [("", link) for link in dashboard.links]
    links += [(panel.name, link) for panel in dashboard.panels for link in panel.links]
    for where, link in links:
        if link.kind == "dashboards":
            yield from _kept(link, where, link.keeps_time, link.keeps_variables)
            continue
        found = _DASHBOARD.match(link.url)
        if not found:
            continue
        uid = found["uid"]
        if "$" not in uid and uid not in shipped:
            message = f"it leads to the dashboard {uid}, which is not among those given"
            yield Found(link.pointer, where, message, "give both to one run, or mend the link")
        time = link.keeps_time or any(word in link.url for word in _TIME)
        variables = link.keeps_variables or any(word in link.url for word in _VARIABLES)
        yield from _kept(link, where, time, variables)


def _kept(link: Link, where: str, time: bool, variables: bool) -> Iterator[Found]:
    if not time:
        fix = "add ${__url_time_range} to the address, or set keepTime"
        yield Found(link.pointer, where, "a link does not take the time along", fix)
    if not variables:
        fix = "add ${__all_variables} to the address, or set includeVars"
        yield Found(link.pointer, where, "a link does not take the variables along", fix)


RULE = Rule("D-20", "Links lead somewhere and take time and variables along", check)
