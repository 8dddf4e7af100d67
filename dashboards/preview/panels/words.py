"""Texts for plotly.js, which reads a part of HTML in them: here they are data."""

from __future__ import annotations


def plain(text: str, most: int = 300) -> str:
    """The text as plotly.js shows it letter by letter."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
