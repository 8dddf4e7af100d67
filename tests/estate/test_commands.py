"""The commands: what they print and how they exit."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner, Result

from estate.errors import UsageError
from estate.schema import schema
from estate.source import LIMIT_BYTES
from singlepane.commands import check, estate
from tests.estate.bad import FOLDER, inside
from tests.estate.fuzz import EXAMPLE

app = typer.Typer()
app.command()(check.check)
app.add_typer(estate.app, name="estate")


def run(*words: str) -> Result:
    """Run the command line with these words."""
    return CliRunner().invoke(app, list(words), env={"NO_COLOR": "1"})


def test_check_of_a_valid_estate() -> None:
    """Exit 0, nothing on stdout, and a word on stderr."""
    result = run("check", str(EXAMPLE))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"{EXAMPLE}: valid\n")


def test_check_prints_all_findings_and_exits_with_2() -> None:
    """One line each with place, key, sentence and code; the fix below it."""
    with inside(FOLDER):
        result = run("check", "value-kinds-unknown.yaml")
    assert result.exit_code == 2
    assert result.stdout == (
        "value-kinds-unknown.yaml:12:21: error: exporters.inventory.kind: "
        "'estates' is not allowed here [not-allowed]\n"
        "    did you mean estate?\n"
        "value-kinds-unknown.yaml:14:30: error: alerts.receivers.oncall.kind: "
        "'pager' is not allowed here [not-allowed]\n"
        "    did you mean pagerduty?\n"
    )
    assert result.stderr == "value-kinds-unknown.yaml: not valid, 2 errors\n"


def test_warnings_do_not_fail() -> None:
    """Exit 0, with the warnings printed."""
    with inside(FOLDER):
        result = run("check", "unused-rows.yaml")
    assert result.exit_code == 0
    assert result.stdout.count("warning") == 3
    assert result.stderr == "unused-rows.yaml: valid, 3 warnings\n"


def test_check_as_json() -> None:
    """One document on stdout, also where the file is missing."""
    with inside(FOLDER):
        result = run("check", "nothing.yaml", "-o", "json")
    assert result.exit_code == 2
    assert json.loads(result.stdout) == {
        "findings": [
            {
                "code": "file-missing",
                "severity": "error",
                "file": "nothing.yaml",
                "line": 0,
                "column": 0,
                "path": "",
                "message": "there is no such file",
                "fix": "check the path",
            }
        ]
    }
    assert json.loads(run("check", str(EXAMPLE), "-o", "json").stdout) == {"findings": []}


def test_check_of_several_files_says_each_verdict() -> None:
    """All are read, and one that is not valid makes the exit code."""
    with inside(FOLDER):
        result = run("check", str(EXAMPLE), "nothing.yaml", "unused-rows.yaml")
    assert result.exit_code == 2
    assert result.stderr == (
        f"{EXAMPLE}: valid\nnothing.yaml: not valid, 1 error\nunused-rows.yaml: valid, 3 warnings\n"
    )


def test_check_reads_standard_input() -> None:
    """`-` is the text that comes through a pipe; what it includes lies beside the current folder."""
    text = EXAMPLE.read_text().replace("hub: hub-weu", "hub: hub-wue")
    result = CliRunner().invoke(app, ["check", "-"], input=text, env={"NO_COLOR": "1"})
    assert result.exit_code == 2
    assert result.stdout.startswith("<stdin>:20:6: error: hub: there is no cluster 'hub-wue'")
    assert result.stderr == "<stdin>: not valid, 1 error\n"


def test_standard_input_is_bounded() -> None:
    """As a file is: nothing without end is kept."""
    endless = "a: b\n" * (LIMIT_BYTES // 5 + 1)
    result = CliRunner().invoke(app, ["check", "-"], input=endless, env={"NO_COLOR": "1"})
    assert result.exit_code == 2
    assert "[file-too-large]" in result.stdout


def test_check_as_sarif() -> None:
    """Version 2.1.0 as its specification has it: one run, rules by index, places in code points."""
    with inside(FOLDER):
        result = run("check", "value-kinds-unknown.yaml", "nothing.yaml", "-o", "sarif")
    document = json.loads(result.stdout)
    (ran,) = document["runs"]
    assert (result.exit_code, document["version"], ran["columnKind"]) == (2, "2.1.0", "unicodeCodePoints")
    assert ran["tool"]["driver"]["rules"] == [{"id": "file-missing"}, {"id": "not-allowed"}]
    first, _, missing = ran["results"]
    assert first == {
        "ruleId": "not-allowed",
        "ruleIndex": 1,
        "level": "error",
        "message": {
            "text": "exporters.inventory.kind: 'estates' is not allowed here; did you mean estate?",
        },
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "value-kinds-unknown.yaml"},
                    "region": {"startLine": 12, "startColumn": 21},
                }
            }
        ],
    }
    assert missing["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "nothing.yaml"}}}]


def test_schema_is_printed() -> None:
    """As one JSON document."""
    result = run("estate", "schema")
    assert (result.exit_code, json.loads(result.stdout)) == (0, schema())


def test_explain_prints_a_value() -> None:
    """Path, docs and facts as plain lines."""
    result = run("estate", "explain", "clusters.*.prometheus.replicas")
    assert result.stdout == (
        "clusters.*.prometheus.replicas\n"
        "Identical Prometheus servers; 2 makes a high-availability pair that Query deduplicates.\n"
        "\n"
        "type      whole number\n"
        "legal     at least 1, at most 4\n"
        "default   1\n"
        "required  no\n"
    )


def test_explain_prints_a_group_with_its_keys() -> None:
    """And without a path the whole file."""
    result = run("estate", "explain", "alerts.heartbeat")
    assert [line.rstrip() for line in result.stdout.splitlines()] == [
        "alerts.heartbeat",
        "The dead man's switch.",
        "",
        "type      group of keys",
        "required  yes",
        "",
        "key       type      default   what it is",
        "receiver  name      required  Receiver of the heartbeats",
        "every     duration  1m        How often a heartbeat is sent",
    ]
    assert "the estate file" in run("estate", "explain").stdout


def test_explain_as_json() -> None:
    """A list of explanations, because a key may be several things."""
    document = json.loads(run("estate", "explain", "exporters.*.metrics", "-o", "json").stdout)
    assert [row["where"] for row in document["explanations"]] == ["kind: azure", "kind: json"]


def test_explain_of_an_unknown_path() -> None:
    """It is a wrong usage, which main turns into a sentence and exit code 2."""
    result = run("estate", "explain", "clusters.*.regoin")
    assert isinstance(result.exception, UsageError)
    assert result.exception.remedy == "did you mean region?"


@pytest.mark.parametrize(
    "words", [("check", "--help"), ("estate", "--help"), ("estate", "explain", "--help")]
)
def test_help_teaches(words: tuple[str, ...]) -> None:
    """Each help has an example or names what it leads to."""
    result = run(*words)
    assert result.exit_code == 0
    assert "xample" in result.stdout or "explain" in result.stdout


def test_a_target_says_what_matters_there() -> None:
    """Right on one machine, and no address where others reach it: an error on clusters alone."""
    folder = FOLDER.parents[1] / "checks" / "addresses"
    with inside(folder):
        here, there = (run("check", "failing.yaml", "--target", target) for target in ("local", "kubernetes"))
    assert (here.exit_code, here.stdout, here.stderr) == (0, "", "failing.yaml: valid\n")
    assert (there.exit_code, there.stderr) == (2, "failing.yaml: not valid, 3 errors\n")
    assert "failing.yaml:10:3: error: clusters.hub-weu.kubernetes: 'hub-weu' has no address" in there.stdout
