"""HTML out of values. Everything that is filled in is escaped."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from singlepane.server.health import ClusterHealth
from singlepane.server.page import REFRESH_SECONDS
from singlepane.server.rows import Page
from singlepane.server.words import ago, breakable, clock, count, moment, named, sentence, when

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
# The name changes with the content, so that a browser may keep it for good.
STYLE = f"/static/page.css?{hashlib.sha256((STATIC / 'page.css').read_bytes()).hexdigest()[:12]}"


def _iso(unix: float) -> str:
    return datetime.fromtimestamp(unix, UTC).isoformat(timespec="seconds")


def _code(text: str) -> Markup:
    """Text in which `this` is shown as code; all else is escaped."""
    # The escaped text holds no markup but what is put in here.
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704


def _humps(text: Markup) -> Markup:
    """A place to break a line before each hump of a LongCamelCaseName, for narrow columns."""
    # Entities and our own tags have no capital letters.
    return Markup(re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "<wbr>", str(text)))  # noqa: S704


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters.update(
    ago=ago,
    breakable=breakable,
    clock=clock,
    count=count,
    moment=moment,
    named=named,
    sentence=sentence,
    when=when,
    iso=_iso,
    code=_code,
    humps=_humps,
)
_ENVIRONMENT.globals.update(style=STYLE)


def status(page: Page, health: Sequence[ClusterHealth], version: str) -> str:
    """The status page."""
    return _ENVIRONMENT.get_template("status.html").render(
        page=page, health=health, version=version, refresh=REFRESH_SECONDS
    )


def missing(estate: str, sentence: str) -> str:
    """A page that says what is not there."""
    return _ENVIRONMENT.get_template("missing.html").render(estate=estate, sentence=sentence)


def dashboards(estate: str, rows: Sequence[tuple[str, str, str]]) -> str:
    """All dashboards: uid, title, and what each is about."""
    return _ENVIRONMENT.get_template("dashboards.html").render(estate=estate, rows=rows)


def runbook(estate: str, title: str, text: Markup) -> str:
    """One runbook."""
    return _ENVIRONMENT.get_template("runbook.html").render(
        estate=estate, title=title, text=text, names=None, missing=False
    )


def runbook_list(estate: str, names: Sequence[str], *, missing: bool) -> str:
    """All runbooks; `missing` when the reader asked for one that is not there."""
    title = "No runbook of that name" if missing else "Runbooks"
    return _ENVIRONMENT.get_template("runbook.html").render(
        estate=estate, title=title, text=None, names=names, missing=missing
    )
