"""`singlepane dashboards preview`: a dashboard with real data as one HTML page, or a picture of it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import httpx
import typer

from dashboards.interpolation.durations import milliseconds
from dashboards.preview.asking.api import Api
from dashboards.preview.making import Page, Wish, page
from dashboards.preview.page.render import html
from dashboards.preview.picture import chromium
from dashboards.preview.picture.png import png as draw
from dashboards.preview.reading.document import dashboard, read
from dashboards.preview.reading.model import Dashboard
from dashboards.render import documents
from estate.errors import StateFolderError, UsageError
from singlepane import output

WIDTHS = (320, 4_000)


def preview(
    source: Annotated[
        str, typer.Argument(metavar="FILE|UID", help="A dashboard's JSON, or the uid of one of ours.")
    ],
    *,
    url: Annotated[
        str,
        typer.Option("--url", help="A Prometheus-compatible API, such as Thanos Query's."),
    ],
    out: Annotated[
        Path, typer.Option("--out", dir_okay=False, help="The page: one file that fetches nothing.")
    ],
    png: Annotated[
        Path | None, typer.Option("--png", dir_okay=False, help="A picture of it, too; needs a Chromium.")
    ] = None,
    var: Annotated[
        list[str] | None,
        typer.Option("--var", metavar="NAME=VALUE", help="A variable's value; repeat it for several."),
    ] = None,
    since: Annotated[
        str, typer.Option("--from", help="As Grafana writes it: `now-6h`, or a date. The dashboard's own.")
    ] = "",
    until: Annotated[str, typer.Option("--to", help="The end, written as `--from`.")] = "",
    scrape: Annotated[
        str,
        typer.Option("--scrape-interval", help="How often the data is scraped: windows of rates follow it."),
    ] = "15s",
    token: Annotated[
        Path | None,
        typer.Option("--token-file", exists=True, dir_okay=False, help="A file with a bearer token."),
    ] = None,
    width: Annotated[
        int, typer.Option("--width", min=WIDTHS[0], max=WIDTHS[1], help="Of the picture, in pixels.")
    ] = 1_440,
    scheme: Annotated[Literal["light", "dark"], typer.Option("--scheme", help="Of the picture.")] = "light",
) -> None:
    """Draw a dashboard with real data: any Grafana JSON as one HTML page, without a Grafana.

    Queries are asked as Grafana asks them. A panel that fails, or has no data, says so; the exit code is 1
    when one failed.

    Example: `singlepane dashboards preview singlepane-estate --url http://127.0.0.1:21027 --out estate.html`
    """
    binary = chromium.find() if png else None
    found = _dashboard(source)
    wish = Wish(now=time.time(), since=since, until=until, chosen=_chosen(var or []), scrape=_length(scrape))
    made = asyncio.run(_made(found, wish, _address(url), token.read_text().strip() if token else ""))
    _written(out, html(made))
    if png and binary:
        draw(binary, out, png, width, scheme)
    failed = [tile for tile in made.tiles() if tile.state == "failed"]
    empty = [tile for tile in made.tiles() if tile.state == "empty"]
    for problem in made.problems:
        output.message(problem)
    for tile in failed:
        output.message(f"failed: {tile.title}: {'; '.join(tile.errors)}")
    for tile in empty:
        output.message(f"no data: {tile.title}")
    total = len(made.tiles())
    output.message(f"{out}: {total} panels, {len(failed)} failed, {len(empty)} without data")
    if failed:
        raise typer.Exit(1)


async def _made(found: Dashboard, wish: Wish, url: str, token: str) -> Page:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as client, Api(client) as api:
        return await page(found, wish, api)


def _dashboard(source: str) -> Dashboard:
    """The file's, or ours. Raises UsageError, NotADashboard."""
    file = Path(source)
    ours = documents().get(f"{source}.json")
    if ours is not None and not file.exists():
        return dashboard(ours, source)
    try:
        return read(file.read_bytes(), source)
    except OSError as error:
        known = ", ".join(sorted(name.removesuffix(".json") for name in documents()))
        raise UsageError(
            f"{source}: {error.strerror or error}", f"Name a file, or one of ours: {known}."
        ) from None


def _chosen(pairs: list[str]) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise UsageError(f"--var {pair!r} has no value", "Write --var cluster=prod-weu.")
        made.setdefault(name.removeprefix("var-"), []).append(value)
    return made


def _length(text: str) -> int:
    found = milliseconds(text)
    if not found:
        raise UsageError(f"--scrape-interval {text!r} is no duration", "Write one such as 15s or 1m.")
    return found


def _address(url: str) -> str:
    """The API's base. Raises UsageError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise UsageError(f"--url {url!r} is no URL", "Write one such as http://127.0.0.1:21027.")
    return url.rstrip("/")


def _written(out: Path, text: str) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StateFolderError(
            f"{out}: {error.strerror}", "Name a file in a folder that can be written."
        ) from None
