"""TLS between clusters, as objects: references become Secrets, cert-manager is asked for the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from deploy.targets.kubernetes.objects.canonical import documents
from deploy.targets.kubernetes.rendering.release import Rendering
from deploy.targets.kubernetes.rendering.render import render
from estate.errors import UsageError
from estate.model import Estate
from estate.vaults import readers
from tests.kubernetes.estates import shop, wish

GOLDEN = Path(__file__).parents[1] / "data" / "kubernetes" / "tls"
ISSUED = {"kind": "cert-manager", "issuer": "platform-ca"}


def secured(**clusters: dict[str, str]) -> Estate:
    """The shop with mutual TLS: certificates by reference, where `clusters` says nothing else."""
    document = shop().model_dump(by_alias=True, exclude_unset=True, exclude={"defaults"})
    document["metrics"]["tls"] = {"ca": "file:ca.crt", "domain": "shop.example"}
    for name, row in document["clusters"].items():
        files = {"certificate": f"file:{name}.crt", "key": f"file:{name}.key"}
        row["tls"] = clusters.get(name.replace("-", "_"), {"kind": "reference", **files})
    return Estate.model_validate(document)


def rendered(estate: Estate, *clusters: str) -> dict[str, Rendering]:
    """Renderings by cluster."""
    return {each.cluster: each for each in render(wish(estate), clusters or None)}


def test_what_tls_adds_to_the_shop_is_as_recorded() -> None:
    """Of the hub, of a cluster with certificates by reference and of one with cert-manager: every object that
    is new or another one, and what goes; SINGLEPANE_GOLDEN=write records them.
    """
    plain = rendered(shop(), "hub-weu", "prod-weu", "prod-neu")
    tls = rendered(secured(prod_neu=ISSUED), *plain)
    for cluster, rendering in tls.items():
        before = {(each["kind"], each["metadata"]["name"]): each for each in plain[cluster].manifests()}
        after = {(each["kind"], each["metadata"]["name"]): each for each in rendering.manifests()}
        # Left out is the server, whose file is the estate itself.
        changed = [each for key, each in after.items() if before.get(key) != each and key[1] != "server"]
        gone = "".join(f"# gone: {kind} {name}\n" for kind, name in before if (kind, name) not in after)
        text = gone + documents(changed)
        path = GOLDEN / f"{cluster}.yaml"
        if os.environ.get("SINGLEPANE_GOLDEN") == "write":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        assert path.read_text() == text, cluster


def test_secrets_hold_certificates_by_reference_and_none_of_cert_manager() -> None:
    """What cert-manager writes is nobody else's."""
    tls = rendered(secured(prod_neu=ISSUED), "prod-weu", "prod-neu")
    drafts = {
        cluster: {draft.name: (draft.keys(), draft.references) for draft in rendering.secrets}
        for cluster, rendering in tls.items()
    }
    assert drafts["prod-weu"]["sidecar-prod-weu-0-files"] == (
        ("objstore.yaml", "tls.ca.crt", "tls.tls.crt", "tls.tls.key"),
        ("file:ca.crt", "file:prod-weu.crt", "file:prod-weu.key"),
    )
    assert drafts["prod-neu"]["sidecar-prod-neu-0-files"] == (
        ("objstore.yaml", "tls.ca.crt"),
        ("file:ca.crt",),
    )


def test_prometheus_sends_to_each_gate_and_asks_for_the_name_of_the_hub() -> None:
    """With its own certificate, from the folder where the operator's pods have it."""
    rendering = rendered(secured(), "prod-weu")["prod-weu"]
    draft = next(each for each in rendering.secrets if each.name == "prometheus-alertmanagers")
    rows = yaml.safe_load(draft.values({})["alertmanagers.yaml"])
    address = shop().clusters["hub-weu"].kubernetes.address
    assert rows == [
        {
            "api_version": "v2",
            "scheme": "https",
            "tls_config": {
                "ca_file": "/etc/singlepane/tls/ca.crt",
                "cert_file": "/etc/singlepane/tls/tls.crt",
                "key_file": "/etc/singlepane/tls/tls.key",
                "server_name": "hub-weu.shop.example",
            },
            "static_configs": [{"targets": [f"{address}:{9093 + number}" for number in range(3)]}],
        }
    ]


