"""The page about dashboards has each of them, and the one that it tells to write is without a finding."""

from __future__ import annotations

import importlib
import re
import textwrap
from typing import Any

import pytest

from dashboards import DASHBOARDS
from dashboards.ours import files
from tests.dashboards.places import ROOT
from tests.dashboards.test_lint import found

PAGE = (ROOT / "docs" / "dashboards.md").read_text(encoding="utf-8")


def test_every_dashboard_has_its_row() -> None:
    """Its title and its file, in the table at the top."""
    rows = dict(re.findall(r"^\| `dashboards/content/(\w+)\.py` \| ([^|]+) \|", PAGE, re.MULTILINE))
    titles = {name: importlib.import_module(f"dashboards.content.{name}").DASHBOARD.title for name in rows}
    assert rows == titles
    assert set(titles.values()) == {each.title for each in DASHBOARDS}


def test_the_dashboard_to_copy_passes_the_lint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Among ours, which it links to."""
    source = PAGE.split("## Add one\n")[1].split("```python\n")[1].split("   ```\n")[0]
    written: dict[str, Any] = {}
    exec(textwrap.dedent(source), written)  # noqa: S102 (a page of ours)
    new = written["DASHBOARD"]
    # Whoever did as the page says has it already.
    every = (*(each for each in DASHBOARDS if each.uid != new.uid), new)
    for place in ("dashboards.render", "dashboards.ours"):
        monkeypatch.setattr(f"{place}.DASHBOARDS", every)
    assert len(files()) == len(every)
    assert found(files()) == ()
