"""Grafana on the hub: what it is told, who reaches it, and where its secret is."""

from __future__ import annotations

import configparser
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboards.render import documents
from deploy.targets.kubernetes.objects import files, images
from deploy.targets.kubernetes.objects.canonical import documents as text_of
from deploy.targets.kubernetes.objects.place import Place
from deploy.targets.kubernetes.rendering.release import Rendering
from deploy.targets.kubernetes.rendering.render import render
from estate.components import Component, File, FromImage
from estate.errors import UsageError
from estate.load import load
from estate.vaults import Reader, readers
from tests.kubernetes.estates import SHOP, shop, wish

KEYS = Path(__file__).parents[1] / "data" / "dashboards" / "grafana-ini.json"
ENTRA = "  entra: {tenant: main, client_id: 8e6d1f54-3b0c-4f43-9b0e-5a1d7c2e0009}\n"
URL = "  url: https://grafana.shop.example\n"
CLIENT_ID = "client_id: 8e6d1f54-3b0c-4f43-9b0e-5a1d7c2e0009"
SECRET = (CLIENT_ID, f"{CLIENT_ID}, client_secret: env:GRAFANA_SECRET")
IN_VAULT = (CLIENT_ID, f"{CLIENT_ID}, client_secret: keyvault:shop-vault/grafana")
READERS, ADMINS = (f"{number * 8}-aaaa-bbbb-cccc-{number * 12}" for number in "12")
GROUPS = (CLIENT_ID, f"{CLIENT_ID}, groups: {{{READERS}: Viewer, {ADMINS}: Admin}}")
ANONYMOUS = (f"grafana:\n{URL}{ENTRA}", "grafana: {}\n")
WITHOUT = (f"grafana:\n{URL}{ENTRA}", "")
WAYS = {
    "workload": (),
    "secret": (SECRET,),
    "vault": (IN_VAULT,),
    "groups": (GROUPS,),
    "anonymous": (ANONYMOUS,),
}


def _hub(place: Path, *changes: tuple[str, str]) -> Rendering:
    text = SHOP.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = place / "estate.yaml"
    file.write_text(text)
    (rendering,) = render(wish(load(file).estate), ("hub-weu",))
    return rendering


def _objects(rendering: Rendering, kind: str, release: str = "grafana") -> Iterator[dict[str, Any]]:
    for each in rendering.releases:
        if each.name == release:
            yield from (made for made in each.manifests() if made["kind"] == kind)


def _config(rendering: Rendering) -> configparser.ConfigParser:
    (made,) = [each for each in _objects(rendering, "ConfigMap") if each["metadata"]["name"] == "grafana"]
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(made["data"]["grafana.ini"])
    return parser


def _pods(rendering: Rendering) -> dict[str, Any]:
    (made,) = _objects(rendering, "StatefulSet")
    template: dict[str, Any] = made["spec"]["template"]
    return template


@pytest.mark.parametrize("way", WAYS)
def test_every_key_is_one_of_grafanas(way: str, tmp_path: Path) -> None:
    """A misspelt one is ignored without a word: names of keys from its own defaults, by section."""
    known: dict[str, list[str]] = json.loads(KEYS.read_text())
    parser = _config(_hub(tmp_path, *WAYS[way]))
    used = {section: set(parser[section]) for section in parser.sections()}
    assert set(used) <= set(known)
    assert {section: keys - {key.lower() for key in known[section]} for section, keys in used.items()} == {
        section: set() for section in used
    }


def test_people_sign_in_by_entra_and_nobody_without_a_role(tmp_path: Path) -> None:
    """By workload identity there is no secret at all."""
    parser = _config(_hub(tmp_path))
    tenant = "6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001"
    endpoints = f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
    assert dict(parser["auth.azuread"]) == {
        "enabled": "true",
        "name": "Microsoft Entra ID",
        "auto_login": "true",
        "allow_sign_up": "true",
        "client_id": "8e6d1f54-3b0c-4f43-9b0e-5a1d7c2e0009",
        "auth_url": f"{endpoints}/authorize",
        "token_url": f"{endpoints}/token",
        "scopes": "openid email profile",
        "use_pkce": "true",
        "allowed_organizations": tenant,
        "role_attribute_strict": "true",
        "allow_assign_grafana_admin": "false",
        "skip_org_role_sync": "false",
        "client_authentication": "workload_identity",
        "federated_credential_audience": "api://AzureADTokenExchange",
        "workload_identity_token_file": "/var/run/secrets/azure/tokens/azure-identity-token",
    }
    assert dict(parser["server"]) == {
        "http_addr": "0.0.0.0",
        "http_port": "3000",
        "domain": "grafana.shop.example",
        "root_url": "https://grafana.shop.example/",
        "enforce_domain": "false",
    }
    assert parser["auth.anonymous"]["enabled"] == parser["auth.basic"]["enabled"] == "false"
    assert parser["auth"]["disable_login_form"] == parser["security"]["cookie_secure"] == "true"


