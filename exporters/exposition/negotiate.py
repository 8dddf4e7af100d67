"""Which format and encoding a scrape asks for. Pure; RFC 9110 sections 12.4.2, 12.5.1 and 12.5.3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

Format = Literal["text", "openmetrics"]

CONTENT_TYPES: dict[Format, str] = {
    "text": "text/plain; version=0.0.4; charset=utf-8",
    "openmetrics": "application/openmetrics-text; version=1.0.0; charset=utf-8",
}
_OFFERS: tuple[tuple[Format, str, str], ...] = (
    # On a tie the first wins: what every scraper reads.
    ("text", "text/plain", "0.0.4"),
    ("openmetrics", "application/openmetrics-text", "1.0.0"),
)
_LONGEST_HEADER = 4096


def content(accept: str) -> Format:
    """The format with the highest q; text where nothing or nothing that we have is asked for.

    A range that names a version we do not write does not match, as Prometheus offers several of them.
    """
    best: Format = "text"
    best_q = 0.0
    ranges = list(_ranges(accept))
    for offer, media_type, version in _OFFERS:
        q = _quality(ranges, media_type, version)
        if q > best_q:
            best, best_q = offer, q
    return best


def gzip(accept_encoding: str) -> bool:
    """True when gzip is wanted at least as much as no encoding at all."""
    weights = {name: q for name, _, q in _ranges(accept_encoding)}
    compressed = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return compressed > 0 and compressed >= weights.get("identity", 0.0)


def _quality(ranges: list[tuple[str, dict[str, str], float]], media_type: str, version: str) -> float:
    """The q of the most specific range that matches."""
    main = media_type.split("/", maxsplit=1)[0]
    found = (-1, 0.0)
    for name, parameters, q in ranges:
        specificity = {"*/*": 0, f"{main}/*": 1, media_type: 2}.get(name, -1)
        if specificity == 2 and "version" in parameters:
            specificity = 3 if parameters["version"] == version else -1
        if specificity > found[0]:
            found = (specificity, q)
    return found[1]


def _ranges(header: str) -> Iterator[tuple[str, dict[str, str], float]]:
    """Name, parameters and q of each part of a header; a part with a q that is no number is skipped."""
    for part in header[:_LONGEST_HEADER].split(","):
        name, *rest = (piece.strip() for piece in part.split(";"))
        parameters = {
            key.strip().lower(): value.strip().strip('"')
            for key, _, value in (piece.partition("=") for piece in rest)
        }
        try:
            q = float(parameters.pop("q", "1"))
        except ValueError:
            continue
        if name and 0 <= q <= 1:
            yield name.lower(), parameters, q
