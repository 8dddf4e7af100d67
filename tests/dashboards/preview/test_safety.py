"""Whatever a dashboard or its data hold is shown as text: no markup of theirs, no script, no style, no
address that runs something.
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from dashboards.preview.asking.patterns import compiled
from dashboards.preview.page.render import Served, html, safe_json
from dashboards.preview.page.scripts import script, style
from dashboards.preview.panels import PANELS
from dashboards.preview.panels.links import safe
from dashboards.preview.showing.colours import colour
from tests.dashboards.preview.answers import board, made, panel

MARKUP = '<b id="theirs">bold</b></script>"\''
SERVED = Served("/", "test", "/static/")


class Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.seen.append((tag, dict(attrs)))


def elements(page: str) -> list[tuple[str, dict[str, str | None]]]:
    """All of them."""
    parser = Elements()
    parser.feed(page)
    return parser.seen


def shown(kind: str) -> str:
    """A page of one panel of that kind in which every text is markup."""
    document = board(
        panel(
            kind,
            "x",
            instant=kind
            not in ("timeseries", "heatmap", "histogram", "state-timeline", "status-history", "trend"),
            title=MARKUP,
            description=MARKUP,
            options={
                "content": MARKUP,
                "mode": "html",
                "legend": {"displayMode": "table", "calcs": ["last"]},
            },
            fieldConfig={
                "defaults": {
                    "unit": f"suffix:{MARKUP}",
                    "displayName": f"{MARKUP} ${{__field.labels.a}}",
                    "color": {"mode": "fixed", "fixedColor": f"red;{MARKUP}"},
                    "links": [{"title": MARKUP, "url": f"javascript:{MARKUP}"}],
                    "custom": {"axisLabel": MARKUP},
                    "mappings": [{"type": "value", "options": {"1": {"text": MARKUP, "color": MARKUP}}}],
                }
            },
        ),
        title=MARKUP,
        description=MARKUP,
        templating={
            "list": [{"name": "v", "label": MARKUP, "type": "custom", "query": MARKUP, "multi": True}]
        },
    )
    page, _ = made(
        document, {"x": [({"a": MARKUP, "alertname": MARKUP, "le": "1"}, [1.0, 2.0])]}, links="/dashboards/"
    )
    return html(page, SERVED)


@pytest.mark.parametrize("kind", [*PANELS, MARKUP])
def test_texts_are_texts(kind: str) -> None:
    """No element of theirs, no handler, no script but ours, no link that is no page."""
    found = elements(shown(kind))
    assert [attributes for _, attributes in found if attributes.get("id") == "theirs"] == []
    assert [name for _, attributes in found for name in attributes if name.startswith("on")] == []
    assert [
        attributes.get("src", attributes.get("type")) for tag, attributes in found if tag == "script"
    ] == [
        "application/json",
        *(attributes["src"] for tag, attributes in found if tag == "script" and "src" in attributes),
    ]
    addresses = [attributes["href"] or "" for _, attributes in found if "href" in attributes]
    assert [one for one in addresses if not re.match(r"(/|\?|data:,$|#$)", one)] == []
    styles = [attributes["style"] or "" for _, attributes in found if "style" in attributes]
    assert [one for one in styles if "url(" in one or '"' in one or "<" in one] == []


@pytest.mark.parametrize(
    "kind", ["timeseries", "piechart", "heatmap", "barchart", "state-timeline", "histogram"]
)
def test_figures_hold_no_markup(kind: str) -> None:
    """plotly.js reads tags in texts: they reach it as entities."""
    found = re.search(r'<script type="application/json" id="figures">(.*?)</script>', shown(kind), re.S)
    assert found is not None
    figures = json.loads(found[1])
    assert figures

    def texts(value: object) -> list[str]:
        if isinstance(value, dict):
            return [text for key, one in value.items() if key != "hovertemplate" for text in texts(one)]
        if isinstance(value, list):
            return [text for one in value for text in texts(one)]
        return [value] if isinstance(value, str) else []

    assert [one for one in texts(figures) if "<" in one] == []


def test_data_cannot_end_its_element() -> None:
    """Neither a tag nor a line separator of JavaScript."""
    found = safe_json({"a": "</script><!-- \u2028 &"})
    assert not set("<>&\u2028") & set(found)
    assert json.loads(found) == {"a": "</script><!-- \u2028 &"}


def test_a_page_that_stands_alone_fetches_nothing() -> None:
    """Its policy names its own two scripts by their digests, and no source besides."""
    page, _ = made(board(panel("stat", "x", instant=True)), {"x": [({}, [1.0])]})
    policy = next(
        attributes["content"]
        for tag, attributes in elements(html(page))
        if tag == "meta" and attributes.get("http-equiv")
    )
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "http" not in policy and "unsafe-eval" not in policy and policy.count("sha256-") == 2
    for asset in (script(), style()):
        assert "http" not in asset.content and "</" not in asset.content


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("https://example.com/a?b=c", "https://example.com/a?b=c"),
        ("/d/abc/slug?var-x=1", "/dashboards/abc?var-x=1"),
        ("d/abc", "/dashboards/abc"),
        ("javascript:void(0)", ""),
        (" data:text/html,x", ""),
        ("//example.com", ""),
        ("/api/v1/alertmanager", ""),
        ("http://[", ""),
    ],
)
def test_addresses(url: str, opened: str) -> None:
    """Pages of the web, and dashboards of this preview."""
    assert safe(url, "/dashboards/") == opened


@pytest.mark.parametrize("text", ["red;x", "url(a)", "expression(1)", "#12", "rgb(1,2)", None, 5, "#zzzzzz"])
def test_what_is_no_colour(text: object) -> None:
    """Becomes the default."""
    assert colour(text, "#000000") == "#000000"


def test_colours() -> None:
    """Names, hexadecimal, rgb."""
    assert [colour(one) for one in ("dark-red", "#abc", "#aabbccdd", "rgba(1, 2, 3, 0.5)", "text")] == [
        "#C4162A",
        "#aabbcc",
        "#aabbcc",
        "#010203",
        "text",
    ]


@pytest.mark.parametrize(
    "pattern", ["(a+)+", "(a|aa)*", "(.*)*x", ".*.*.*.*", r"(a)\1", "a" * 301, "(", "(?:a*b?)+"]
)
def test_expressions_that_could_run_for_long_are_refused(pattern: str) -> None:
    """Their time is ours."""
    assert compiled(pattern) is None


@pytest.mark.parametrize(
    "pattern", [".*argocd.*", "/^Value #[A-Z]$/", "/(?<text>a+)b/", '/node="([^"]+)"/', "a|b", "(a|b)c"]
)
def test_plain_expressions_are_taken(pattern: str) -> None:
    """As dashboards write them."""
    assert compiled(pattern) is not None
