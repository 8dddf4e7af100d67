"""Ways from one dashboard to the next, which take the time and what the reader chose along. Pure.

Contract: https://grafana.com/docs/grafana/latest/panels-visualizations/configure-data-links/ (the variables
of a link).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def to(uid: str, variables: Iterable[str]) -> dict[str, Any]:
    """A panel's link, with the variables as the reader chose them."""
    return {"title": _title(uid), "url": f"{_start(uid)}{''.join(map(_chosen, variables))}"}


def to_one(uid: str, variables: Iterable[str], labels: Iterable[str]) -> dict[str, Any]:
    """A link of one series: the values of its own `labels`, the rest as the reader chose."""
    own = "".join(f"&var-{label}=${{__field.labels.{label}}}" for label in labels)
    rest = "".join(_chosen(each) for each in variables if each not in labels)
    return {"title": f"{_title(uid)} for this series", "url": f"{_start(uid)}{own}{rest}"}


def to_value(uid: str, label: str, variables: Iterable[str]) -> dict[str, Any]:
    """A link of one cell of a table: its value as `label`, the rest as the reader chose."""
    rest = "".join(_chosen(each) for each in variables if each != label)
    url = f"{_start(uid)}&var-{label}=${{__value.raw}}{rest}"
    return {"title": f"{_title(uid)} for this {label}", "url": url}


def _start(uid: str) -> str:
    return f"/d/{uid}?${{__url_time_range}}"


def _chosen(variable: str) -> str:
    return f"&${{{variable}:queryparam}}"


def _title(uid: str) -> str:
    return "Open " + uid.removeprefix("singlepane-").replace("-", " ")
