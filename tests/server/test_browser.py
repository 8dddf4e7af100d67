"""The status page in a real Chromium: both colour schemes, wide and narrow, in every state it may meet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from dashboards.preview.picture.devtools import Browser
from tests.server import chromium
from tests.server.conftest import served
from tests.server.scenes import LONG, SCENES, application

Scheme = Literal["light", "dark"]

# WCAG 2.2 contrast of every text against what is painted behind it (success criterion 1.4.3).
CONTRAST = """
(() => {
  const parts = c => (c.match(/[0-9.]+/g) || []).map(Number);
  const light = c => c.slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = node => {
    for (let e = node; e; e = e.parentElement) {
      const c = parts(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  document.querySelectorAll('details').forEach(d => { d.open = true; });
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const low = []; let seen = 0;
  while (texts.nextNode()) {
    const text = texts.currentNode, e = text.parentElement;
    const range = document.createRange(); range.selectNode(text);
    if (!text.data.trim() || !range.getClientRects().length || e.closest('.vh, svg, .skip')) continue;
    const style = getComputedStyle(e), size = parseFloat(style.fontSize);
    const a = light(parts(style.color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    seen += 1;
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) low.push(text.data.trim().slice(0, 40) + ' ' + ratio.toFixed(2));
  }
  return {seen, low};
})()
"""
# Anything that reaches out of the window to the right, but for what scrolls by itself.
OVERFLOW = """
(() => ({
  window: innerWidth,
  page: document.documentElement.scrollWidth,
  out: [...document.querySelectorAll('main *, .rail *')]
    .filter(e => e.getClientRects().length && !e.closest('pre, .vh, .panes'))
    .filter(e => getComputedStyle(e).position !== 'absolute')
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 30)),
}))()
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this file."""
    try:
        binary = chromium.find()
    except chromium.NoChromiumError as error:
        pytest.fail(str(error), pytrace=False)
    with Browser(binary) as opened:
        yield opened


@pytest.fixture(scope="module", params=list(SCENES))
def scene(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """Every scene, served: its name and address."""
    name = str(request.param)
    with served(application(name, tmp_path_factory.mktemp(name))) as url:
        yield name, url


@pytest.mark.parametrize("width", [1440, 1280, 1024, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_reads_well(
    browser: Browser, scene: tuple[str, str], width: int, scheme: Scheme, tmp_path: Path
) -> None:
    """No complaint of the browser, nothing beside the window, every text with enough contrast, a picture."""
    name, url = scene
    browser.complaints.clear()
    browser.open(f"{url}/?refresh=off", width, scheme)
    picture = tmp_path / f"{name}-{width}-{scheme}.png"
    browser.screenshot(picture)
    measured = browser.evaluate(OVERFLOW)
    contrast = browser.evaluate(CONTRAST)

    assert browser.complaints == []
    assert measured == {"window": width, "page": width, "out": []}
    assert contrast["low"] == []
    assert contrast["seen"] > 25
    # A page without content packs to a fraction of this.
    assert picture.stat().st_size > 20_000
    assert browser.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is (scheme == "dark")


# Each heading of the data path that reaches into the next one, with an eleventh, as where Azure is simulated.
REACHING = """
(() => {
  const row = document.querySelector('.path thead tr');
  row.append(row.lastElementChild.cloneNode(true));
  const places = [...row.querySelectorAll('span')].map(e => {
    const range = document.createRange();
    range.selectNodeContents(e);
    return range.getBoundingClientRect();
  });
  return places.slice(1).filter((place, i) => place.width && places[i].right > place.left).length;
})()
"""


@pytest.mark.parametrize("width", [1440, 1280, 1220])
def test_headings_stay_in_their_columns(browser: Browser, tmp_path: Path, width: int) -> None:
    """Long words are divided where columns are narrow."""
    with served(application("well", tmp_path)) as url:
        browser.open(f"{url}/?refresh=off", width)
        assert browser.evaluate("document.querySelector('.path thead span').getClientRects().length") > 0
        assert browser.evaluate(REACHING) == 0


HEADLINES = {
    "well": "All 3 clusters are well",
    "broken": "prod-neu is silent",
    "empty": "Nothing is known to run",
    "fresh": "Running, never verified",
    "left": "The supervisor is gone",
    "long": f"{LONG} is silent",
    "many": "prod-017 is silent",
    "night": "2 of 3 clusters need you",
    "hub": "prod-neu is out of sight",
    "hostile": "All 3 clusters are well",
}


def test_the_verdict_is_on_the_screen_at_once(browser: Browser, scene: tuple[str, str]) -> None:
    """Headline, title and icon say the same without scrolling, on a telephone too."""
    name, url = scene
    for width, height in ((1440, 900), (390, 844)):
        browser.open(f"{url}/?refresh=off", width, height=height)
        assert browser.evaluate("document.querySelector('h1').textContent") == HEADLINES[name]
        assert HEADLINES[name] in browser.evaluate("document.title")
        bottom = browser.evaluate("document.querySelector('.verdict').getBoundingClientRect().bottom")
        assert bottom < height
        level = browser.evaluate("document.querySelector('.rail').className").split()[-1]
        icon = browser.evaluate("document.querySelector('link[rel=icon]').href")
        assert icon == f"{url}/static/{level}.svg"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The scene whose labels attack."""
    with served(application("hostile", tmp_path_factory.mktemp("hostile"))) as url:
        yield url


def test_hostile_labels_are_text(browser: Browser, hostile: str) -> None:
    """Nothing in a label becomes an element, an attribute or a link that runs."""
    browser.complaints.clear()
    browser.open(f"{hostile}/?refresh=off", 1440)
    assert browser.evaluate("document.scripts.length") == 0
    assert browser.evaluate("document.images.length") == 0
    assert "owned" not in browser.evaluate("document.title")
    links = browser.evaluate("[...document.links].map(a => a.protocol)")
    assert set(links) == {"http:"}
    assert "<script>" in browser.evaluate("document.querySelector('#alerts').textContent")
    assert browser.evaluate("document.querySelectorAll('[onerror], [onclick], [style]').length") == 0
    assert browser.complaints == []


def test_a_script_that_got_in_would_not_run(browser: Browser, hostile: str) -> None:
    """The content policy is the second wall: an inline script put into the page is refused by the browser."""
    browser.open(f"{hostile}/?refresh=off", 1440)
    browser.complaints.clear()
    browser.evaluate(
        "(() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        " document.body.append(s); })()"
    )
    assert browser.evaluate("window.ran === undefined") is True
    assert "Content Security Policy" in " ".join(browser.complaints)
    browser.complaints.clear()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The scene of 500 clusters."""
    with served(application("many", tmp_path_factory.mktemp("many"))) as url:
        yield url


def test_500_clusters_stay_usable(browser: Browser, many: str) -> None:
    """The two in trouble come first, the others fold away, and one click shows one cluster alone."""
    browser.open(f"{many}/?refresh=off", 1440)
    rows = browser.evaluate("[...document.querySelectorAll('.clusters tbody .name')].map(e => e.textContent)")
    assert rows == ["prod-017", "prod-300"]
    assert browser.evaluate("document.querySelectorAll('.panes a').length") == 500
    assert browser.evaluate("document.querySelector('#clusters summary').textContent").strip() == (
        "498 more clusters, all well"
    )
    assert browser.evaluate("document.documentElement.scrollHeight") < 2_500
    assert browser.evaluate("document.documentElement.outerHTML.length") < 200_000
    browser.open(f"{many}/?cluster=prod-300&refresh=off", 390)
    assert browser.evaluate(
        "[...document.querySelectorAll('.components tbody .name')].map(e => e.textContent)"
    ) == [
        "shop-orders-prod-300",
        "node-exporter-prod-300",
        "prometheus-prod-300-0",
        "sidecar-prod-300-0",
        "azure-platform-prod-300",
    ]
    assert browser.evaluate("document.documentElement.scrollWidth") == 390


def test_it_refreshes_by_itself_and_keeps_what_was_chosen(browser: Browser, many: str) -> None:
    """Without a script; the address holds the reader's choices, so a refresh loses none of them."""
    browser.open(f"{many}/?cluster=prod-300&show=all", 1440)
    assert browser.evaluate("document.querySelector('meta[http-equiv=refresh]').content") == "15"
    links = browser.evaluate(
        "Object.fromEntries([...document.links].map(a => [a.textContent.trim(), a.getAttribute('href')]))"
    )
    assert links["pause"] == "/?cluster=prod-300&show=all&refresh=off"
    assert links["Show all 500 clusters"] == "/?show=all"
    browser.open(many + links["pause"], 1440)
    assert browser.evaluate("document.querySelector('meta[http-equiv=refresh]')") is None
