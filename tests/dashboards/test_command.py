"""`singlepane dashboards`: what it prints, and with which exit code."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from jsonschema import Draft7Validator
from typer.testing import CliRunner, Result

from dashboards.ours import files
from singlepane.program import program
from tests.dashboards.lint.sound import OURS, asking, sound, text
from tests.dashboards.places import MIXINS, ROOT

NEWLINE = b"\n"
EXAMPLE = ROOT / "examples" / "lint" / "orders.json"


def ran(*words: str, given: str | bytes = "") -> Result:
    """The command in this process."""
    every = ["dashboards", *words]
    return CliRunner().invoke(program(every), every, input=given)


def written(folder: Path, name: str, document: dict[str, Any]) -> str:
    """A file of a dashboard."""
    path = folder / name
    path.write_text(text(document))
    return str(path)


def test_ours_are_linted_when_nothing_is_given() -> None:
    """And pass."""
    answer = ran("lint")
    assert (answer.exit_code, answer.stdout) == (0, "")
    assert answer.stderr == f"{len(files())} dashboards: nothing found\n"


def test_the_example_of_the_page_says_what_the_page_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Word for word."""
    monkeypatch.chdir(ROOT)
    answer = ran("lint", str(EXAMPLE.relative_to(ROOT)))
    page = (ROOT / "docs" / "dashboards.md").read_text(encoding="utf-8")
    shown = page.split("$ singlepane dashboards lint examples/lint/orders.json\n")[1].split("```\n")[0]
    assert answer.exit_code == 1
    assert answer.stdout + answer.stderr == shown


def test_a_folder_is_read_as_one_run(tmp_path: Path) -> None:
    """Links lead from one file to another."""
    (tmp_path / "deep").mkdir()
    link = {"url": "/d/other?${__url_time_range}&${__all_variables}"}
    written(tmp_path, "a.json", {**sound(), "links": [link]})
    written(tmp_path / "deep", "b.json", {**sound(), "uid": "other"})
    assert ran("lint", str(tmp_path)).exit_code == 0
    assert ran("lint", str(tmp_path / "a.json")).exit_code == 1


def test_standard_input() -> None:
    """As `curl` brings it."""
    answer = ran("lint", "-", given=text({"dashboard": asking("up"), "meta": {}}))
    assert answer.exit_code == 1
    assert "<stdin>:" in answer.stdout


def test_json_is_one_document() -> None:
    """With all that the text has."""
    answer = ran("lint", str(EXAMPLE), "-o", "json")
    rows = json.loads(answer.stdout)["findings"]
    assert [row["code"] for row in rows] == ["D-08", "D-09", "D-11"]
    assert {row["path"] for row in rows} == {"Orders.A"}
    assert all(row["line"] and row["fix"] for row in rows)


