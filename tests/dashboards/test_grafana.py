"""Grafana's provisioning: files compared whole, and read by what would read them."""

from __future__ import annotations

import configparser
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboards import DASHBOARDS
from dashboards.grafana import component, data_source, home
from dashboards.render import documents
from deploy.targets.local.folder import StateFolder
from deploy.targets.local.resolve import Place, launches
from estate.components import (
    Address,
    Component,
    DataPath,
    Engine,
    FilePath,
    ListenHost,
    PortNumber,
    Probe,
    Program,
    Text,
    text,
)
from estate.errors import SurroundingsError
from estate.load import load
from tests.dashboards.places import ROOT

ESTATE = load(ROOT / "examples" / "shop" / "estate.yaml").estate
QUERY = Address("query-frontend", "http")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An unpacked Grafana, as far as it is looked at: the program and its defaults."""
    program = tmp_path / "grafana-12" / "bin" / "grafana"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    (tmp_path / "grafana-12" / "conf").mkdir()
    (tmp_path / "grafana-12" / "conf" / "defaults.ini").write_text("")
    return program


def _resolved(content: Any) -> Any:
    """A document with its references replaced by words."""
    words = {ListenHost: "127.0.0.1", PortNumber: "3000"}
    if isinstance(content, dict):
        return {key: _resolved(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_resolved(value) for value in content]
    if not isinstance(content, Text):
        return content
    parts = []
    for part in content.parts:
        match part:
            case str():
                parts.append(part)
            case Address(name, port):
                parts.append(f"{name}:{port}")
            case FilePath(file):
                parts.append(f"/files/{file}")
            case DataPath(_, below):
                parts.append(f"/data/{below}")
            case _:
                parts.append(words[type(part)])
    return "".join(parts)


def test_the_component(archive: Path) -> None:
    """What runs, where it listens, what it waits for."""
    made = component(ESTATE, QUERY, str(archive))
    assert (made.name, made.kind, made.cluster, made.command) == (
        "grafana",
        "grafana",
        "hub-weu",
        Program(str(archive)),
    )
    assert made.arguments == (
        "server",
        f"--homepath={archive.parents[1]}",
        text("--config=", FilePath("grafana.ini")),
    )
    assert (made.ports, made.ready, made.metrics, made.needs) == (
        {"http": 3000},
        Probe("http", "/api/health"),
        ("http", "/metrics"),
        ("query-frontend",),
    )
    assert [file.path for file in made.files] == [
        "grafana.ini",
        "provisioning/datasources/thanos.yaml",
        "provisioning/dashboards/singlepane.yaml",
        *(f"dashboards/{dashboard.uid}.json" for dashboard in DASHBOARDS),
    ]
    assert [file.content for file in made.files[3:]] == list(documents().values())


def test_every_reference_leads_to_a_file_of_its_own(archive: Path) -> None:
    """What the configuration names is a file, or a folder with files in it."""
    made = component(ESTATE, QUERY, str(archive))
    paths = {file.path for file in made.files}
    named = {
        part.file
        for template in (*made.arguments, *(file.content for file in made.files))
        if isinstance(template, Text)
        for part in template.parts
        if isinstance(part, FilePath)
    }
    assert named == {"grafana.ini", "provisioning", "dashboards/singlepane-estate.json"}
    assert all(any(path == name or path.startswith(f"{name}/") for path in paths) for name in named)


def test_the_data_source() -> None:
    """Thanos by way of the query frontend; its times come from the estate."""
    assert _resolved(data_source(ESTATE, QUERY)) == {
        "apiVersion": 1,
        "prune": True,
        "datasources": [
            {
                "name": "Thanos",
                "uid": "thanos",
                "type": "prometheus",
                "access": "proxy",
                "url": "http://query-frontend:http",
                "isDefault": True,
                "editable": False,
                "jsonData": {
                    "httpMethod": "POST",
                    "prometheusType": "Thanos",
                    "prometheusVersion": "0.31.1",
                    "timeInterval": "5s",
                    "queryTimeout": "2m",
                    "timeout": 135,
                    "cacheLevel": "Low",
                    "disableRecordingRules": False,
                    "manageAlerts": False,
                },
            }
        ],
    }


def test_the_data_source_is_the_one_that_dashboards_choose_first() -> None:
    """The variable's first value is the uid that is provisioned."""
    source: Any = data_source(ESTATE, QUERY)
    for rendered in documents().values():
        current = rendered["templating"]["list"][0]["current"]
        assert current == {"text": source["datasources"][0]["name"], "value": source["datasources"][0]["uid"]}


