"""The example alerts that the collectors' pages print are rules that do what they say."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from deploy.engines import find

PAGES = sorted((Path(__file__).parents[2] / "docs" / "collectors").glob("*.md"))
FOLDER = Path(__file__).parent / "pages"


def printed(page: Path) -> str:
    """The rules of a page as a rule file."""
    (block,) = re.findall(r"## Example alert\n+```yaml\n(.*?)```", page.read_text(), re.DOTALL)
    return yaml.safe_dump({"groups": [{"name": page.stem, "rules": yaml.safe_load(block)}]}, width=1000)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples_do_what_they_say(page: Path, tmp_path: Path) -> None:
    """Prometheus' own engine reads them, and each fires and stays silent where its test says."""
    rules = printed(page)
    (tmp_path / "page.yaml").write_text(rules)
    shutil.copy(FOLDER / f"{page.stem}.yaml", tmp_path / "test.yaml")
    for command in (("check", "rules", "--lint=all", "page.yaml"), ("test", "rules", "test.yaml")):
        done = subprocess.run(
            [find("promtool"), *command], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    tested = (FOLDER / f"{page.stem}.yaml").read_text()
    for name in re.findall(r"alert: (\w+)", rules):
        fires = re.search(rf"alertname: {name}\n +eval_time: \w+\n +exp_alerts:\n +- exp_labels", tested)
        assert fires and f"{{alertname: {name}, eval_time:" in tested, name


def test_every_page_is_tried() -> None:
    """No test of a page that is gone."""
    assert sorted(each.stem for each in FOLDER.iterdir()) == [page.stem for page in PAGES]
