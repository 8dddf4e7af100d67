"""Sign-in to Grafana by Microsoft Entra ID, as sections of grafana.ini.

Contract: https://grafana.com/docs/grafana/v13.2/setup-grafana/configure-access/configure-authentication/entraid/,
https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud (endpoints),
https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations (audiences).
"""

from __future__ import annotations

from collections.abc import Mapping

from estate.components import FilePath, Text, text
from estate.model import Estate, GrafanaEntra

SECRET_FILE = "entra/client-secret"  # noqa: S105 - the name of a file
# By cloud: who signs in, and for whom tokens of a cluster are.
AUTHORITIES: Mapping[str, tuple[str, str]] = {
    "public": ("https://login.microsoftonline.com", "api://AzureADTokenExchange"),
    "usgov": ("https://login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"),
    "china": ("https://login.partner.microsoftonline.cn", "api://AzureADTokenExchangeChina"),
}


def sections(estate: Estate, entra: GrafanaEntra) -> Text:
    """Who signs in, and how Grafana itself does. No secret is in it: Grafana reads that from a file."""
    tenant = estate.tenants[entra.tenant]
    authority, audience = AUTHORITIES[tenant.cloud]
    endpoints = f"{authority}/{tenant.id}/oauth2/v2.0"
    return text(
        "\n[auth]\ndisable_login_form = true\n"
        "\n[auth.basic]\nenabled = false\n"
        "\n[auth.anonymous]\nenabled = false\n"
        "\n[auth.azuread]\nenabled = true\nname = Microsoft Entra ID\n"
        "auto_login = true\nallow_sign_up = true\n"
        f"client_id = {entra.client_id}\n"
        f"auth_url = {endpoints}/authorize\ntoken_url = {endpoints}/token\n"
        "scopes = openid email profile\nuse_pkce = true\n"
        f"allowed_organizations = {tenant.id}\n"
        "; without a role nobody gets in, and nobody becomes the administrator of the server\n"
        "role_attribute_strict = true\nallow_assign_grafana_admin = false\nskip_org_role_sync = false\n",
        _groups(entra),
        *_client(entra, audience),
    )


def _client(entra: GrafanaEntra, audience: str) -> tuple[str | FilePath, ...]:
    if entra.client_secret is not None:
        return (
            "client_authentication = client_secret_post\nclient_secret = $__file{",
            FilePath(SECRET_FILE),
            "}\n",
        )
    return (
        "client_authentication = workload_identity\n"
        f"federated_credential_audience = {audience}\n"
        "workload_identity_token_file = /var/run/secrets/azure/tokens/azure-identity-token\n",
    )


def _groups(entra: GrafanaEntra) -> str:
    """Roles by group, in the only organisation that there is."""
    rows = " ".join(f"{group}:1:{role}" for group, role in entra.groups.items())
    return f"org_mapping = {rows}\n" if rows else ""