def test_the_configuration(archive: Path) -> None:
    """Read as an INI file, whole: loopback, no accounts, nothing sent to anyone."""
    made = component(ESTATE, QUERY, str(archive))
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(_resolved(made.files[0].content))
    assert {section: dict(parser[section]) for section in parser.sections()} == {
        "server": {
            "http_addr": "127.0.0.1",
            "http_port": "3000",
            "domain": "127.0.0.1",
            "enforce_domain": "true",
        },
        "paths": {
            "data": "/data/",
            "logs": "/data/log",
            "plugins": "/data/plugins",
            "provisioning": "/files/provisioning",
        },
        "dataproxy": {"timeout": "135"},
        "auth": {"disable_login_form": "true"},
        "auth.anonymous": {"enabled": "true", "org_role": "Viewer"},
        "security": {"disable_initial_admin_creation": "true", "disable_gravatar": "true"},
        "users": {"allow_sign_up": "false", "default_theme": "system"},
        "dashboards": {"default_home_dashboard_path": "/files/dashboards/singlepane-estate.json"},
        "analytics": {
            "reporting_enabled": "false",
            "check_for_updates": "false",
            "check_for_plugin_updates": "false",
            "feedback_links_enabled": "false",
        },
        "news": {"news_feed_enabled": "false"},
        "plugins": {
            "plugin_admin_enabled": "false",
            "preinstall_disabled": "true",
            "preinstall_auto_update": "false",
            "public_key_retrieval_disabled": "true",
        },
        "snapshots": {"external_enabled": "false"},
        "unified_alerting": {"enabled": "false"},
        "log": {"mode": "console", "level": "warn"},
    }


def test_the_folder_of_dashboards_is_provisioned(archive: Path) -> None:
    """From files alone: what somebody changes by hand does not stay."""
    made = component(ESTATE, QUERY, str(archive))
    assert _resolved(made.files[2].content) == {
        "apiVersion": 1,
        "providers": [
            {
                "name": "singlepane",
                "folder": "singlepane",
                "type": "file",
                "disableDeletion": False,
                "allowUiUpdates": False,
                "updateIntervalSeconds": 30,
                "options": {"path": "/files/dashboards"},
            }
        ],
    }


def test_home_is_found_from_the_program(archive: Path, tmp_path: Path) -> None:
    """Beside it in an archive, through a link too, or in share as some packages have it."""
    assert home(str(archive)) == archive.parents[1]
    link = tmp_path / "grafana"
    link.symlink_to(archive)
    assert home(str(link)) == archive.parents[1]
    packaged = tmp_path / "package"
    (packaged / "share" / "grafana" / "conf").mkdir(parents=True)
    (packaged / "share" / "grafana" / "conf" / "defaults.ini").write_text("")
    assert home(str(packaged / "bin" / "grafana")) == packaged / "share" / "grafana"


def test_a_program_without_its_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says where was looked and what to name instead."""
    monkeypatch.setattr("dashboards.grafana.SYSTEM", tmp_path / "none")
    with pytest.raises(SurroundingsError) as refused:
        home(str(tmp_path / "bin" / "grafana"))
    assert str(tmp_path) in refused.value.message
    assert "local.grafana" in refused.value.remedy


def test_the_local_target_puts_the_files_where_the_configuration_says(archive: Path, tmp_path: Path) -> None:
    """Resolved as a process of this machine: folders that the files name are those that files go to."""
    frontend = Component(
        "query-frontend", "query-frontend", "hub-weu", Engine("thanos"), ports={"http": 10902}
    )
    place = Place(
        StateFolder(tmp_path / "state", "id", "shop"),
        {"grafana": {"http": 21001}, "query-frontend": {"http": 21002}},
    )
    components = (frontend, component(ESTATE, QUERY, str(archive)))
    launch = launches(components, place, lambda _: ("/opt/grafana/bin/grafana",))[1]
    files = {file.path: file.content for file in launch.files}
    root = Path(launch.folder)
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(files["grafana.ini"])
    provisioning = Path(parser["paths"]["provisioning"]).relative_to(root)
    source = yaml.safe_load(files[f"{provisioning}/datasources/thanos.yaml"])["datasources"][0]
    provider = yaml.safe_load(files[f"{provisioning}/dashboards/singlepane.yaml"])["providers"][0]
    folder = Path(provider["options"]["path"]).relative_to(root)
    assert source["url"] == "http://127.0.0.1:21002"
    assert parser["server"]["http_port"] == "21001"
    assert {name: json.loads(files[f"{folder}/{name}"]) for name in documents()} == documents()
    assert launch.argv[:2] == ("/opt/grafana/bin/grafana", "server")
    assert launch.ready == "http://127.0.0.1:21001/api/health"
