"""Kubernetes quantities as exact numbers, whatever way they are written.

Contract: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

_POWERS = {
    **{
        letter: Decimal(10) ** power
        for letter, power in zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True)
    },
    **{f"{letter}i": Decimal(1024) ** (index + 1) for index, letter in enumerate("KMGTPE")},
    "": Decimal(1),
}
_FORM = re.compile(
    r"([+-]?\d{1,30}(?:\.\d{0,30})?|[+-]?\.\d{1,30})(?:([eE][+-]?\d{1,2})|([a-zA-Z]*))", re.ASCII
)


def amount(quantity: str | float) -> Decimal:
    """`1500m`, `2Gi`, `1e3`, `0.5` or a number, in its base unit. Raises ValueError."""
    text = str(quantity)
    match = _FORM.fullmatch(text)
    if match is None or (match[3] or "") not in _POWERS:
        raise ValueError(f"{text!r} is no quantity")
    number = Decimal(match[1] + (match[2] or ""))
    return number * _POWERS[match[3] or ""]


def spoken(number: Decimal, resource: str, rounding: str = ROUND_HALF_EVEN) -> str:
    """An amount as sentences have it: processors as `1.5`, bytes in the unit that suits."""
    if "memory" in resource or "storage" in resource:
        for unit in ("Ti", "Gi", "Mi", "Ki"):
            if abs(number) >= _POWERS[unit]:
                tenths = (number / _POWERS[unit]).quantize(Decimal("0.1"), rounding)
                return f"{tenths.normalize():f}{unit}"
    return f"{number.normalize():f}"