def test_the_token_of_workload_identity_is_asked_for(tmp_path: Path) -> None:
    """The webhook brings it to pods with this label; as whom stands in the configuration."""
    rendering = _hub(tmp_path)
    assert _pods(rendering)["metadata"]["labels"]["azure.workload.identity/use"] == "true"
    (account,) = _objects(rendering, "ServiceAccount")
    assert "annotations" not in account["metadata"]


@pytest.mark.parametrize(
    ("cloud", "authority", "audience"),
    [
        ("china", "https://login.partner.microsoftonline.cn", "api://AzureADTokenExchangeChina"),
        ("usgov", "https://login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"),
    ],
)
def test_other_clouds_have_other_doors(cloud: str, authority: str, audience: str, tmp_path: Path) -> None:
    """Who signs people in, and for whom tokens of a cluster are."""
    tenant = "id: 6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001"
    found = _config(_hub(tmp_path, (tenant, f"{tenant}, cloud: {cloud}")))["auth.azuread"]
    assert found["token_url"].startswith(f"{authority}/")
    assert found["federated_credential_audience"] == audience


def test_roles_by_group_are_beside_the_app_roles(tmp_path: Path) -> None:
    """In the first organisation, which is the only one."""
    found = _config(_hub(tmp_path, GROUPS))["auth.azuread"]
    assert found["org_mapping"] == f"{READERS}:1:Viewer {ADMINS}:1:Admin"


def test_a_client_secret_is_a_file_that_grafana_reads(tmp_path: Path) -> None:
    """It is in no ConfigMap and no release; its reference is read where `apply` runs."""
    rendering = _hub(tmp_path, SECRET)
    found = _config(rendering)["auth.azuread"]
    assert found["client_authentication"] == "client_secret_post"
    assert found["client_secret"] == "$__file{/etc/singlepane/entra/client-secret}"
    (draft,) = [each for each in rendering.secrets if each.name.startswith("grafana")]
    assert (draft.name, draft.keys(), draft.references) == (
        "grafana-files",
        ("entra.client-secret",),
        ("env:GRAFANA_SECRET",),
    )
    assert draft.values({"env:GRAFANA_SECRET": "s3cret"}) == {"entra.client-secret": "s3cret"}
    assert "azure.workload.identity/use" not in _pods(rendering)["metadata"]["labels"]
    for release in rendering.releases:
        if release.name == "grafana":
            assert "GRAFANA_SECRET" not in text_of(release.manifests())


def test_a_client_secret_of_a_vault_is_mounted(tmp_path: Path) -> None:
    """And read there; the service account needs a credential for the vault."""
    rendering = _hub(tmp_path, IN_VAULT)
    place = "/etc/singlepane-vaults/shop-vault/entra.client-secret"
    assert _config(rendering)["auth.azuread"]["client_secret"] == f"$__file{{{place}}}"
    assert [each["metadata"]["name"] for each in _objects(rendering, "SecretProviderClass", "secrets")] == [
        "grafana-shop-vault"
    ]
    assert not [each for each in rendering.secrets if each.name.startswith("grafana")]
    path = ("grafana", "entra", "client_secret")
    found = [each for each in readers(load(tmp_path / "estate.yaml").estate) if each.account == "grafana"]
    assert found == [Reader("hub-weu", "grafana", "keyvault:shop-vault/grafana", path)]


def test_without_accounts_only_ours_reach_it_and_only_to_look(tmp_path: Path) -> None:
    """Nobody is an administrator: there is no such user, and no form to sign in by."""
    rendering = _hub(tmp_path, ANONYMOUS)
    parser = _config(rendering)
    assert dict(parser["auth.anonymous"]) == {"enabled": "true", "org_role": "Viewer"}
    assert parser["auth"]["disable_login_form"] == "true"
    assert parser["security"]["disable_initial_admin_creation"] == "true"
    assert "auth.azuread" not in parser
    (policy,) = _objects(rendering, "NetworkPolicy")
    ours = {"podSelector": {"matchLabels": {"app.kubernetes.io/part-of": "singlepane"}}}
    assert policy["spec"]["ingress"] == [{"from": [ours], "ports": [{"port": 3000, "protocol": "TCP"}]}]


def test_behind_a_sign_in_an_ingress_reaches_it(tmp_path: Path) -> None:
    """It stands in another namespace, which nobody knows."""
    (policy,) = _objects(_hub(tmp_path), "NetworkPolicy")
    assert policy["spec"]["ingress"] == [{"ports": [{"port": 3000, "protocol": "TCP"}]}]


