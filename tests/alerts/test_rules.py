"""What holds for all rules: labels, links, scopes; and that the engines read them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from promql_parser import parse

from alerts.rules import CONTENTS, FOLDER, rule_files
from dashboards.render import documents
from deploy import cluster_wiring
from deploy.engines import find
from estate.components import Address, Text
from estate.model import Estate
from estate.quantities import seconds
from tests.alerts import reference
from tests.alerts.rendered import AT_ONCE, BASE_URL, RUNBOOKS, alerts, example, rules, write

# Dashboards by uid, with the names of their variables.
UIDS = {
    row["uid"]: {variable["name"] for variable in row["templating"]["list"]} for row in documents().values()
}
SEVERITIES = {"critical", "warning", "info", "none"}
EVERY = pytest.mark.parametrize("name", sorted(alerts()))


def test_every_content_file_is_registered() -> None:
    """No file lies in the content folder that nobody loads, and none is loaded twice."""
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(content.name for content in CONTENTS)


def test_groups_are_named_after_their_file() -> None:
    """One name everywhere: the group a person sees is the file to open."""
    assert [group["name"] for file in rules() for group in file.document["groups"]] == [
        content.name for content in CONTENTS
    ]


def test_alert_names_are_unique() -> None:
    """A runbook, a test file and a silence mean one alert."""
    names = [
        rule["alert"]
        for file in rules()
        for group in file.document["groups"]
        for rule in group["rules"]
        if "alert" in rule
    ]
    assert sorted(names) == sorted(set(names))


@EVERY
def test_labels_and_annotations(name: str) -> None:
    """Every alert says how bad it is, whose it is, what it is about, and where to read on."""
    file, rule = alerts()[name]
    assert re.fullmatch(r"([A-Z][a-z0-9]+)+", name)
    assert rule["labels"].keys() >= {"severity", "team", "component"}
    assert rule["labels"]["severity"] in SEVERITIES
    assert list(rule["annotations"]) == ["summary", "description", "runbook_url", "dashboard_url"]
    assert rule["annotations"]["runbook_url"] == f"{BASE_URL}/runbooks/{name}"
    cluster = "$labels.cluster" if file.scope == "global" else "$externalLabels.cluster"
    start = rule["annotations"]["dashboard_url"].removeprefix(f"{BASE_URL}/dashboards/")
    uid, _, chosen = start.partition("?")
    assert uid in UIDS
    assert chosen.startswith(f"var-cluster={{{{ {cluster} }}}}")
    assert ("&var-namespace=" in chosen) == ("namespace" in UIDS[uid])
    assert "for" in rule or name in AT_ONCE


@EVERY
def test_texts_name_the_cluster_that_is_known(name: str) -> None:
    """Series of a cluster have no label `cluster` at home: `$labels.cluster` would be empty there."""
    file, rule = alerts()[name]
    texts = " ".join(rule["annotations"].values())
    assert ("$externalLabels" if file.scope == "global" else "$labels.cluster") not in texts


@EVERY
def test_no_value_in_labels(name: str) -> None:
    """A label with the value would make a new alert at every evaluation."""
    assert "$value" not in " ".join(alerts()[name][1]["labels"].values())


@EVERY
def test_no_bare_absent(name: str) -> None:
    """`absent` is blind across clusters: one that is there hides all that are not."""
    assert "absent(" not in alerts()[name][1]["expr"]


@EVERY
def test_cluster_is_kept(name: str) -> None:
    """No aggregation drops `cluster`, so that the rule still says which one when asked over all clusters."""
    for grouping in re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", alerts()[name][1]["expr"]):
        assert "cluster" in [label.strip() for label in grouping.split(",")]
    assert "without (cluster" not in alerts()[name][1]["expr"]


@EVERY
def test_no_alert_is_about_what_is_left_of_a_target(name: str) -> None:
    """A value is seen for five minutes after its target was lost: an alert lasts longer, looks at a range,
    asks whether the target is up, or is about other clusters.

    Prometheus 3.14.0 leaves what it read before visible where a scrape is refused while it is read.
    """
    file, rule = alerts()[name]
    lasts = seconds(rule["for"]) if "for" in rule else 0
    asks = re.search(r"\[\w+\]|\bup\b|:\w+_rate", rule["expr"])
    assert lasts > 300 or asks or file.scope == "global" or name in AT_ONCE


def test_at_most_a_third_pages() -> None:
    """Who is woken for everything is woken for nothing: at most 35 % critical, Watchdog aside."""
    severities = [rule["labels"]["severity"] for _, rule in alerts().values()]
    real = [severity for severity in severities if severity != "none"]
    assert real.count("critical") <= max(2, 0.35 * len(real))


@EVERY
def test_alert_has_a_runbook(name: str) -> None:
    """The page of the link exists, says how bad it is, and has what a person needs in this order."""
    text = (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8")
    assert text.splitlines()[0] == f"# {name}"
    rule = alerts()[name][1]
    said = re.match(r"Severity (\w+)(?:, after (\d+ \w+)\.)?", text.splitlines()[2])
    assert said and said[1] == rule["labels"]["severity"]
    assert said[2] is None or said[2] == _spoken(rule["for"])
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Meaning", "Impact", "Diagnosis", "Mitigation"]


def _spoken(duration: str) -> str:
    unit = {"m": "minute", "h": "hour", "d": "day"}[duration[-1]]
    return f"{duration[:-1]} {unit}{'' if duration[:-1] == '1' else 's'}"


def test_every_runbook_is_about_an_alert() -> None:
    """No page of a renamed or removed alert is left."""
    assert sorted(path.stem for path in RUNBOOKS.glob("*.md")) == sorted(alerts())


def test_docs_list_every_alert_as_it_is() -> None:
    """The tables of docs/alerts.md are those of the rules; `python -m tests.alerts.reference` writes them."""
    _, tables, _ = reference.parts(reference.PAGE.read_text(encoding="utf-8"))
    assert tables == reference.table()


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*.md")), ids=lambda path: path.stem)
def test_queries_of_a_runbook_parse(page: Path) -> None:
    """At three in the morning nobody repairs a query: every promql block parses."""
    blocks = re.findall(r"```promql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        parse(block)


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*.md")), ids=lambda path: path.stem)
def test_links_of_a_runbook_lead_somewhere(page: Path) -> None:
    """Links to other pages are to pages that exist."""
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_dashboards_are_those_of_grafana_where_people_reach_one() -> None:
    """In clusters with a Grafana that has an address, an alert leads there; its runbook stays ours."""
    document = example().model_dump(by_alias=True)
    document["grafana"] = {"url": "https://grafana.example/"}
    found = cluster_wiring.rule_files(Estate.model_validate(document))
    rule = next(file for file in found if file.name == "prometheus").document["groups"][0]["rules"][0]
    assert rule["annotations"]["dashboard_url"].startswith(
        "https://grafana.example/d/singlepane-prometheus?var-cluster={{ $externalLabels.cluster }}"
    )
    assert rule["annotations"]["runbook_url"].startswith("http://server.")


def test_links_may_wait_for_an_address() -> None:
    """Without a base URL, links lead to the singlepane server, wherever the target puts it."""
    links: list[Any] = [
        rule["annotations"]["runbook_url"]
        for file in rule_files(example())
        for group in file.document["groups"]
        for rule in group["rules"]
        if rule.get("alert") == "TargetDown"
    ]
    assert links == [Text(("http://", Address("server", "http"), "/runbooks/TargetDown"))]


def test_prometheus_reads_them(tmp_path: Path) -> None:
    """promtool finds no error and no lint in what a Prometheus loads."""
    everywhere = {content.name for content in CONTENTS if content.scope == "global"}
    local = [path for path in write(tmp_path, for_promtool=False) if path.stem not in everywhere]
    done = subprocess.run(
        [find("promtool"), "check", "rules", "--lint=all", "--lint-fatal", *local],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_thanos_reads_them(tmp_path: Path) -> None:
    """Thanos finds no error in any, its own key for partial responses included."""
    paths = write(tmp_path, for_promtool=False)
    done = subprocess.run(
        [find("thanos"), "tools", "rules-check", *(f"--rules={path}" for path in paths)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "partial_response_strategy: warn" in (tmp_path / "clusters.yaml").read_text()
