"""Whether a request was meant for this server, and whether a page of another site sent it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping

# What a form sends, or a script that needs not ask first (WHATWG Fetch, "CORS-safelisted request-header").
_SIMPLE = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
# Domains that no public DNS has, so that no web page can be bound to a name in them: RFC 6761 section 6.3,
# `internal` by resolution of ICANN (2024-07-29), and what a Kubernetes cluster calls its own.
_PRIVATE = ("localhost", "svc", "cluster.local", "internal")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::[0-9]{1,5})?")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?")


def host_allowed(host: str, allowed: Collection[str]) -> bool:
    """Whether a `Host` header names this server: an IP address, `localhost`, or a name that was allowed (in
    lower case), each with any port. A web page that binds its own name to our address (DNS rebinding) sends
    that name.
    """
    match = _HOST.fullmatch(host.lower())
    if match is None:
        return False
    name = match[1].strip("[]")
    if name == "localhost" or name.rstrip(".") in allowed:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def private(host: str) -> bool:
    """Whether a `Host` header names a host by what only its own network calls it: a name without a dot, or of
    a domain that is in no public DNS, such as `exporter.monitoring.svc`.
    """
    match = _HOST.fullmatch(host.lower())
    name = match[1].rstrip(".") if match is not None else ""
    labels = name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        return False
    return len(labels) == 1 or any(name.endswith(f".{domain}") for domain in _PRIVATE)


def navigation(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a person follows a link to here: that a page of another site has one harms nobody."""
    found = (headers.get("sec-fetch-mode", ""), headers.get("sec-fetch-dest", ""))
    return method in ("GET", "HEAD") and found == ("navigate", "document")


def simple(headers: Mapping[str, str]) -> bool:
    """Whether the content type is one that any page may send to any server."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() in _SIMPLE


def cross_site(headers: Mapping[str, str]) -> bool:
    """Whether a browser says that another site's page sends this request; `headers` ignore case.

    Browsers set `Sec-Fetch-Site` (W3C Fetch Metadata) and, with every POST, `Origin` (RFC 6454); no page
    can change either. Programs send neither.
    """
    if headers.get("sec-fetch-site", "none").lower() not in ("none", "same-origin"):
        return True
    origin = headers.get("origin")
    return origin is not None and origin.lower().partition("://")[2] != headers.get("host", "").lower()
