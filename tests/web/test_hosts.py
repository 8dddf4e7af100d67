"""Which host names are ours, and which requests come from another site's page."""

from __future__ import annotations

import httpx
import pytest

from web.hosts import cross_site, host_allowed


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:9797", True),
        ("127.0.0.1", True),
        ("localhost", True),
        ("LOCALHOST:9797", True),
        ("[::1]:9797", True),
        ("[::1]", True),
        ("10.0.0.7:9797", True),
        ("pane.example.com:9797", True),
        ("Pane.Example.com", True),
        ("", False),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("127.0.0.1:9797@evil.example", False),
        ("localhost:port", False),
        ("[::1", False),
        ("[::1]x", False),
        ("[::1]:x", False),
        ("evil.example:80:80", False),
        ("127.1", False),
    ],
)
def test_hosts(host: str, allowed: bool) -> None:
    """IP addresses, localhost and allowed names pass; every other name is somebody else's."""
    assert host_allowed(host, {"pane.example.com"}) is allowed


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:9797"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Origin": "http://evil.example"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "http://127.0.0.1:9798"}, True),
        ({"Origin": "http://127.0.0.1:9797"}, False),
    ],
)
def test_sites(headers: dict[str, str], foreign: bool) -> None:
    """Programs name no site, our own page names ours; any other site, a neighbour port included, is foreign.

    The values are those of W3C Fetch Metadata and of RFC 6454.
    """
    assert cross_site(httpx.Headers({"Host": "127.0.0.1:9797", **headers})) is foreign
