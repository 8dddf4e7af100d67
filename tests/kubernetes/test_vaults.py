"""Secrets of key vaults are mounted by the driver of the Secrets Store, each into the pods that read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.targets.kubernetes.objects.canonical import documents
from deploy.targets.kubernetes.rendering.argocd import Repository, applications
from deploy.targets.kubernetes.rendering.release import Rendering
from deploy.targets.kubernetes.rendering.render import render
from estate.errors import UsageError
from estate.load import load
from estate.vaults import Reader, readers
from tests.kubernetes.estates import SHOP, wish

ONCALL = "url: env:ONCALL_URL"
IN_VAULT = (ONCALL, "url: keyvault:Shop-Vault/oncall")
TENANT = "6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001"
# As https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/ has them.
PROVIDER = {
    "apiVersion": "secrets-store.csi.x-k8s.io/v1",
    "kind": "SecretProviderClass",
    "metadata": {
        "name": "alertmanager-shop-vault",
        "namespace": "monitoring",
        "labels": {
            "app.kubernetes.io/part-of": "singlepane",
            "app.kubernetes.io/name": "alertmanager",
            "app.kubernetes.io/instance": "alertmanager-0",
            "app.kubernetes.io/managed-by": "Helm",
        },
    },
    "spec": {
        "provider": "azure",
        "parameters": {
            "clientID": "8e6d1f54-3b0c-4f43-9b0e-5a1d7c2e0001",
            "keyvaultName": "shop-vault",
            "tenantId": TENANT,
            "objects": (
                "array:\n"
                "- |\n"
                "  objectName: oncall\n"
                "  objectType: secret\n"
                "  objectAlias: receivers.oncall.url\n"
            ),
        },
    },
}


def _estate(place: Path, *changes: tuple[str, str]) -> Path:
    text = SHOP.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = place / "estate.yaml"
    file.write_text(text)
    return file


def _rendered(place: Path, cluster: str, *changes: tuple[str, str]) -> Rendering:
    (rendering,) = render(wish(load(_estate(place, *changes)).estate), (cluster,))
    return rendering


def _objects(rendering: Rendering, kind: str) -> Iterator[dict[str, Any]]:
    for release in rendering.releases:
        yield from (each for each in release.manifests() if each["kind"] == kind)


def test_a_webhook_is_a_file_that_alertmanager_reads_where_it_is_mounted(tmp_path: Path) -> None:
    """No Secret holds it: the configuration names the file of the volume, which is renewed in place."""
    rendering = _rendered(tmp_path, "hub-weu", IN_VAULT)
    assert list(_objects(rendering, "SecretProviderClass")) == [PROVIDER]
    (manager,) = _objects(rendering, "Alertmanager")
    spec = manager["spec"]
    assert spec["volumes"] == [
        {
            "name": "vault-shop-vault",
            "csi": {
                "driver": "secrets-store.csi.k8s.io",
                "readOnly": True,
                "volumeAttributes": {"secretProviderClass": "alertmanager-shop-vault"},
            },
        }
    ]
    folder = "/etc/singlepane-vaults/shop-vault"
    mount = {"name": "vault-shop-vault", "mountPath": folder, "readOnly": True}
    assert spec["volumeMounts"] == [mount]
    assert "secrets" not in spec
    (draft,) = [each for each in rendering.secrets if each.name == "alertmanager-main-config"]
    config = yaml.safe_load(draft.values({})["alertmanager.yaml"])
    urls = [
        each["url_file"]
        for row in config["receivers"]
        for each in row["webhook_configs"]
        if "url_file" in each
    ]
    assert urls == [f"{folder}/receivers.oncall.url"]


def test_the_parameter_of_objects_is_a_list_of_documents(tmp_path: Path) -> None:
    """As the provider parses it: YAML whose entries are YAML once more."""
    (made,) = _objects(_rendered(tmp_path, "hub-weu", IN_VAULT), "SecretProviderClass")
    rows = yaml.safe_load(made["spec"]["parameters"]["objects"])["array"]
    assert [yaml.safe_load(row) for row in rows] == [
        {"objectName": "oncall", "objectType": "secret", "objectAlias": "receivers.oncall.url"}
    ]


URL = "    url: https://api.shop.example"
BOTH, ONE = "    clusters: [prod-weu, prod-neu]\n", "    clusters: [prod-weu]\n"
BEARER = (URL, f"    bearer: keyvault:shop-vault/orders\n{URL}")


def test_a_variable_is_set_from_the_secret_that_the_driver_makes(tmp_path: Path) -> None:
    """It exists as long as a pod mounts the volume, so the pod that reads it mounts it."""
    rendering = _rendered(tmp_path, "prod-weu", BEARER)
    (made,) = _objects(rendering, "SecretProviderClass")
    name = "shop-orders-prod-weu-shop-vault"
    assert made["metadata"]["name"] == name
    assert made["spec"]["secretObjects"] == [
        {
            "secretName": name,
            "type": "Opaque",
            "data": [{"key": "EXPORTER_BEARER_TOKEN", "objectName": "EXPORTER_BEARER_TOKEN"}],
        }
    ]
    (pods,) = [
        each["spec"]["template"]
        for each in _objects(rendering, "Deployment")
        if each["metadata"]["name"] == "shop-orders-prod-weu"
    ]
    (container,) = pods["spec"]["containers"]
    assert container["env"] == [
        {
            "name": "EXPORTER_BEARER_TOKEN",
            "valueFrom": {"secretKeyRef": {"name": name, "key": "EXPORTER_BEARER_TOKEN"}},
        }
    ]
    assert [each["csi"]["volumeAttributes"] for each in pods["spec"]["volumes"] if "csi" in each] == [
        {"secretProviderClass": name}
    ]
    assert container["volumeMounts"][-1]["name"] == "vault-shop-vault"
    assert pods["metadata"]["annotations"].keys() == {"checksum/config", "checksum/vaults"}
    assert not [each.name for each in rendering.secrets if each.name.startswith("shop-orders")]


def test_pods_are_made_anew_when_they_are_to_read_something_else(tmp_path: Path) -> None:
    """Without rotation the driver never looks again."""

    def annotation(secret: str) -> str:
        rendering = _rendered(tmp_path, "hub-weu", (ONCALL, f"url: keyvault:shop-vault/{secret}"))
        (manager,) = _objects(rendering, "Alertmanager")
        return str(manager["spec"]["podMetadata"]["annotations"]["checksum/vaults"])

    assert annotation("oncall") == annotation("oncall") != annotation("night")


def test_each_vault_is_a_volume_of_its_own_and_other_secrets_stay_what_they_are(tmp_path: Path) -> None:
    """A SecretProviderClass names one vault; `env:` beside it is applied as before."""
    three = (
        "oncall: {kind: webhook, url: env:ONCALL_URL}",
        "oncall: {kind: webhook, url: env:ONCALL_URL}\n"
        "    a: {kind: webhook, url: keyvault:vault-a/x}\n"
        "    b: {kind: webhook, url: keyvault:vault-b/x}",
    )
    rendering = _rendered(tmp_path, "hub-weu", three)
    assert [each["metadata"]["name"] for each in _objects(rendering, "SecretProviderClass")] == [
        "alertmanager-vault-a",
        "alertmanager-vault-b",
    ]
    (manager,) = _objects(rendering, "Alertmanager")
    assert manager["spec"]["secrets"] == ["alertmanager-main-files"]
    (draft,) = [each for each in rendering.secrets if each.name == "alertmanager-main-files"]
    assert (draft.keys(), draft.references) == (("receivers.oncall.url",), ("env:ONCALL_URL",))


def test_other_clouds_are_named(tmp_path: Path) -> None:
    """Without a name the provider asks the public cloud."""
    cloud = (f"id: {TENANT}", f"id: {TENANT}, cloud: china")
    (made,) = _objects(_rendered(tmp_path, "hub-weu", IN_VAULT, cloud), "SecretProviderClass")
    assert made["spec"]["parameters"]["cloudName"] == "AzureChinaCloud"


def test_a_secret_that_is_part_of_a_document_is_refused(tmp_path: Path) -> None:
    """The driver fills nothing in; External Secrets does."""
    store = ("identity: workload", "identity: keyvault:shop-vault/store")
    with pytest.raises(UsageError) as caught:
        _rendered(tmp_path, "prod-weu", store)
    assert caught.value.message == (
        "objstore.yaml of sidecar-prod-weu-0 holds keyvault:shop-vault/store among other text, and a mounted "
        "secret is a file of its own"
    )
    assert caught.value.remedy == (
        "Write clusters.prod-weu.kubernetes.vaults: external-secrets, which fills it in."
    )


def test_nobody_reads_a_vault_without_an_identity(tmp_path: Path) -> None:
    """The provider signs in as the client id that it is told, and as nobody else."""
    gone = (", client_id: 8e6d1f54-3b0c-4f43-9b0e-5a1d7c2e0001", "")
    with pytest.raises(UsageError) as caught:
        _rendered(tmp_path, "hub-weu", IN_VAULT, gone)
    assert caught.value.message == (
        "nobody reads the key vault shop-vault in cluster hub-weu: it has no client id"
    )
    assert caught.value.remedy == (
        "Write clusters.hub-weu.kubernetes.client_id: that of its managed identity."
    )


def test_no_value_and_no_secret_is_in_a_release(tmp_path: Path) -> None:
    """Vaults and names of secrets are; what is in them never passes through here."""
    rendering = _rendered(tmp_path, "hub-weu", IN_VAULT)
    for release in rendering.releases:
        assert "kind: Secret\n" not in documents(release.manifests())


def test_argo_cd_brings_them_before_what_reads_them(tmp_path: Path) -> None:
    """A pod that mounts a SecretProviderClass that is not there waits, and so does its wave."""
    rendering = _rendered(tmp_path, "hub-weu", IN_VAULT)
    waves = {
        each["metadata"]["name"]: int(each["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])
        for each in applications(rendering, Repository("https://git.example/rendered.git"))
    }
    assert waves["hub-weu-secrets"] < waves["hub-weu-metrics"]


def test_readers_are_the_pods_that_need_a_secret(tmp_path: Path) -> None:
    """Service accounts by cluster: each needs a federated credential."""
    file = _estate(
        tmp_path,
        IN_VAULT,
        (
            f"{BOTH}    scope: own",
            f"{ONE}    shards: 2\n    scope: own\n    identity: keyvault:shop-vault/azure",
        ),
        BEARER,
        ("identity: workload", "identity: keyvault:shop-vault/store"),
    )
    found = list(readers(load(file).estate))
    store = [each for each in found if each.part]
    assert {(each.cluster, each.account) for each in store} == {
        ("hub-weu", "prometheus"),
        ("hub-weu", "store"),
        ("hub-weu", "rule"),
        ("hub-weu", "compact"),
        ("prod-weu", "prometheus"),
        ("prod-neu", "prometheus"),
    }
    azure, orders = ("exporters", "azure-platform", "identity"), ("exporters", "shop-orders", "bearer")
    assert [each for each in found if not each.part] == [
        Reader("prod-weu", "azure-platform-prod-weu-0", "keyvault:shop-vault/azure", azure),
        Reader("prod-weu", "azure-platform-prod-weu-1", "keyvault:shop-vault/azure", azure),
        Reader("prod-weu", "shop-orders-prod-weu", "keyvault:shop-vault/orders", orders),
        Reader("prod-neu", "shop-orders-prod-neu", "keyvault:shop-vault/orders", orders),
        Reader(
            "hub-weu", "alertmanager", "keyvault:Shop-Vault/oncall", ("alerts", "receivers", "oncall", "url")
        ),
    ]


def test_a_reader_is_a_service_account_that_is_there(tmp_path: Path) -> None:
    """Else a credential would be made for nobody."""
    file = _estate(tmp_path, IN_VAULT, BEARER)
    estate = load(file).estate
    accounts = {
        (rendering.cluster, each["metadata"]["name"])
        for rendering in render(wish(estate))
        for each in _objects(rendering, "ServiceAccount")
    }
    assert {(each.cluster, each.account) for each in readers(estate)} <= accounts
