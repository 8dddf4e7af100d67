"""Tenants as an exporter's own file has them: secrets go through the environment of its process."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import Any

from estate.components import SecretValue, Template, text
from estate.identities import of_tenant
from estate.model import AzureExporter, Estate, Tenant, WorkloadCredential

# References by key of a credential, and the variable that the process gets instead.
_VARIABLES = {
    "secret": "AZURE_CLIENT_SECRET",
    "certificate": "AZURE_CLIENT_CERTIFICATE",
    "password": "AZURE_CLIENT_CERTIFICATE_PASSWORD",
}


def tenants(
    estate: Estate, cluster: str, names: Iterable[str], environment: MutableMapping[str, Template], own: bool
) -> dict[str, Any]:
    """Rows of `tenants` for these names, for an exporter of a cluster.

    With `own` they are signed in to by their credentials, whose secrets are put into `environment`; else a
    stand-in or the exporter's identity takes that place. A cluster's own identity comes before the tenant's.
    """
    rows = {name: _row(name, estate.tenants[name], environment, own) for name in sorted(set(names))}
    for name, row in rows.items():
        client = of_tenant(estate, cluster, name) if own else None
        if client is not None:
            row["credential"] = {"kind": "workload", "client_id": client}
    return rows


def workload(estate: Estate, row: AzureExporter, names: Iterable[str]) -> bool:
    """Whether an exporter signs in by workload identity anywhere."""
    if row.identity is not None:
        return row.identity == "workload"
    return any(isinstance(estate.tenants[name].credential, WorkloadCredential) for name in names)


def _row(name: str, tenant: Tenant, environment: MutableMapping[str, Template], own: bool) -> dict[str, Any]:
    row = tenant.model_dump(mode="json", by_alias=True, exclude_unset=True)
    credential = row.pop("credential", None)
    if credential is None or not own:
        return row
    for key, prefix in _VARIABLES.items():
        reference = credential.get(key)
        # A certificate's file is read where it lies: it may be binary, and is renewed in place.
        if reference is None or (key == "certificate" and reference.startswith("file:")):
            continue
        # No tenant's name holds an underscore, so that no two become one variable.
        variable = f"{prefix}_{name.upper().replace('-', '_')}"
        environment[variable] = text(SecretValue(reference))
        credential[key] = f"env:{variable}"
    return {**row, "credential": credential}
