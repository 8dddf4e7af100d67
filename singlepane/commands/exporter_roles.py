"""`singlepane exporter roles`: the least rights that a configuration needs in Azure."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from exporters.advice.roles import general, terraform
from exporters.advice.roles import roles as needed
from exporters.configuration.load import load
from singlepane import output


class RoleFormat(StrEnum):
    """How roles are written."""

    json = "json"
    terraform = "terraform"


def roles(
    config: Annotated[
        Path | None,
        typer.Option("--config", help="Configuration file; without it the role is for every resource type."),
    ] = None,
    output_format: Annotated[
        RoleFormat,
        typer.Option("--output", "-o", help="`json` for the Azure CLI, or `terraform`."),
    ] = RoleFormat.json,
) -> None:
    """Write the custom role that an exporter needs in Azure, and not a right more.

    One role is one JSON document; several (one per tenant, and one per further management group) are a list.

    Example: `singlepane exporter roles --config exporter.yaml > role.json`, then
    `az role definition create --role-definition @role.json`
    """
    found = (general(),) if config is None else needed(load(config))
    if not found:
        output.message("No exporter of this configuration reads Azure: it needs no role.")
    elif config is None:
        output.message("Put the id of your subscription for SUBSCRIPTION_ID, or name a --config.")
    if output_format is RoleFormat.terraform:
        typer.echo(terraform(found), nl=False)
        return
    documents = [role.document() for role in found]
    output.document(documents[0] if len(documents) == 1 else documents)
