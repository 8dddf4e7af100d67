"""Which addresses may be probed: what the list holds, and none of the ways around it."""

from __future__ import annotations

from posixpath import normpath
from unicodedata import normalize
from urllib.parse import quote, unquote, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.configuration.targets import NoTarget, allowed, place

HELD = (
    ("https://api.shop.example", "https://api.shop.example"),
    ("https://api.shop.example", "https://api.shop.example/"),
    ("https://api.shop.example", "https://api.shop.example:443/orders?open=1"),
    ("https://api.shop.example/", "HTTPS://API.Shop.Example/x"),
    ("https://api.shop.example/v1", "https://api.shop.example/v1"),
    ("https://api.shop.example/v1/", "https://api.shop.example/v1/orders"),
    ("https://api.shop.example/v1", "https://api.shop.example/v1/orders?x=/../"),
    ("http://api.shop.example:8080", "http://api.shop.example:8080/x"),
    ("https://*.shop.example/health", "https://de.shop.example/health"),
    ("http://[::1]:8080", "http://[::1]:8080/x"),
    ("http://10.1.2.3", "http://10.1.2.3/x"),
    ("http://[2001:db8::7]", "http://[2001:DB8:0:0::7]/x"),
    ("https://xn--shp-0na.example", "https://XN--SHP-0NA.example/x"),
    ("https://*.shop.example", "https://0x7f.shop.example/x"),
    ("https://api.shop.example/caf%C3%A9", "https://api.shop.example/caf%c3%a9/new%20orders"),
    ("https://api.shop.example/v1", "https://api.shop.example/v1/a,b:c(d)=~e+f@g!$&'*"),
    ("https://api.shop.example/v1", "https://api.shop.example/v1/10%3A00"),
    ("https://api.shop.example/v1", "https://api.shop.example/v1/"),
    ("https://api.shop.example/v1", "https://api.shop.example/v1?a;b=%2e%2e%00"),
)
NOT_HELD = (
    ("https://api.shop.example", "http://api.shop.example"),
    ("https://api.shop.example", "https://api.shop.example:8443"),
    ("https://api.shop.example/10:00", "https://api.shop.example/10%3A00"),
    ("http://10.1.2.3", "http://[::ffff:10.1.2.3]"),
    ("https://api.shop.example", "https://api.shop.example.evil.example"),
    ("https://api.shop.example", "https://evilapi.shop.example"),
    ("https://api.shop.example/v1", "https://api.shop.example/v10"),
    ("https://api.shop.example/v1", "https://api.shop.example/V1"),
    ("https://api.shop.example/v1", "https://api.shop.example/?/v1"),
    ("https://api.shop.example/v1/", "https://api.shop.example/v1"),
    ("https://*.shop.example", "https://shop.example"),
    ("https://*.shop.example", "https://a.b.shop.example"),
    ("https://*.shop.example", "https://.shop.example"),
    ("https://*.shop.example", "https://evilshop.example"),
    ("http://127.0.0.1", "http://169.254.169.254/metadata/instance"),
)
NEVER = (
    "",
    "shop.example",
    "//shop.example",
    "/v1",
    "https:/shop.example",
    "https://",
    "https:///v1",
    "file:///etc/passwd",
    "ftp://shop.example",
    "gopher://shop.example:70/_x",
    "https://bob:hunter2@shop.example",
    "https://shop.example@evil.example/",
    "https://shop.example/#/v1",
    "https://shop.example/v1/../admin",
    "https://shop.example/v1/..",
    "https://shop.example/./v1",
    "https://shop.example/v1/%2e%2e/admin",
    "https://shop.example/v1/%2E./admin",
    "https://shop.example/v1%2f..%2fadmin",
    "https://shop.example/v1/%252e%252e/admin",
    "https://shop.example/v1\\..\\admin",
    "https://shop.example\\@evil.example",
    "https://shop.example/v1 HTTP/1.1",
    "https://shop.example/\r\nHost: evil.example",
    "https://shop.example:99999/",
    "https://shop.example:x/",
    "https://[::1/",
    "https://sh\u00f6p.example/",
    "https://shop.example/" + "x" * 2_000,
    # Path parameters: some servers cut them off before they look at the path, some after it.
    "https://shop.example/v1;x",
    "https://shop.example/v1;x=1/orders",
    "https://shop.example/v1/..;/admin",
    "https://shop.example/v1%3bx/orders",
    # Separators and dots, encoded once and twice.
    "https://shop.example/v1%2Forders",
    "https://shop.example/v1%5corders",
    "https://shop.example/v1%5C..%5Cadmin",
    "https://shop.example/v1/%2e",
    "https://shop.example/v1%252forders",
    "https://shop.example/v1/%25",
    "https://shop.example/v1%3fx",
    "https://shop.example/v1%23x",
    # Overlong and other encodings that are no UTF-8, and what is not encoded at all.
    "https://shop.example/v1%c0%af..%c0%af",
    "https://shop.example/v1/%c0%ae%c0%ae/admin",
    "https://shop.example/v1/%e0%80%ae",
    "https://shop.example/v1/%ff",
    "https://shop.example/v1/%ed%b0%80",
    "https://shop.example/v1/%u002e",
    "https://shop.example/v1/%zz",
    "https://shop.example/v1/%",
    "https://shop.example/v1/%4",
    'https://shop.example/v1/"x"',
    "https://shop.example/v1/<x>",
    "https://shop.example/v1/{x}",
    "https://shop.example/v1/[x]",
    "https://shop.example/v1/x|y",
    "https://shop.example/v1/x^y`z",
    # Characters that nobody sees, and some that are others in another form.
    "https://shop.example/v1%00",
    "https://shop.example/v1/x%00.json",
    "https://shop.example/v1/%0d%0aHost:x",
    "https://shop.example/v1/%7f",
    "https://shop.example/v1/%c2%85",
    "https://shop.example/v1/%e2%80%8b",
    "https://shop.example/v1/%ef%bc%8e%ef%bc%8e",
    "https://shop.example/v1%ef%bc%8fadmin",
    # Needless encodings, empty segments, segments that some file systems take for a dot segment.
    "https://shop.example/%761",
    "https://shop.example//v1",
    "https://shop.example/v1//orders",
    "https://shop.example/v1/...",
    "https://shop.example/v1/..%20",
    "https://shop.example/v1/%20/orders",
    # Hosts and ports in other spellings.
    "https://shop.example./v1",
    "https://shop..example/v1",
    "https://.shop.example/v1",
    "https://-shop.example/v1",
    "https://sh%6fp.example/v1",
    "https://shop.example%2f.evil.example/v1",
    "https://*.shop.example/v1",
    "http://167838211",
    "http://0x0a.1.2.3",
    "http://0x0a010203",
    "http://010.1.2.3",
    "http://10.1.2.03",
    "http://10.1.515",
    "http://10.1.2.3.",
    "http://[fe80::1%25eth0]/",
    "http://[1.2.3.4]/",
    "https://shop.example:/v1",
    "https://shop.example:0443/v1",
    "https://shop.example:0/v1",
    "https://shop.example:65536/v1",
    "https://shop.example:+443/v1",
)


