"""Runbook pages: Markdown shown, nothing run."""

from __future__ import annotations

from pathlib import Path

from singlepane.server.app import create
from singlepane.server.runbooks import RUNBOOKS, names, rendered
from singlepane.server.service import Service
from tests.server.conftest import speak

HOSTILE = """# TargetDown

<script>alert(1)</script> and <img src=x onerror=alert(1)>

[run](javascript:alert(1)) [data](data:text/html;base64,PHNjcmlwdD4=) [file](file:///etc/passwd)

See [the other](ExporterStale.md#impact), [that](./Watchdog.md), [web](https://example.com/a.md),
[page](../alerts.md).

| a | b |
|---|---|
| 1 | 2 |

```promql
up{cluster="<b>"} == 0
```
"""


def _folder(tmp_path: Path) -> Path:
    (tmp_path / "TargetDown.md").write_text(HOSTILE)
    (tmp_path / "ExporterStale.md").write_text("# ExporterStale\n")
    (tmp_path / ".hidden.md").write_text("no")
    (tmp_path / "note.txt").write_text("no")
    return tmp_path


def test_names_are_the_files(tmp_path: Path) -> None:
    """In order, and only Markdown with a plain name; a folder that is not there has none."""
    assert names(_folder(tmp_path)) == ("ExporterStale", "TargetDown")
    assert names(tmp_path / "none") == ()


def test_what_is_hostile_is_shown_as_text(tmp_path: Path) -> None:
    """No element of the file's own, no link that runs."""
    text = str(rendered("TargetDown", _folder(tmp_path)))
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert 'href="javascript' not in text
    assert 'href="data:' not in text
    assert 'href="file:' not in text
    assert "<td>1</td>" in text
    assert "up{cluster=&quot;&lt;b&gt;&quot;} == 0" in text


def test_links_between_runbooks_open_here(tmp_path: Path) -> None:
    """`X.md` is the page of X; other addresses stay; a page that is not served is not linked."""
    text = str(rendered("TargetDown", _folder(tmp_path)))
    assert 'href="/runbooks/ExporterStale#impact"' in text
    assert 'href="/runbooks/Watchdog"' in text
    assert 'href="https://example.com/a.md"' in text
    assert text.count("href=") == 3
    assert "</a>,\npage." in text


def test_nothing_outside_the_folder(tmp_path: Path) -> None:
    """A name is a name and no path."""
    inside = tmp_path / "runbooks"
    inside.mkdir()
    (tmp_path / "secret.md").write_text("secret")
    _folder(inside)
    for name in ("../secret", "..%2fsecret", "secret", "", ".hidden", "TargetDown.md", "/etc/passwd"):
        assert rendered(name, inside) is None


async def test_pages(service: Service, tmp_path: Path) -> None:
    """A runbook, the list, and a name that is not there."""
    folder = tmp_path / "runbooks"
    folder.mkdir()
    async with speak(create(service, "1", runbook_folder=_folder(folder))) as client:
        shown = await client.get("/runbooks/TargetDown")
        listed = await client.get("/runbooks/")
        missing = await client.get("/runbooks/Nothing")
        climbing = await client.get("/runbooks/..%2f..%2fpyproject")
    assert (shown.status_code, listed.status_code, missing.status_code, climbing.status_code) == (
        200,
        200,
        404,
        404,
    )
    assert "<h1>TargetDown</h1>" in shown.text
    assert '<a href="/runbooks/ExporterStale">ExporterStale</a>' in listed.text
    assert "<h1>No runbook of that name</h1>" in missing.text
    assert '<a href="/runbooks/TargetDown">TargetDown</a>' in missing.text


def test_the_folder_is_the_documentations() -> None:
    """Runbooks are written where the documentation is."""
    assert Path(__file__).parents[2] / "docs" / "runbooks" == RUNBOOKS
