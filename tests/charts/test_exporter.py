"""The chart `exporter`: what comes of values, compared whole, and what is written into it is current."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from dashboards.content.exporters import DASHBOARD
from deploy.charts.schema import schema
from deploy.charts.values import ChartValues
from deploy.charts.written import files
from deploy.engines import find
from exporters.configuration.load import load
from tests.charts.golden import CASES, DATA
from tests.charts.golden import objects as written
from tests.charts.helm import CHARTS, NAMES, helm, objects, rendered
from tests.exporters.configuration.test_config import GOOD

CHART = CHARTS / "exporter"
MINIMAL = (DATA / "minimal.values.yaml").read_text()
RUNBOOKS = CHARTS.parent / "docs" / "runbooks"
OPERATOR = "monitoring.coreos.com/v1"
EXAMPLE = CHARTS.parent / "examples" / "exporter" / "exporter.yaml"
PARTS = [
    shown
    for page in ("configuration", "probe", "service")
    for shown in re.findall(
        r"```yaml\n(.*?)```", (CHARTS.parent / "docs" / "exporters" / f"{page}.md").read_text(), re.DOTALL
    )
    if re.match(r"(apiVersion|tenants|azure|modules|exporters|allowed_hosts):", shown)
]
OPERATED = {"ServiceMonitor", "PrometheusRule"}


def kinds(values: str, *options: str) -> set[str]:
    """The kinds of what is rendered."""
    return {each["kind"] for each in objects(rendered("exporter", values, *options))}


@pytest.mark.parametrize("name", files())
def test_what_is_written_into_the_chart_is_current(name: str) -> None:
    """`python -m tests.charts.golden` writes it anew."""
    assert (CHART / name).read_text(encoding="utf-8") == files()[name]


@pytest.mark.parametrize("case", CASES)
def test_what_comes_of_values(case: str) -> None:
    """Every object, compared whole."""
    assert written(case) == (DATA / f"{case}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_the_linter_finds_nothing(case: str) -> None:
    """Helm's own, which takes warnings for errors; a chart without an icon is fine."""
    done = helm("lint", "--strict", str(CHART), "--values", str(DATA / f"{case}.values.yaml"))
    assert (done.returncode, re.findall(r"\[(?:WARNING|ERROR)\].*", done.stdout)) == (0, []), done.stdout


def test_the_full_case_sets_every_value() -> None:
    """All but those that would take each other's place."""
    full = yaml.safe_load((DATA / "full.values.yaml").read_text())
    others = [yaml.safe_load((DATA / f"{case}.values.yaml").read_text()) for case in CASES]
    set_somewhere = {key for values in (full, *others) for key in values}
    left = {field.alias or name for name, field in ChartValues.model_fields.items()} - set_somewhere
    # nameOverride has a test of its own below; both security contexts are held by every case.
    assert left == {"nameOverride", "podSecurityContext", "securityContext"}


@pytest.mark.parametrize("chart", NAMES)
def test_the_version_is_that_of_the_package(chart: str) -> None:
    """One version for the program, its image and its charts."""
    about = yaml.safe_load((CHARTS / chart / "Chart.yaml").read_text())
    assert (about["name"], about["version"], about["appVersion"]) == (
        chart,
        version("singlepane"),
        version("singlepane"),
    )


def test_the_ten_lines_of_the_page_are_the_minimal_case() -> None:
    """What most people will copy is what is compared."""
    page = (CHART / "README.md").read_text()
    assert re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0] == MINIMAL


def test_monitors_and_rules_are_there_where_the_cluster_knows_them() -> None:
    """Each by itself, as the cluster says that it has its kind; unless values decide."""
    known = [f"--api-versions={OPERATOR}/{kind}" for kind in sorted(OPERATED)]
    assert kinds(MINIMAL) & OPERATED == set()
    assert kinds(MINIMAL, *known) & OPERATED == OPERATED
    assert kinds(MINIMAL, known[0]) & OPERATED == {"PrometheusRule"}
    off = MINIMAL + "serviceMonitor: {enabled: false}\nprometheusRule: {enabled: false}\n"
    assert kinds(off, *known) & OPERATED == set()


def test_the_dashboard_is_found_by_grafanas_sidecar() -> None:
    """As one file, which is the document of the chart; All takes series without a cluster too."""
    found = objects(rendered("exporter", MINIMAL))
    (made,) = [each for each in found if each["metadata"]["name"].endswith("-dashboards")]
    assert made["metadata"]["labels"]["grafana_dashboard"] == "1"
    name = f"{DASHBOARD.uid}.json"
    assert list(made["data"]) == [name]
    assert made["data"][name] == (CHART / "dashboards" / name).read_text()
    (cluster,) = [
        each for each in json.loads(made["data"][name])["templating"]["list"] if each["name"] == "cluster"
    ]
    assert cluster["allValue"] == ".*"


