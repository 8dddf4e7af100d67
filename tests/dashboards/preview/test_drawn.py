"""Pages in a real Chromium: no error, every figure drawn, nothing wider than the window, in both schemes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from dashboards.preview.page.render import html
from dashboards.preview.panels import PANELS
from dashboards.preview.picture.devtools import Browser
from dashboards.preview.picture.png import png, wait_until_drawn
from tests.dashboards.preview.answers import board, made, panel
from tests.server import chromium

INSTANT = ("stat", "gauge", "bargauge", "piechart", "table", "barchart")
ROWS = [
    ({"cluster": "<b>weu</b>", "le": "1"}, [1.0, 2.0, 3.0]),
    ({"cluster": "neu", "le": "+Inf"}, [4.0, 4.0, 6.0]),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all."""
    with Browser(chromium.find()) as opened:
        yield opened


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with a panel of every kind, on its own."""
    panels = [
        panel(
            kind,
            "x",
            instant=kind in INSTANT,
            gridPos={"x": place % 2 * 12, "y": place // 2 * 8, "w": 12, "h": 8},
        )
        for place, kind in enumerate(PANELS)
    ]
    file = tmp_path_factory.mktemp("page") / "page.html"
    file.write_text(html(made(board(*panels, title="<i>All kinds</i>"), {"x": ROWS})[0]), encoding="utf-8")
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1_440])
def test_every_kind_is_drawn(
    browser: Browser, page: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    """Figures have pixels, texts of the data are texts, and the console is silent."""
    browser.complaints.clear()
    browser.open(page.as_uri(), width, scheme)
    figures = browser.evaluate("JSON.parse(document.getElementById('figures').textContent).length")
    assert wait_until_drawn(browser) == figures > 0
    assert browser.complaints == []
    blank = "e => !e.querySelector('.main-svg') || e.clientHeight < 60"
    empty = f"[...document.querySelectorAll('.plot')].filter({blank}).length"
    assert browser.evaluate(empty) == 0
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    assert browser.evaluate("document.querySelectorAll('main i > *, main .name b, svg b').length") == 0
    assert "<b>weu</b>" in browser.evaluate("document.body.innerText")


def test_the_theme_is_changed_by_hand(browser: Browser, page: Path) -> None:
    """The figures follow."""
    browser.open(page.as_uri(), 1_440, "light")
    wait_until_drawn(browser)
    ground = "getComputedStyle(document.body).backgroundColor"
    before = browser.evaluate(ground)
    browser.evaluate("document.getElementById('theme').click()")
    assert browser.evaluate(ground) != before
    browser.evaluate("document.getElementById('theme').click()")
    assert browser.evaluate(ground) == before


def test_a_legend_switches_its_line(browser: Browser, page: Path) -> None:
    """Off and on again."""
    browser.open(page.as_uri(), 1_440, "light")
    wait_until_drawn(browser)
    button = "document.querySelector('[data-kind=timeseries] [data-plot]')"
    shown = "document.querySelector('[data-kind=timeseries] .plot').data[0].visible"
    browser.evaluate(f"{button}.click()")
    assert browser.evaluate(shown) == "legendonly"
    browser.evaluate(f"{button}.click()")
    assert browser.evaluate(shown) is True


def test_a_picture(page: Path, tmp_path: Path) -> None:
    """The whole page as PNG."""
    picture = tmp_path / "page.png"
    png(chromium.find(), page, picture, 1_024, "dark")
    assert picture.read_bytes().startswith(b"\x89PNG")
