"""Scripts and styles of the page: ours, and plotly.js as the package `plotly` brings it."""

from __future__ import annotations

import base64
import functools
import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the page: its name with a sign of its content, so that a browser may keep it for good."""

    name: str
    content: str
    kind: str

    @property
    def address(self) -> str:
        """Name and sign."""
        return f"{self.name}?{hashlib.sha256(self.content.encode()).hexdigest()[:12]}"

    @property
    def policy(self) -> str:
        """What a content security policy calls it when it stands in the page."""
        digest = hashlib.sha256(self.content.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"


@functools.cache
def plotly() -> Asset:
    """plotly.js. The package is not imported: that would take as long as all the rest."""
    spec = find_spec("plotly")
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise FileNotFoundError("the package plotly is not installed, whose plotly.js draws figures")
    content = (Path(folders[0]) / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
    return Asset("plotly.js", content, "text/javascript; charset=utf-8")


@functools.cache
def script() -> Asset:
    """What draws the figures, folds, chooses and changes the theme."""
    return _own("preview.js", "text/javascript; charset=utf-8")


@functools.cache
def style() -> Asset:
    """How the page looks."""
    return _own("preview.css", "text/css; charset=utf-8")


def _own(name: str, kind: str) -> Asset:
    return Asset(name, (_STATIC / name).read_text(encoding="utf-8"), kind)


def assets() -> dict[str, Asset]:
    """All of them by name."""
    return {one.name: one for one in (plotly(), script(), style())}
