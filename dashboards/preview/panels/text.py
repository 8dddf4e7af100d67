"""`text`: what the author wrote, as text: markup in it stays letters, and pictures are not fetched."""

from __future__ import annotations

import functools
import re

from markdown_it import MarkdownIt
from markupsafe import Markup

from dashboards.interpolation.filling import title
from dashboards.preview.panels.drawing import Drawing, Subject
from dashboards.preview.panels.links import safe
from dashboards.preview.reading import shape

LONGEST = 50_000
_TAGS = re.compile(r"<[^<>]{0,500}>")


@functools.cache
def _markdown() -> MarkdownIt:
    return (
        MarkdownIt("commonmark", {"html": False, "linkify": False})
        .disable(["image", "html_inline", "html_block"])
        .enable("table")
    )


def text(subject: Subject) -> Drawing:
    """Markdown as its structure; HTML as the text in it; code as it stands."""
    options = subject.panel.options
    content = shape.text(options.get("content")) or shape.text(options.get("text"))
    content = title(content[:LONGEST], subject.result.scope.values)
    mode = shape.text(options.get("mode"), "markdown")
    if mode == "code":
        return Drawing(html=Markup('<pre class="prose">{}</pre>').format(content))
    if mode == "html":
        return Drawing(html=Markup('<p class="prose plain">{}</p>').format(_TAGS.sub(" ", content).strip()))
    return Drawing(html=Markup('<div class="prose">{}</div>').format(_rendered(content, subject.links)))


def _rendered(content: str, links: str) -> Markup:
    markdown = _markdown()
    tokens = markdown.parse(content)
    for token in tokens:
        for inner in token.children or ():
            if inner.type == "link_open":
                inner.attrSet("href", safe(str(inner.attrGet("href") or ""), links) or "#")
                inner.attrSet("rel", "noreferrer")
    # Raw HTML is off, so everything but the tags of Markdown itself is escaped.
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))  # noqa: S704
