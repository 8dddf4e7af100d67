"""Which addresses may be probed. Pure: an address is taken apart and compared as its target sees it, after
all decoding, and what could be read in two ways is refused.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import unquote_to_bytes

import httpx

LONGEST = 2_000
_PORTS = {"http": 80, "https": 443}
_VISIBLE = re.compile(r"[!-~]+")
_WILDCARD = re.compile(r"(https?://)\*\.", re.IGNORECASE)
# A name, an IPv4 address or an IPv6 address in brackets, and a port, each in its plain form.
_AUTHORITY = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:(?P<port>[1-9][0-9]{0,4}))?", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
# What some resolvers take for a number of an address: decimal, octal, hexadecimal.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# RFC 3986 section 3.3, without `;`: a server may cut a segment there (a path parameter).
_PATH = re.compile(r"(/([A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})*)*")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
# Decoded once more or at another time, these are the structure of an address and not its text.
_STRUCTURE = frozenset("/\\.%;?#")
_PLAIN = re.compile(r"[A-Za-z0-9_~-]")


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
    scheme = scheme.lower()
    if scheme not in _PORTS or not rest:
        raise NoTarget("it does not begin with http:// or https://")
    if "@" in re.split(r"[/?#\\]", rest, maxsplit=1)[0]:
        raise NoTarget("it holds a user or a password")
    if "#" in rest:
        raise NoTarget("it has a fragment")
    before, _, _ = rest.partition("?")
    authority, slash, tail = before.partition("/")
    host, port = _server(authority)
    path = (slash + tail) or "/"
    found = Place(scheme, host, port or _PORTS[scheme], _path(path))
    # The client that calls it must have read the same.
    if _called(url) != (scheme, found.host, found.port, path):
        raise NoTarget("it is not a valid address")
    return found


def _server(authority: str) -> tuple[str, int | None]:
    """Host in lower case and port, None for that of the scheme."""
    matched = _AUTHORITY.fullmatch(authority)
    if matched is None:
        raise NoTarget("its host or port is missing or not in its plain form")
    host, port = matched["host"].lower(), matched["port"]
    if port is not None and int(port) > 65535:
        raise NoTarget("it names no port that there is")
    if host.startswith("["):
        try:
            host = f"[{ip_address(host.strip('[]'))}]"
        except ValueError:
            raise NoTarget("it names no address of IPv6") from None
    elif not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise NoTarget("its host is no name: a label is empty or begins or ends with a hyphen")
    elif _NUMBER.fullmatch(host.rpartition(".")[2]) and not _is_address(host):
        raise NoTarget("its host is a number and no address in its plain form, such as 10.1.2.3")
    return host, None if port is None else int(port)


def _path(path: str) -> str:
    """A path as it is compared: what is encoded with capital letters. Raises NoTarget for one that a server
    could take for another.
    """
    if not _PATH.fullmatch(path):
        raise NoTarget("its path has a parameter (;), a backslash, or a character that is not encoded")
    try:
        segments = [unquote_to_bytes(each).decode("utf-8") for each in path.split("/")]
    except UnicodeDecodeError:
        raise NoTarget("its path is encoded in another way than UTF-8") from None
    for encoded in _ENCODED.findall(path):
        text = unquote_to_bytes(encoded).decode("latin-1")
        if text in _STRUCTURE:
            raise NoTarget("its path has an encoded dot, slash, backslash, percent sign or other delimiter")
        if _PLAIN.fullmatch(text):
            raise NoTarget("its path has a character encoded that needs no encoding")
    for text in segments:
        if text and not text.strip(". "):
            raise NoTarget("its path has a dot segment, or one of blanks alone")
        if not text.isprintable():
            raise NoTarget("its path has a character that cannot be seen, such as NUL")
        if unicodedata.normalize("NFKC", text) != text:
            raise NoTarget("its path has a character that some take for another (Unicode's form NFKC)")
    if "" in segments[1:-1]:
        raise NoTarget("its path has an empty segment")
    return _ENCODED.sub(lambda found: found[0].upper(), path)


def _called(url: str) -> tuple[str, str, int, str] | None:
    """Scheme, host, port and path as the client has them, None for what it takes for no address."""
    try:
        parsed = httpx.URL(url)
        host = parsed.raw_host.decode("ascii")
        if ":" in host:
            host = f"[{ip_address(host)}]"
        path = parsed.raw_path.decode("ascii").partition("?")[0]
        return parsed.scheme, host, parsed.port or _PORTS[parsed.scheme], path
    except (httpx.InvalidURL, KeyError, ValueError):
        return None


def allowed(pattern: str) -> Place:
    """An entry of an allow-list: an address whose host may begin with `*.`. Raises NoTarget."""
    if "?" in pattern:
        raise NoTarget("it has a query, which is not compared")
    plain = _WILDCARD.sub(r"\1", pattern, count=1)
    if "*" in plain.partition("://")[2].partition("/")[0]:
        raise NoTarget("`*.` may stand only at the beginning of a host")
    found = place(plain)
    if plain == pattern:
        return found
    if "." not in found.host or _is_address(found.host):
        raise NoTarget("`*.` needs a domain behind it, such as shop.example")
    return Place(found.scheme, found.host, found.port, found.path, any_of=True)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
