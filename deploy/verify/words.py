"""Counting in words."""

from __future__ import annotations


def counted(number: float, noun: str) -> str:
    """`1 rule`, `3 rules`; `series` stays as it is."""
    many = "" if number == 1 or noun.endswith("s") else "s"
    return f"{number:.0f} {noun}{many}"