def test_sarif_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the parts of its schema that are used. Source: the OASIS schema of SARIF 2.1.0."""
    monkeypatch.chdir(MIXINS)
    answer = ran("lint", "thanos-compact.json", "-o", "sarif")
    document = json.loads(answer.stdout)
    place = {
        "type": "object",
        "required": ["artifactLocation", "region"],
        "properties": {
            "artifactLocation": {
                "required": ["uri"],
                "properties": {"uri": {"const": "thanos-compact.json"}},
            },
            "region": {
                "required": ["startLine", "startColumn"],
                "properties": {"startLine": {"minimum": 1}, "startColumn": {"minimum": 1}},
            },
        },
    }
    result = {
        "type": "object",
        "required": ["ruleId", "ruleIndex", "level", "message", "locations"],
        "properties": {
            "ruleId": {"pattern": r"^D-\d\d$"},
            "level": {"enum": ["none", "note", "warning", "error"]},
            "message": {"required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}},
            "locations": {"minItems": 1, "items": {"properties": {"physicalLocation": place}}},
        },
    }
    run = {"required": ["tool", "results"], "properties": {"results": {"minItems": 50, "items": result}}}
    schema = {"properties": {"version": {"const": "2.1.0"}, "runs": {"maxItems": 1, "items": run}}}
    assert list(Draft7Validator(schema).iter_errors(document)) == []
    rules = document["runs"][0]["tool"]["driver"]["rules"]
    assert all(rules[row["ruleIndex"]]["id"] == row["ruleId"] for row in document["runs"][0]["results"])


def test_exceptions_rules_and_exporters_are_read(tmp_path: Path) -> None:
    """Each makes a finding go away, or come."""
    file = written(tmp_path, "shop.json", asking(f"sum(mine:up:sum{{{OURS}}})"))
    rules = tmp_path / "rules.yaml"
    rules.write_text("spec: {groups: [{name: a, rules: [{record: 'mine:up:sum', expr: up}]}]}\n")
    exceptions = tmp_path / "exceptions.yaml"
    exceptions.write_text("- {rule: D-10, dashboard: shop, where: Up.A, reason: one figure}\n")
    codes = [row["code"] for row in json.loads(ran("lint", file, "-o", "json").stdout)["findings"]]
    assert codes == ["D-10", "D-12"]
    assert ran("lint", file, "--rules", str(rules), "--exceptions", str(exceptions)).exit_code == 0
    thanos = written(tmp_path, "thanos.json", asking(f"thanos_compact_halted{{{OURS}}}"))
    assert ran("lint", thanos, "--exporter", "thanos").exit_code == 0
    assert ran("lint", thanos, "--exporter", "kubelet").exit_code == 1


@pytest.mark.parametrize(
    ("option", "content", "message"),
    [
        ("--rules", "[", "is no YAML"),
        ("--rules", "a: 1\n", "holds no groups of rules"),
        ("--exceptions", "a: 1\n", "holds no list of exceptions"),
        ("--exceptions", "- {rule: D-10}\n", "exception 1 does not have the keys"),
        (
            "--exceptions",
            "- {rule: D-10, dashboard: '*', where: a, reason: b}\n",
            "dashboard '*' names nothing",
        ),
        ("--exceptions", "- {rule: D-10, dashboard: a, where: a, reason: ''}\n", "reason '' names nothing"),
        ("--catalogue", "{}", "is no catalogue"),
    ],
)
def test_what_stands_beside_must_be_right(tmp_path: Path, option: str, content: str, message: str) -> None:
    """Nothing is linted before."""
    beside = tmp_path / "beside"
    beside.write_text(content)
    answer = ran("lint", str(EXAMPLE), option, str(beside))
    assert message in str(answer.exception)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Expecting value"),
        (b"{", "Expecting property name"),
        (b'{"panels": [\n"\xff"]}', "it is no text in UTF-8"),
        (b'{"a": 1}', "it is JSON, but no dashboard"),
    ],
)
def test_what_is_no_dashboard_is_a_finding(tmp_path: Path, content: bytes, message: str) -> None:
    """The others are linted all the same."""
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    answer = ran("lint", str(path), str(EXAMPLE))
    assert answer.exit_code == 1
    assert f"broken.json:{content.count(NEWLINE) + 1}:" in answer.stdout
    assert message in answer.stdout
    assert "[D-11]" in answer.stdout


@pytest.mark.parametrize("words", [("nowhere.json",), (".",)])
def test_what_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    """A wrong path, or a folder without dashboards, is a wrong use."""
    monkeypatch.chdir(tmp_path)
    answer = ran("lint", *words)
    assert "nowhere.json is no file" in str(answer.exception) or "no .json file" in str(answer.exception)


def test_unknown_exporter() -> None:
    """With those that there are."""
    answer = ran("lint", str(EXAMPLE), "--exporter", "thanoss")
    assert "no exporter 'thanoss'" in str(answer.exception)


def test_list_and_build(tmp_path: Path) -> None:
    """All of ours, byte for byte as they are linted."""
    listed = json.loads(ran("list", "-o", "json").stdout)["dashboards"]
    assert [f"{row['uid']}.json" for row in listed] == [name for name, _ in files()]
    folder = tmp_path / "new" / "folder"
    assert ran("build", "--folder", str(folder)).exit_code == 0
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == dict(files())


class _Metrics(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = (
            (200, b'# TYPE mine gauge\nmine{a="b"} 1\n') if self.path == "/metrics" else (404, b"no")
        )
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is said."""


def test_a_catalogue_is_captured_and_read(tmp_path: Path) -> None:
    """From an address or a file; then the lint knows the metric."""
    server = HTTPServer(("127.0.0.1", 0), _Metrics)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        answer = ran("catalogue", f"{address}/metrics", "--name", "worker", "--version", "2")
        refused = ran("catalogue", f"{address}/other", "--name", "worker")
    finally:
        server.shutdown()
        server.server_close()
    assert "gives no metrics" in str(refused.exception)
    captured = tmp_path / "worker.json"
    captured.write_text(answer.stdout)
    file = written(tmp_path, "shop.json", asking(f"mine{{{OURS}}}"))
    assert ran("lint", file).exit_code == 1
    assert ran("lint", file, "--catalogue", str(captured)).exit_code == 0
    again = ran("catalogue", str(captured), "--name", "worker")
    assert "is no exposition" in str(again.exception)


def test_the_catalogue_is_listed() -> None:
    """With versions and licences."""
    answer = ran("catalogue")
    assert "thanos" in answer.stdout
    assert "v0.42.4" in answer.stdout
