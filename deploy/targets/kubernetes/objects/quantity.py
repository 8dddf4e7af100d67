"""Quantities as Kubernetes stores them. Any other spelling of the same number would show up as a change.

Contract: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ (canonical form)
"""

from __future__ import annotations

import re

_BINARY = ("Ki", "Mi", "Gi", "Ti")


def cpu(text: str) -> str:
    """`1000m` -> `1`, `1.5` -> `1500m`."""
    milli = round(float(text.removesuffix("m")) * (1 if text.endswith("m") else 1000))
    return f"{milli // 1000}" if milli % 1000 == 0 else f"{milli}m"


def size(text: str) -> str:
    """`2048Mi` -> `2Gi`: the largest unit in which it is a whole number. Raises ValueError."""
    number, power = _read(text)
    while number % 1024 == 0 and number and power < len(_BINARY) - 1:
        number, power = number // 1024, power + 1
    return f"{number}{_BINARY[power]}"


def mebibytes(text: str) -> int:
    """A size in MiB, rounded down. Raises ValueError."""
    number, power = _read(text)
    return (number << 10 * (power + 1)) >> 20


def _read(text: str) -> tuple[int, int]:
    """The number and the place of its unit in `_BINARY`."""
    match = re.fullmatch(rf"(\d+)({'|'.join(_BINARY)})", text)
    if match is None:
        raise ValueError(f"{text!r} is no whole number of Ki, Mi, Gi or Ti")
    return int(match[1]), _BINARY.index(match[2])