def test_query_asks_each_cluster_for_its_own_name() -> None:
    """The hub's own sidecar, the store gateway and the ruler stay without: nothing leaves the cluster."""
    rendering = rendered(secured(), "hub-weu")["hub-weu"]
    files = next(
        each["data"]
        for each in rendering.manifests()
        if each["kind"] == "ConfigMap" and each["metadata"]["name"] == "query"
    )
    rows = yaml.safe_load(files["endpoints.yaml"])["endpoints"]
    names = [row.get("client_config", {}).get("server_name") for row in rows]
    assert [name for name in names if name] == [
        f"{cluster}.shop.example"
        for cluster, row in shop().clusters.items()
        if cluster != "hub-weu"
        for _ in range(row.prometheus.replicas)
    ]


def test_a_hub_with_an_authority_of_its_own_is_the_only_one_that_sidecars_answer() -> None:
    """`hub_ca` is what clusters trust, `ca` what the hub trusts."""
    document = secured().model_dump(by_alias=True)
    document["metrics"]["tls"]["hub_ca"] = "file:hub-ca.crt"
    tls = rendered(Estate.model_validate(document), "hub-weu", "prod-weu")
    references = {draft.name: draft.references for rendering in tls.values() for draft in rendering.secrets}
    assert "file:hub-ca.crt" in references["sidecar-prod-weu-0-files"]
    assert "file:ca.crt" not in references["sidecar-prod-weu-0-files"]
    for name in ("query-files", "alert-gate-0-files"):
        assert "file:ca.crt" in references[name]
        assert "file:hub-ca.crt" not in references[name]


VAULT = {"kind": "reference", "certificate": "keyvault:shop/crt", "key": "keyvault:shop/key"}


def test_a_certificate_of_a_vault_is_mounted_for_prometheus_and_its_sidecar() -> None:
    """Read where the driver writes it, beside an authority that is a file; whoever reads it is counted."""
    estate = secured(prod_weu=VAULT)
    rendering = rendered(estate, "prod-weu")["prod-weu"]
    spec = next(each["spec"] for each in rendering.manifests() if each["kind"] == "Prometheus")
    assert [each["name"] for each in spec["volumes"]] == ["files", "vault-shop"]
    mounted = [("files", "/etc/singlepane"), ("vault-shop", "/etc/singlepane-vaults/shop")]
    for mounts in (spec["volumeMounts"], spec["thanos"]["volumeMounts"]):
        assert [(each["name"], each["mountPath"]) for each in mounts] == mounted
    assert spec["thanos"]["grpcServerTlsConfig"] == {
        "certFile": "/etc/singlepane-vaults/shop/tls.tls.crt",
        "keyFile": "/etc/singlepane-vaults/shop/tls.tls.key",
        "caFile": "/etc/singlepane/tls/ca.crt",
    }
    providers = [each for each in rendering.manifests() if each["kind"] == "SecretProviderClass"]
    assert [each["metadata"]["name"] for each in providers] == ["sidecar-prod-weu-0-shop"]
    assert {(each.cluster, each.account, each.reference) for each in readers(estate)} >= {
        ("prod-weu", "prometheus", "keyvault:shop/crt"),
        ("prod-weu", "prometheus", "keyvault:shop/key"),
    }


def test_a_secret_of_two_makers_is_refused() -> None:
    """Where External Secrets makes Secrets of vaults, nobody could make one that also holds a file."""
    document = secured(prod_weu=VAULT).model_dump(by_alias=True, exclude_unset=True)
    document["clusters"]["prod-weu"]["kubernetes"]["vaults"] = "external-secrets"
    with pytest.raises(UsageError) as caught:
        rendered(Estate.model_validate(document), "prod-weu")
    assert caught.value.message == (
        "sidecar-prod-weu-0-files of cluster prod-weu would be made of "
        "file:ca.crt, keyvault:shop/crt, keyvault:shop/key"
    )
