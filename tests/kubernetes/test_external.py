"""Secrets of key vaults are read in the cluster by External Secrets, where the estate says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.targets.kubernetes.rendering.render import render
from estate.errors import UsageError
from estate.load import load
from tests.kubernetes.estates import SHOP, wish

STORE = "store: {account: shopmetrics, container: thanos, identity: workload}"


def _rendered(place: Path, *changes: tuple[str, str]) -> list[dict[str, object]]:
    text = SHOP.read_text().replace(
        "namespace: monitoring", "namespace: monitoring, vaults: external-secrets"
    )
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = place / "estate.yaml"
    file.write_text(text)
    (rendering,) = render(wish(load(file).estate), ("hub-weu",))
    return [
        each for release in rendering.releases if release.name == "secrets" for each in release.manifests()
    ]


def test_a_secret_among_other_text_is_a_template(tmp_path: Path) -> None:
    """The object store's document, with the connection string filled in by External Secrets."""
    store = STORE.replace("workload", "keyvault:shop-vault/store")
    made = {each["metadata"]["name"]: each["spec"] for each in _rendered(tmp_path, (STORE, store))}  # type: ignore[index]
    assert sorted(made) == ["compact-files", "rule-files", "sidecar-hub-weu-0-files", "store-files"]
    spec = made["store-files"]
    assert spec["data"] == [  # type: ignore[index]
        {
            "secretKey": "s0",
            "remoteRef": {"key": "store"},
            "sourceRef": {"storeRef": {"kind": "ClusterSecretStore", "name": "shop-vault"}},
        }
    ]
    text = spec["target"]["template"]["data"]["objstore.yaml"]  # type: ignore[index]
    assert 'storage_connection_string: "{{ .s0 }}"' in text


def test_without_key_vaults_there_is_no_such_release(tmp_path: Path) -> None:
    """External Secrets need not be installed."""
    assert _rendered(tmp_path) == []


def test_both_kinds_in_one_secret_are_refused(tmp_path: Path) -> None:
    """Neither `apply` nor External Secrets could make the whole of it."""
    oncall = "oncall: {kind: webhook, url: env:ONCALL_URL}"
    two = f"{oncall}\n    second: {{kind: webhook, url: keyvault:shop-vault/second}}"
    with pytest.raises(UsageError, match="would be made of") as caught:
        _rendered(tmp_path, (oncall, two))
    assert "env:ONCALL_URL, keyvault:shop-vault/second" in caught.value.message
