"""D-17: variables."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.lint.rules import d17_variables
from tests.dashboards.lint.sound import SOURCE, said, sound

CODE = d17_variables.RULE.code


BASE = {
    "name": "namespace",
    "type": "query",
    "datasource": SOURCE,
    "query": 'label_values(kube_namespace_created{cluster=~"$cluster"}, namespace)',
    "refresh": 2,
    "current": {"text": "shop", "value": "shop"},
}
WITHOUT = "it has no value when the dashboard opens"
ALL = "it offers values of all clusters, whatever $cluster is"


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({}, []),
        ({"current": {}}, [WITHOUT]),
        ({"current": {"value": None}}, [WITHOUT]),
        ({"current": {"value": []}}, [WITHOUT]),
        ({"current": {"value": ["a"]}}, []),
        ({"refresh": 1}, ["it is not asked for again when the time changes"]),
        ({"query": "label_values(kube_namespace_created, namespace)"}, [ALL]),
        ({"query": {"query": "label_values(namespace)"}}, [ALL]),
        ({"query": "label_values(up, cluster)"}, []),
        ({"type": "textbox", "query": "", "current": {}}, []),
        ({"type": "custom", "query": "a,b", "current": {}}, []),
        ({"type": "constant", "query": "a", "current": {}}, []),
    ],
)
def test_one_variable(changes: dict[str, Any], messages: list[str]) -> None:
    """By what it is and what it has."""
    document = sound()
    document["templating"]["list"].append({**BASE, **changes})
    assert [message for _, message in said(document, CODE)] == messages


def test_a_chain_of_variables() -> None:
    """Pods of a namespace of a cluster; a circle comes to an end."""
    document = sound()
    pod = {**BASE, "name": "pod", "query": 'label_values(kube_pod_info{namespace="$namespace"}, pod)'}
    document["templating"]["list"] += [BASE, pod]
    assert said(document, CODE) == []
    document["templating"]["list"][2] = {**BASE, "query": 'label_values(x{pod="$pod"}, namespace)'}
    assert said(document, CODE) == [("$namespace", ALL), ("$pod", ALL)]
