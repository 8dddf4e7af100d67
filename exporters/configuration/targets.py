"""Which addresses may be probed. Pure: an address is taken apart as the client that calls it does, and what
could be read in two ways is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address

import httpx

LONGEST = 2_000
_PORTS = {"http": 80, "https": 443}
_VISIBLE = re.compile(r"[!-~]+")
# Servers differ in when they decode these, so a path could lead out of the prefix that it begins with.
_AMBIGUOUS = re.compile(r"\\|%(2e|2f|5c|25)|/\.{1,2}(/|$)", re.IGNORECASE)
_WILDCARD = re.compile(r"(https?://)\*\.", re.IGNORECASE)


class NoTarget(ValueError):
    """An address cannot be a target; the text says why and does not repeat it."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is compared of an address. `any_of` asks for one label before `host`."""

    scheme: str
    host: str
    port: int
    path: str
    any_of: bool = False

    def holds(self, other: Place) -> bool:
        """Whether another place is this one or below it."""
        host = other.host
        if self.any_of:
            label, _, host = other.host.partition(".")
            if not label:
                return False
        prefix = self.path.rstrip("/")
        return (self.scheme, self.host, self.port) == (other.scheme, host, other.port) and (
            other.path == self.path or other.path.startswith(f"{prefix}/")
        )


def place(url: str) -> Place:
    """An absolute http or https address. Raises NoTarget."""
    if len(url) > LONGEST or not _VISIBLE.fullmatch(url):
        raise NoTarget(f"it is not printable ASCII of at most {LONGEST} characters")
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in _PORTS or not rest:
        raise NoTarget("it does not begin with http:// or https://")
    if "@" in re.split(r"[/?#]", rest, maxsplit=1)[0]:
        raise NoTarget("it holds a user or a password")
    if "#" in rest:
        raise NoTarget("it has a fragment")
    if _AMBIGUOUS.search(rest.partition("?")[0]):
        raise NoTarget("its path has a dot segment, a backslash, or an encoded dot, slash or percent sign")
    try:
        parsed = httpx.URL(url)
        host, port = parsed.raw_host.decode("ascii").lower(), parsed.port
    except (httpx.InvalidURL, UnicodeDecodeError, ValueError):
        raise NoTarget("it is not a valid address") from None
    if not host or not 0 < (port or 1) < 65536:
        raise NoTarget("it names no host, or no port that there is")
    path = parsed.raw_path.decode("ascii").partition("?")[0]
    return Place(parsed.scheme, host, port or _PORTS[parsed.scheme], path or "/")


def allowed(pattern: str) -> Place:
    """An entry of an allow-list: an address whose host may begin with `*.`. Raises NoTarget."""
    if "?" in pattern:
        raise NoTarget("it has a query, which is not compared")
    found = place(_WILDCARD.sub(r"\1", pattern, count=1))
    if not _WILDCARD.match(pattern):
        if "*" in found.host:
            raise NoTarget("`*.` may stand only at the beginning of a host")
        return found
    if "*" in found.host or "." not in found.host.strip(".") or _is_address(found.host):
        raise NoTarget("`*.` needs a domain behind it, such as shop.example")
    return Place(found.scheme, found.host, found.port, found.path, any_of=True)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
