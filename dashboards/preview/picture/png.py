"""A page as a PNG file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal

from dashboards.preview.picture.devtools import Browser, BrowserError

SECONDS = 120.0
# Chromium draws no picture that is higher.
TALLEST = 16_000
Scheme = Literal["light", "dark"]


def png(binary: Path, page: Path, picture: Path, width: int, scheme: Scheme) -> None:
    """Draw the page of a file at that width, in whole. Raises BrowserError."""
    with Browser(binary) as browser:
        browser.open(page.absolute().as_uri(), width, scheme)
        wait_until_drawn(browser)
        height = browser.evaluate("document.documentElement.scrollHeight")
        browser.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=min(int(height), TALLEST),
            deviceScaleFactor=1,
            mobile=False,
        )
        browser.screenshot(picture)


def wait_until_drawn(browser: Browser, seconds: float = SECONDS) -> int:
    """How many figures the page has drawn, once it has. Raises BrowserError when it takes longer."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        drawn = browser.evaluate("document.documentElement.dataset.drawn ?? ''")
        if drawn != "":
            return int(drawn)
        time.sleep(0.1)
    raise BrowserError(f"the figures were not drawn within {seconds:g} s")
