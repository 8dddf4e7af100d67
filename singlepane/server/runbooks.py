"""Runbook pages: Markdown from docs/runbooks as HTML, without raw HTML and without scripts."""

from __future__ import annotations

import re
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")
_RUNBOOK = re.compile(r"^(?:\./)?([A-Za-z][\w-]*)\.md(?=#|$)")
# Raw HTML is shown as text; markdown-it refuses `javascript:`, `vbscript:`, `file:` and `data:` links by
# itself.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def names(folder: Path = RUNBOOKS) -> tuple[str, ...]:
    """Names of all runbooks, in order."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.stem for path in folder.glob("*.md") if _NAME.fullmatch(path.stem)))


def rendered(name: str, folder: Path = RUNBOOKS) -> Markup | None:
    """A runbook as HTML, or None when there is none of that name. Links between runbooks lose their `.md`;
    those to other pages of the documentation, which are not served, become text.
    """
    if name not in names(folder):
        return None
    tokens = _MARKDOWN.parse((folder / f"{name}.md").read_text(encoding="utf-8"))
    for block in tokens:
        block.children = _linked(block.children) if block.children is not None else None
    # markdown-it escapes all text, and raw HTML is off: what it renders is safe to show as it is.
    return Markup(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))  # noqa: S704


def _linked(tokens: list[Token]) -> list[Token]:
    kept = []
    dropped = False
    for token in tokens:
        if token.type == "link_open":
            href = _RUNBOOK.sub(r"/runbooks/\1", str(token.attrs["href"]))
            token.attrs["href"] = href
            dropped = not href.startswith(("/", "#", "https://", "http://"))
        # Links do not hold links, so the next end is that of the last beginning.
        if not (dropped and token.type in ("link_open", "link_close")):
            kept.append(token)
    return kept