def test_the_rules_are_read_by_prometheus() -> None:
    """Every alert of an exporter, none with a sentence that only an estate can end."""
    checked = subprocess.run(
        [find("promtool"), "check", "rules", str(CHART / "rules.yaml")],
        capture_output=True,
        text=True,
        check=False,
    )
    text = (CHART / "rules.yaml").read_text()
    assert (checked.returncode, f"{text.count('- alert:')} rules found" in checked.stdout) == (0, True)
    assert "externalLabels" not in text
    assert [
        name for name in re.findall(r"- alert: (\w+)", text) if not (RUNBOOKS / f"{name}.md").exists()
    ] == []


@pytest.mark.parametrize(
    ("release", "values", "name"),
    [
        ("azure", "", "azure-exporter"),
        ("exporter", "", "exporter"),
        ("azure-exporter-2", "", "azure-exporter-2"),
        ("azure", "nameOverride: reader\n", "azure-reader"),
        ("azure", "fullnameOverride: reader\n", "reader"),
        ("a" * 50, "", "a" * 50 + "-e"),
        ("a" * 51, "", "a" * 51),
    ],
)
def test_names(release: str, values: str, name: str) -> None:
    """At most 52 characters: a StatefulSet adds eleven to tell revisions apart, and a label holds 63."""
    text = rendered("exporter", MINIMAL + values, release=release)
    (workload,) = [each for each in objects(text) if each["kind"] == "Deployment"]
    assert workload["metadata"]["name"] == name


def test_a_changed_configuration_rolls_the_pods() -> None:
    """And a change of anything else in the ConfigMap's surroundings does not."""

    def template(values: str) -> object:
        found = objects(rendered("exporter", values))
        return next(each for each in found if each["kind"] == "Deployment")["spec"]["template"]

    assert template(MINIMAL) == template(MINIMAL + "service: {annotations: {a: b}}\n")
    assert template(MINIMAL) != template(MINIMAL.replace("ServiceApiLatency", "ServiceApiHit"))
    tls = MINIMAL + "tls: {existingSecret: a}\n"
    assert template(tls) != template(tls.replace("a}", "a, clientCa: true}"))


def test_no_list_of_a_network_policy_is_empty() -> None:
    """The API server counts a policy with one as changed at each upgrade (seen on Kubernetes 1.36.3)."""
    for values in ("", "  egress: []\n  from: []\n", "  from: [{podSelector: {}}]\n"):
        text = rendered("exporter", f"{MINIMAL}networkPolicy:\n  enabled: true\n{values}")
        (policy,) = [each for each in objects(text) if each["kind"] == "NetworkPolicy"]
        assert "[]" not in json.dumps(policy)


@pytest.mark.parametrize("case", ["minimal", "full", "shards", "tls"])
def test_the_exporter_takes_its_configuration(case: str, tmp_path: Path) -> None:
    """Without an error: what the schema lets through, the exporter reads."""
    found = objects(written(case))
    text = next(each["data"]["exporter.yaml"] for each in found if "exporter.yaml" in each.get("data", {}))
    file = tmp_path / "exporter.yaml"
    file.write_text(text)
    assert load(file).exporters


@pytest.mark.parametrize("text", [GOOD, EXAMPLE.read_text(), *PARTS], ids=lambda text: text[:40])
def test_what_the_exporter_reads_the_schema_lets_through(text: str) -> None:
    """A configuration with every kind of row, the example, and those that pages show."""
    errors = list(Draft202012Validator(schema()).iter_errors({"config": yaml.safe_load(text)}))
    assert [error.message for error in errors] == []


def test_the_schema_is_one() -> None:
    """It holds to its dialect, and every key has a sentence, which editors show."""
    document = schema()
    Draft202012Validator.check_schema(document)
    bare = [
        f"{name}.{key}"
        for name, row in {**document["$defs"], "": document}.items()
        for key, value in row.get("properties", {}).items()
        if not {"description", "$ref"} & set(value) and key != "kind"
    ]
    assert bare == []


def test_as_a_part_of_another_chart() -> None:
    """Helm then gives it values of its own under `global`."""
    assert kinds(MINIMAL + "global: {a: 1}\n") == kinds(MINIMAL)
