"""Every link on the status page, followed: pages of its own further, those of components once.

Of links that differ in the values of their parameters alone one is followed: dashboards lead to each other
with every cluster, time and open row.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

import httpx

_LINK = re.compile(r'(?:href|src)="([^"]+)"')


def followed(start: str) -> dict[str, str]:
    """By URL: the status code that it answered, or the error. What lies outside this machine is not asked."""
    seen: dict[str, str] = {}
    kinds: set[tuple[str, frozenset[str]]] = set()
    todo = [start]
    with httpx.Client(timeout=30, follow_redirects=True) as client:
        while todo:
            url = todo.pop()
            kind = _kind(url)
            if url in seen or kind in kinds:
                continue
            kinds.add(kind)
            try:
                reply = client.get(url)
            except httpx.HTTPError as error:
                seen[url] = f"{type(error).__name__}: {error}"
                continue
            seen[url] = str(reply.status_code)
            if url.startswith(start) and "html" in reply.headers.get("content-type", ""):
                places = (urldefrag(urljoin(url, unescape(each)))[0] for each in _LINK.findall(reply.text))
                todo += [each for each in places if urlsplit(each).hostname == "127.0.0.1"]
    return seen


def _kind(url: str) -> tuple[str, frozenset[str]]:
    """Where it leads, and which parameters it has, each once."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}", frozenset(parse_qs(parts.query))
