"""The charts `workload` and `metrics`: values in, the same objects out, nothing between."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from tests.charts.helm import CHARTS, NAMESPACE, helm, objects, refusal, rendered

THIN = ("metrics", "workload")
CLUSTER_SCOPED = {"ClusterRole", "ClusterRoleBinding"}
OURS = {"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/part-of": "singlepane"}
# Each of them is another type in one of the versions of YAML, or breaks a careless writer.
ODD = (
    "yes", "on", "n", "null", "~", "", " ", "0123", "0o17", "0x1F", "1e3", "12e03", "1_000", "12:30:45",
    ".5", "+1", "2026-07-01", "2026-07-01T10:00:00Z", "=", "!!str x", "&a", "*a", "%x", "@x", "`x", "- x",
    "? x", "a: b", "a #b", "# a", "'", '"', "\\", "{{ .Values.objects }}", "{{ $labels.cluster }}", "a\nb",
    "a\nb\n", "a\n\n", "\na", "  a\n b\n", "---", "a\n---\nb: c\n---\n", "...", "a\tb", "\ta", "a\r\nb",
    "é 😀 \u2028 \u00a0", "x" * 300, "word " * 60, "1" * 30, "a: |\n  b\n",
)  # fmt: skip
# What may be the name of a file in a ConfigMap.
KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")


def kinds(chart: str) -> dict[str, dict[str, str]]:
    """The chart's table."""
    table: dict[str, dict[str, str]] = yaml.safe_load((CHARTS / chart / "kinds.yaml").read_text())
    return table


class Quoted(yaml.SafeDumper):
    """Writes every text in quotes: what PyYAML leaves without, such as `n` and `1e3`, is no text to Helm."""


Quoted.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, '"'))


def given(*objects: Any, **more: Any) -> str:
    """A values file."""
    return yaml.dump({"objects": list(objects), **more}, Dumper=Quoted)


@pytest.mark.parametrize("chart", THIN)
def test_every_kind_gets_its_api_version_and_place(chart: str) -> None:
    """And those of the whole cluster have no namespace."""
    text = rendered(chart, given(*({"kind": kind, "name": "a"} for kind in kinds(chart))))
    assert {each["kind"]: each for each in objects(text)} == {
        kind: {
            "apiVersion": row["apiVersion"],
            "kind": kind,
            "metadata": {
                "name": "a",
                "labels": OURS,
                **({} if kind in CLUSTER_SCOPED else {"namespace": NAMESPACE}),
            },
        }
        for kind, row in kinds(chart).items()
    }


@pytest.mark.parametrize("chart", THIN)
def test_the_schema_allows_the_kinds_of_the_table_and_never_a_secret(chart: str) -> None:
    """The list stands in two files, once for each reader."""
    schema = json.loads((CHARTS / chart / "values.schema.json").read_text())
    allowed = schema["properties"]["objects"]["items"]["properties"]["kind"]["enum"]
    assert allowed == sorted(kinds(chart))
    assert "Secret" not in allowed


def test_both_charts_write_objects_in_the_same_way() -> None:
    """They differ in the kinds that they allow, and in nothing else."""
    for name in ("templates/objects.yaml", "values.yaml"):
        assert (CHARTS / "metrics" / name).read_text() == (CHARTS / "workload" / name).read_text()
    schemas = [json.loads((CHARTS / chart / "values.schema.json").read_text()) for chart in THIN]
    for schema in schemas:
        schema.pop("title")
        schema["properties"]["objects"]["items"]["properties"].pop("kind")
    assert schemas[0] == schemas[1]


def test_what_an_object_holds_is_not_touched() -> None:
    """Numbers, empty values, text that looks like a template or like another type."""
    spec = {
        "replicas": 0,
        "big": 10_000_000,
        "larger": 2**53,
        "share": 0.25,
        "off": False,
        "nothing": None,
        "empty": {"list": [], "group": {}, "text": ""},
        "texts": list(ODD),
        "keys": {each: each for each in ODD if KEY.fullmatch(each)},
    }
    (only,) = objects(rendered("workload", given({"kind": "Deployment", "name": "a", "spec": spec})))
    assert only["spec"] == spec


@pytest.mark.parametrize("odd", ["a\n", "a", " ", "", "a\nb\n", "a\nb"])
def test_the_last_line_of_an_object_is_not_touched(odd: str) -> None:
    """A line break at its end is part of the text."""
    text = rendered(
        "workload", given({"kind": "Job", "name": "a", "spec": {"z": odd}}, {"kind": "Job", "name": "b"})
    )
    assert objects(text)[0]["spec"] == {"z": odd}


