"""The same releases as Applications of Argo CD."""

from __future__ import annotations

import yaml

from deploy.targets.kubernetes.rendering import texts
from deploy.targets.kubernetes.rendering.argocd import Repository, applications
from deploy.targets.kubernetes.rendering.render import render
from tests.kubernetes.estates import shop, wish


def test_each_release_is_an_application_in_its_wave() -> None:
    """Definitions come first, then the operator, then Prometheus, and each names a file that is rendered."""
    (rendering,) = render(wish(shop()), ("prod-weu",))
    repository = Repository("https://git.example/rendered.git", path="/clusters/")
    rows = list(applications(rendering, repository))
    waves = [(each["metadata"]["name"], each["metadata"]["annotations"]) for each in rows]
    assert [(name, next(iter(values.values()))) for name, values in waves[:4]] == [
        ("prod-weu-definitions", "-2"),
        ("prod-weu-prometheus-operator", "-1"),
        ("prod-weu-metrics", "0"),
        ("prod-weu-kube-state-metrics", "1"),
    ]
    assert {each["spec"]["source"]["path"] for each in rows} == {"clusters/prod-weu"}
    files = dict(texts.of([rendering]))
    included = [each["spec"]["source"]["directory"]["include"] for each in rows[1:]]
    assert all(f"prod-weu/{name}" in files for name in included)
    assert len(dict(waves)) == len(waves)


def test_applications_and_definitions_are_written_beside_the_releases() -> None:
    """One file of Applications for each cluster; nothing is pruned by itself."""
    definitions = [{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}]
    made = dict(
        texts.for_argocd(wish(shop()), ("hub-weu",), definitions, Repository("https://git.example/r"))
    )
    assert sorted(made) == ["argocd/hub-weu.yaml", "hub-weu/definitions.yaml"]
    rows = list(yaml.safe_load_all(made["argocd/hub-weu.yaml"]))
    assert {each["spec"]["syncPolicy"]["automated"]["prune"] for each in rows} == {False}
