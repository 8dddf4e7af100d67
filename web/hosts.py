"""Whether a request was meant for this server, and whether a page of another site sent it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::[0-9]{1,5})?")


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


def cross_site(headers: Mapping[str, str]) -> bool:
    """Whether a browser says that another site's page sends this request; `headers` ignore case.

    Browsers set `Sec-Fetch-Site` (W3C Fetch Metadata) and, with every POST, `Origin` (RFC 6454); no page
    can change either. Programs send neither.
    """
    if headers.get("sec-fetch-site", "none").lower() not in ("none", "same-origin"):
        return True
    origin = headers.get("origin")
    return origin is not None and origin.lower().partition("://")[2] != headers.get("host", "").lower()