def test_it_runs_as_the_user_of_its_image_in_a_read_only_one(tmp_path: Path) -> None:
    """The paths of the image's variables, which come before the file, are those of the volumes."""
    spec = _pods(_hub(tmp_path))["spec"]
    assert spec["securityContext"]["runAsUser"] == spec["securityContext"]["fsGroup"] == 472
    (container,) = spec["containers"]
    assert container["image"] == "docker.io/grafana/grafana:13.2.2"
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    # The image starts its program by itself, and takes words after it for settings.
    assert "args" not in container
    assert {each["name"]: each["value"] for each in container["env"]} == {
        "GF_PATHS_CONFIG": "/etc/singlepane/grafana.ini",
        "GF_PATHS_DATA": "/data",
        "GF_PATHS_LOGS": "/data/log",
        "GF_PATHS_PLUGINS": "/data/plugins",
        "GF_PATHS_PROVISIONING": "/etc/singlepane/provisioning",
    }
    assert {each["mountPath"] for each in container["volumeMounts"]} == {"/etc/singlepane", "/tmp", "/data"}
    assert container["readinessProbe"]["httpGet"]["path"] == "/api/health"


def test_bundled_data_sources_are_left_as_they_are(tmp_path: Path) -> None:
    """An update unloads one before it fails on a read-only file system (grafana/grafana#132528)."""
    plugins = _config(_hub(tmp_path))["plugins"]
    assert plugins["preinstall_disabled"] == "true"
    assert plugins["preinstall_auto_update"] == "false"


def test_each_dashboard_is_a_config_map_and_a_file_below_one_folder(tmp_path: Path) -> None:
    """Together they outgrow one; a changed one is read anew, so that no pod is made for it."""
    rendering = _hub(tmp_path)
    maps = {each["metadata"]["name"]: each["data"] for each in _objects(rendering, "ConfigMap")}
    assert set(maps) == {"grafana", *(f"grafana-{name.removesuffix('.json')}" for name in documents())}
    assert set(maps["grafana"]) == {
        "grafana.ini",
        "provisioning.datasources.thanos.yaml",
        "provisioning.dashboards.singlepane.yaml",
    }
    laid_out = {}
    for source in _pods(rendering)["spec"]["volumes"][0]["projected"]["sources"]:
        for item in source["configMap"]["items"]:
            laid_out[item["path"]] = maps[source["configMap"]["name"]][item["key"]]
    provider = yaml.safe_load(laid_out["provisioning/dashboards/singlepane.yaml"])["providers"][0]
    folder = provider["options"]["path"].removeprefix("/etc/singlepane/")
    assert {name: json.loads(laid_out[f"{folder}/{name}"]) for name in documents()} == documents()
    (source,) = yaml.safe_load(laid_out["provisioning/datasources/thanos.yaml"])["datasources"]
    assert source["url"] == "http://query-frontend.monitoring.svc:10902"


def test_a_file_that_no_config_map_holds_is_refused() -> None:
    """The API server would, with words that name no file."""
    big = File("dashboards/big.json", {"x": "y" * files.MOST_BYTES}, apart=True)
    own = Component("grafana", "grafana", "hub-weu", FromImage("grafana"), files=(big,))
    place = Place(shop(), "hub-weu", {"grafana": own})
    with pytest.raises(UsageError) as caught:
        list(files.apart(place, own))
    assert caught.value.message == (
        "dashboards/big.json of grafana has 1,048,590 bytes; a ConfigMap holds 1,048,576"
    )


def test_its_image_is_listed_where_the_estate_has_it(tmp_path: Path) -> None:
    """With the version that the estate pins, and by the mirror."""
    assert "docker.io/grafana/grafana:13.2.2" in images.all_of(shop())
    _hub(tmp_path, WITHOUT)
    assert not [each for each in images.all_of(load(tmp_path / "estate.yaml").estate) if "grafana" in each]
    own = ("rollout:\n", "images: {mirror: mirror.example/copies, versions: {grafana: 13.2.1}}\nrollout:\n")
    _hub(tmp_path, own)
    listed = images.all_of(load(tmp_path / "estate.yaml").estate)
    assert "mirror.example/copies/docker.io/grafana/grafana:13.2.1" in listed


def test_without_the_section_there_is_none(tmp_path: Path) -> None:
    """No release, and nothing else of it."""
    assert "grafana" not in [each.name for each in _hub(tmp_path, WITHOUT).releases]


def test_prometheus_scrapes_it(tmp_path: Path) -> None:
    """By the name of its kind, as everything."""
    (monitor,) = _objects(_hub(tmp_path), "ServiceMonitor")
    assert monitor["spec"]["endpoints"][0]["path"] == "/metrics"
