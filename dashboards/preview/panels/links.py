"""Addresses that a dashboard's links lead to, with the values of their row filled in.

Contract: grafana/grafana packages/grafana-data/src/utils/dataLinks.ts. Only pages are opened: http, https,
and other dashboards of this preview.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from dashboards.interpolation.filling import filled
from dashboards.interpolation.formats import as_text
from dashboards.preview.panels.drawing import Subject
from dashboards.preview.reading.shape import mapping, mappings, text

_HERE = re.compile(r"(?:\.?/)?d/([A-Za-z0-9_-]{1,64})(?:/[\w-]{0,200})?(\?[^#]*)?")
_FIELD = re.compile(r'\$\{__data\.fields(?:\.([^}:]+)|\["?([^\]"]+)"?\])(?::\w+)?\}')


def link(
    subject: Subject, own: Mapping[str, object], known: Mapping[str, str], row: Mapping[str, str]
) -> str:
    """The address of the first link of a field, or empty. `known` are `__value.raw` and the like, `row` the
    texts of the row by column.
    """
    links = mappings(own.get("links"), 5)
    url = text(links[0].get("url"))[:2_000] if links else ""
    if not url:
        return ""
    scope = subject.result.scope
    url = _FIELD.sub(lambda found: quote(row.get(found[1] or found[2], ""), safe=""), url)
    for name, value in known.items():
        url = url.replace(f"${{{name}}}", quote(value, safe=""))
    span = f"from={scope.begin}&to={scope.end}"
    url = url.replace("${__url_time_range}", span).replace("$__url_time_range", span)
    chosen = "&".join(
        f"var-{quote(name)}={quote(value, safe='')}"
        for name, one in scope.values.items()
        for value in one.values
    )
    url = url.replace("${__all_variables}", chosen).replace("$__all_variables", chosen)
    return safe(filled(url, scope.values, lambda one: quote(as_text(one), safe=""), {}), subject.links)


def safe(url: str, links: str) -> str:
    """The address as it may be opened, or empty."""
    here = _HERE.fullmatch(url.strip())
    if here:
        return f"{links}{here[1]}{here[2] or ''}" if links else ""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else ""


def titles(own: Mapping[str, object]) -> str:
    """What the first link says of itself."""
    links = mappings(own.get("links"), 1)
    return text(mapping(links[0]).get("title")) if links else ""