def test_labels_of_an_object_go_before_common_ones() -> None:
    """Who manages it is always Helm: it refuses to touch what says otherwise."""
    text = rendered(
        "metrics",
        given(
            {
                "kind": "Probe",
                "name": "a",
                "labels": {"team": "shop", "app.kubernetes.io/managed-by": "me"},
                "annotations": {"note": "a"},
            },
            {"kind": "Probe", "name": "b"},
            commonLabels={"team": "platform", "app.kubernetes.io/part-of": "pane", "tier": "1"},
        ),
    )
    a, b = (each["metadata"] for each in objects(text))
    common = {"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/part-of": "pane", "tier": "1"}
    assert a == {
        "name": "a",
        "namespace": NAMESPACE,
        "labels": {**common, "team": "shop"},
        "annotations": {"note": "a"},
    }
    assert b == {"name": "b", "namespace": NAMESPACE, "labels": {**common, "team": "platform"}}


def test_no_label_changes_with_the_version_of_the_chart() -> None:
    """Or each new version would change every object."""
    version = yaml.safe_load((CHARTS / "workload" / "Chart.yaml").read_text())["version"]
    text = rendered("workload", given({"kind": "Service", "name": "a", "spec": {}}))
    assert "helm.sh/chart" not in text
    assert version not in text


JOB = {"kind": "Job", "name": "a"}
KINDS = "'" + "', '".join(sorted(kinds("workload"))) + "'"
REFUSED: dict[str, tuple[list[dict[str, Any]], str]] = {
    "a secret": (
        [{"kind": "Secret", "name": "a"}],
        f"at '/objects/0/kind': value must be one of {KINDS}",
    ),
    "a kind of the other chart": (
        [{"kind": "Prometheus", "name": "a"}],
        f"at '/objects/0/kind': value must be one of {KINDS}",
    ),
    "a misspelt key": ([{**JOB, "sepc": {}}], "at '/objects/0': additional properties 'sepc' not allowed"),
    "Kubernetes' own form": (
        [{**JOB, "metadata": {"namespace": "b"}}],
        "at '/objects/0': additional properties 'metadata' not allowed",
    ),
    "no name": ([JOB, {"kind": "Job"}], "at '/objects/1': missing property 'name'"),
    "a name in capitals": (
        [{**JOB, "name": "A"}],
        "at '/objects/0/name': 'A' does not match pattern '^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$'",
    ),
    "a label that is no text": (
        [{**JOB, "labels": {"tier": 1}}],
        "at '/objects/0/labels/tier': got number, want string",
    ),
    "data that is no text": (
        [{"kind": "ConfigMap", "name": "a", "data": {"b": {}}}],
        "at '/objects/0/data/b': got object, want string",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_by_the_schema(what: str) -> None:
    """Each with its place, before anything is sent."""
    objects, line = REFUSED[what]
    assert refusal("workload", given(*objects)) == (
        "Error: values don't meet the specifications of the schema(s) in the following chart(s):\n"
        f"workload:\n- {line}\n\n"
    )


def test_a_misspelt_value_is_refused() -> None:
    """Helm itself would take no notice of it."""
    assert "at '': additional properties 'commonLables' not allowed" in refusal(
        "metrics", given(commonLables={"a": "b"})
    )


def test_two_objects_of_one_kind_and_name_are_refused() -> None:
    """Helm would apply both, one after the other, and say that all is well."""
    assert refusal("workload", given(JOB, {"kind": "CronJob", "name": "a"}, {**JOB, "spec": {}})) == (
        "Error: execution error at (workload/templates/objects.yaml:6:4): objects: Job a stands there twice;"
        " the second would take the place of the first\n\nUse --debug flag to render out invalid YAML\n"
    )


@pytest.mark.parametrize("chart", THIN)
def test_the_linter_finds_nothing(chart: str) -> None:
    """Helm's own, which takes warnings for errors; a chart without an icon is fine."""
    done = helm("lint", "--strict", str(CHARTS / chart))
    assert (done.returncode, re.findall(r"\[(?:WARNING|ERROR)\].*", done.stdout)) == (0, []), done.stdout


@pytest.mark.parametrize("chart", THIN)
def test_the_example_of_the_page_is_rendered(chart: str) -> None:
    """And every value has its line on the page."""
    page = (CHARTS / chart / "README.md").read_text()
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert len(objects(rendered(chart, example))) == len(yaml.safe_load(example)["objects"])
    values = yaml.safe_load((CHARTS / chart / "values.yaml").read_text())
    assert [name for name in values if f"| `{name}` |" not in page] == []


@pytest.mark.parametrize("chart", THIN)
def test_as_a_part_of_another_chart(chart: str) -> None:
    """Helm then gives it values of its own under `global`."""
    assert len(objects(rendered(chart, given({"kind": "Service", "name": "a"}, **{"global": {"a": 1}})))) == 1
