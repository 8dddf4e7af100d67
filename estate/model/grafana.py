"""Grafana on the hub: where people reach it, and who they are."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from estate.model.row import Row
from estate.names import DnsLabel, SecretReference, Url, Uuid

Role = Literal["Viewer", "Editor", "Admin"]


class GrafanaEntra(Row):
    """Sign-in by Microsoft Entra ID.

    Nobody gets in without a role: an app role Viewer, Editor or Admin of the application, or one by a group.
    """

    tenant: DnsLabel
    """The tenant whose people sign in, by its name under `tenants`."""
    client_id: Uuid
    """Application (client) id of the app registration."""
    client_secret: SecretReference | None = None
    """Reference to its client secret.

    Left out, Grafana signs in by workload identity: the application has a federated credential for the
    service account `grafana` of the hub, and there is no secret.
    """
    groups: dict[Uuid, Role] = Field(default={})
    """Roles by group, by its object id, beside the app roles; the higher one counts.

    The application must put the claim `groups` into its tokens.
    """


class Grafana(Row):
    """Grafana on the hub, provisioned with the global query and all dashboards. `singlepane up` reads none of
    it.
    """

    url: Url | None = None
    """Where people reach it, as the browser shows it. An Ingress or a gateway of yours leads there."""
    entra: GrafanaEntra | None = None
    """Sign-in by Microsoft Entra ID; without it there are no accounts, and port-forwards alone reach it."""
