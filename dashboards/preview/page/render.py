"""A page's HTML. All that comes from a dashboard, its data or the reader is escaped; no script but ours runs.

Where the page stands alone, everything is in it and its policy lets nothing be fetched. Where it is served,
scripts and styles have addresses of their own under `base`.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dashboards.preview.asking.choices import ALL
from dashboards.preview.making import Page
from dashboards.preview.page.scripts import plotly, script, style

SPANS = ("15m", "1h", "3h", "6h", "12h", "24h", "2d", "7d", "30d")
SERVED_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Served:
    """Where a served page lives: `home` leads back, `base` is the folder of its files."""

    home: str
    home_name: str
    base: str


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["utc"] = _utc
    return environment


def html(page: Page, served: Served | None = None) -> str:
    """The whole page."""
    figures = [
        {"id": f"p{place}", **tile.drawing.figure}
        for place, tile in enumerate(page.tiles())
        if tile.drawing.figure
    ]
    return (
        _environment()
        .get_template("page.html")
        .render(
            page=page,
            served=served,
            figures=safe_json(figures),
            plotly=plotly(),
            script=script(),
            style=style(),
            policy=_policy() if served is None else "",
            spans=[(span, _address(page, {"from": f"now-{span}", "to": "now"})) for span in SPANS],
            open_row=lambda number: _address(page, {}, number),
            all_word=ALL,
            Markup=Markup,
        )
    )


def _policy() -> str:
    """For a page that stands alone: its own two scripts, and nothing from elsewhere."""
    return (
        f"default-src 'none'; script-src {plotly().policy} {script().policy}; style-src 'unsafe-inline';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )


def safe_json(value: Any) -> Markup:
    """JSON that cannot end the element that it stands in."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=str)
    for sign in "<>&\u2028\u2029":
        plain = plain.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(plain)  # noqa: S704 - nothing in it can be markup any more


def _address(page: Page, times: Mapping[str, str], row: int | None = None) -> str:
    """This page with other times, or with one more row open."""
    chosen = [
        (f"var-{one.variable.name}", value)
        for one in page.choices
        if one.variable.kind != "datasource"
        for value in one.chosen
    ]
    span = {"from": page.since, "to": page.until, **times}
    opened = sorted({*(page.wish.opened or ()), *(() if row is None else (row,))})
    return "?" + urlencode([*chosen, *span.items(), *(("row", str(one)) for one in opened)])


def _utc(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1_000, UTC).strftime("%Y-%m-%d %H:%M")
