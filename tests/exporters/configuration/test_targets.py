"""Which addresses may be probed: what the list holds, and none of the ways around it."""

from __future__ import annotations

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
)
NOT_HELD = (
    ("https://api.shop.example", "http://api.shop.example"),
    ("https://api.shop.example", "https://api.shop.example:8443"),
    ("https://api.shop.example", "https://api.shop.example."),
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
    ("http://10.1.2.3", "http://167838211"),
    ("http://10.1.2.3", "http://0x0a.1.2.3"),
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


@given(st.text("ab./%2e5c:@?#\\[]*", max_size=30))
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