SEGMENTS = (
    "a",
    ".",
    "..",
    "...",
    "%2e",
    "%2E%2e",
    "%252e",
    "%2f",
    "%5c",
    ";x",
    "..;",
    "%3b",
    "%00",
    "%c0%ae",
    "%EF%BC%8E",
    "%20",
    "caf%C3%A9",
    "10%3A00",
    "",
)


@pytest.mark.parametrize(("pattern", "target"), HELD)
def test_what_the_list_holds(pattern: str, target: str) -> None:
    """Scheme, host and port are those of the entry, and the path is its path or below it."""
    assert allowed(pattern).holds(place(target))


@pytest.mark.parametrize(("pattern", "target"), NOT_HELD)
def test_what_it_does_not_hold(pattern: str, target: str) -> None:
    """Near misses: prefixes that are no folder, suffixes that are no domain, other spellings of a host."""
    try:
        found = place(target)
    except NoTarget:
        return
    assert not allowed(pattern).holds(found)


@pytest.mark.parametrize("target", NEVER)
def test_what_is_never_a_target(target: str) -> None:
    """Whatever the list says; the reason does not repeat the address, which may hold a password."""
    with pytest.raises(NoTarget) as caught:
        place(target)
    assert "hunter2" not in str(caught.value)


@given(st.text("ab./%2e5c0:;@?#\\[]*", max_size=30))
def test_what_is_compared_is_what_is_called(rest: str) -> None:
    """An address that is held is called at the host and port and below the path of the entry."""
    target = f"https://shop.example{rest}"
    try:
        held = allowed("https://shop.example/a").holds(place(target))
    except NoTarget:
        return
    called = httpx.Request("GET", target).url
    path = called.raw_path.decode().partition("?")[0]
    below = path == "/a" or path.startswith("/a/")
    assert held == ((called.host, called.port) == ("shop.example", None) and below)
    assert not held or ".." not in path.split("/")


@given(st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=4))
def test_what_is_held_stays_below_the_entry_however_it_is_decoded(segments: list[str]) -> None:
    """Decoded as often as a chain of proxies may, with parameters cut off, with backslashes for slashes: what
    a target can make of a path that is held is that path's own text.
    """
    target = "https://shop.example/a/" + "/".join(segments)
    try:
        held = allowed("https://shop.example/a").holds(place(target))
    except NoTarget:
        return
    assert held
    once = unquote(urlsplit(target).path, errors="strict")
    assert unquote(once) == once
    assert ";" not in once and "\\" not in once and "\0" not in once
    assert normpath(once) == once.rstrip("/")
    assert once.count("/") == target.count("/") - 2


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=12))
def test_a_name_of_any_script_can_be_probed_encoded(name: str) -> None:
    """What can be seen and has one form is no worse than ASCII; all else is refused and not altered."""
    plain = name.isprintable() and normalize("NFKC", name) == name and bool(name.strip(". "))
    odd = set(name) & set("/\\.%;?#")
    target = f"https://shop.example/a/{quote(name, safe='')}"
    try:
        found = place(target)
    except NoTarget:
        assert not plain or odd
        return
    assert found.path == f"/a/{quote(name, safe='')}"
