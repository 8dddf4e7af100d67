"""`estate explain`: the docs of every key, and of no other."""

from __future__ import annotations

import pytest

from estate.errors import UsageError
from estate.explain import explain
from estate.keys import root
from tests.estate.reference import paths


def test_every_key_can_be_explained() -> None:
    """Each path of the model is found and has a type; each named key has docs."""
    every = list(paths(root()))
    assert len(every) > 70
    for path, kind, _ in every:
        rows = explain(path)
        assert all(row.type for row in rows), path
        if not path.endswith("*") and not path.endswith(".kind"):
            assert all(row.docs for row in rows), path
        assert not kind or any(row.where == f"kind: {kind}" for row in rows), path


def test_a_value_is_explained_whole() -> None:
    """Type, rule, default and docs of one key, by the name of a row as well as by `*`."""
    (row,) = explain("clusters.prod-weu.prometheus.retention")
    assert row.document() == {
        "path": "clusters.*.prometheus.retention",
        "where": "",
        "type": "duration",
        "rule": "numbers with units of y, w, d, h, m, s, largest first, such as 30s or 1h30m",
        "required": False,
        "default": "24h",
        "docs": "How long samples stay on the cluster's own disk.\n\n"
        "At least 6h, which is three blocks; from 24h on, a night without uploads loses nothing.",
        "keys": [],
    }
    assert explain("clusters.*.prometheus.retention") == (row,)


def test_a_group_lists_its_keys() -> None:
    """With type, default and a sentence each."""
    (row,) = explain("metrics.store")
    assert row.keys == (
        ("account", "storage account name", "required", "Storage account name"),
        ("container", "blob container name", "required", "Blob container name"),
        (
            "identity",
            "identity",
            "workload",
            "`workload` for workload identity, or a reference to the account's connection string",
        ),
        (
            "client_id",
            "id",
            "",
            "Client id of the managed identity that may read and write the container, for workload identity",
        ),
    )


def test_what_depends_on_the_kind_is_said_for_each() -> None:
    """`metrics` of an exporter is two things; what all kinds share is one."""
    assert [row.where for row in explain("exporters.orders.metrics")] == ["kind: azure", "kind: json"]
    assert [row.where for row in explain("exporters.orders.interval")] == [""]
    assert [row.where for row in explain("exporters.orders")] == [
        "",
        "kind: azure",
        "kind: json",
        "kind: estate",
    ]


@pytest.mark.parametrize(
    ("path", "message", "remedy"),
    [
        ("metrics.stroe", "there is no key 'stroe' under metrics", "did you mean store?"),
        ("exporters.x.urls", "there is no key 'urls' under exporters.*", "did you mean url?"),
        ("hub.name", "there is no key 'name' under hub: nothing stands below it", ""),
        ("gateways", "gateways is kept for a module that is not there yet", ""),
        ("local.x", "there is no key 'x' under local", "write one of replace, fleet, grafana"),
        (".", "there is no key ''", "there are apiVersion, name, "),
    ],
)
def test_unknown_paths_are_refused_with_the_closest(path: str, message: str, remedy: str) -> None:
    """The part that is wrong is named, and what is there."""
    with pytest.raises(UsageError) as caught:
        explain(path)
    assert caught.value.message == message
    assert caught.value.remedy.startswith(remedy)
    assert caught.value.exit_code == 2
