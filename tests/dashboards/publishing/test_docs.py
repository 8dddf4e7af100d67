"""The commands of the page do what the page shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from dashboards.render import documents
from tests.dashboards.places import ROOT
from tests.dashboards.publishing.command import ran
from tests.dashboards.publishing.double import EDITOR, Double, running

PAGE = (ROOT / "docs" / "dashboards.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## Publish them to a Grafana of yours\n")[1].split("\n## ")[0]
TO_GRAFANA, AS_FILES = re.findall(r"```console\n(.*?)```", SECTION, re.DOTALL)
URL = "https://grafana.example.com"


def commands(block: str) -> list[tuple[list[str], str]]:
    """Words after `singlepane dashboards publish`, and what stands below."""
    parts = block.split("$ singlepane dashboards publish ")[1:]
    return [(shlex.split(part.split("\n", 1)[0]), part.split("\n", 1)[1]) for part in parts]


def steady(text: str) -> str:
    """Without how many dashboards there are, which changes with every new one."""
    return re.sub(r"\d+ (files in|written|the same)", r"N \1", text)


def test_a_grafana_is_brought_up_to_date_as_the_page_shows() -> None:
    """One dashboard with another refresh, one that is no more."""
    with running(Double()) as grafana:
        grafana.folders["singlepane"] = "singlepane"
        for document in documents().values():
            changed = {"refresh": "5m"} if document["uid"] == "singlepane-estate" else {}
            grafana.put({**document, **changed}, "singlepane")
        old = {**documents()["singlepane-estate.json"], "uid": "singlepane-queues", "title": "Queues"}
        grafana.put(old, "singlepane")
        for words, shown in commands(TO_GRAFANA):
            answer = ran(*(grafana.url if word == URL else word for word in words), GRAFANA_TOKEN=EDITOR)
            assert answer.code == 0
            assert steady(answer.stdout + answer.stderr).replace(grafana.url, URL) == steady(shown)


def test_files_are_written_as_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Provisioning, and ConfigMaps."""
    monkeypatch.chdir(tmp_path)
    for words, shown in commands(AS_FILES):
        answer = ran(*words)
        assert answer.code == 0
        assert steady(answer.stdout + answer.stderr) == steady(shown)
    assert (tmp_path / "provisioned" / "singlepane.yaml").is_file()
    assert (tmp_path / "boards" / "dashboard-singlepane-estate.yaml").is_file()


def test_the_page_names_every_option() -> None:
    """An option that is not on the page is not found."""
    source = (ROOT / "singlepane" / "commands" / "dashboards_publish.py").read_text(encoding="utf-8")
    missing = [option for option in re.findall(r'"(--[a-z-]+)"', source) if option not in SECTION]
    assert missing == []
