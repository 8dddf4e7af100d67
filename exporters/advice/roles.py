"""The least rights that a configuration needs in Azure, as custom roles: a document for the Azure CLI, and
Terraform.

Contracts: https://learn.microsoft.com/azure/role-based-access-control/role-definitions and
https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/role_definition.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from estate.model import AzureExporter
from exporters.azure.discovery.parts import listed_type
from exporters.collectors import COLLECTORS
from exporters.configuration.config import Config
from exporters.configuration.modules import AzureModule, azure_row, reached

_MANAGEMENT_GROUP = "/providers/Microsoft.Management/managementGroups/"
# https://learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-limits
MANAGEMENT_GROUPS_PER_ROLE = 1


@dataclass(frozen=True, slots=True)
class _Reads:
    """A row, or a module as one, and its subscriptions by id in lower case, each with the name of its
    tenant.
    """

    row: AzureExporter
    subscriptions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Role:
    """A custom role: one per tenant, and one more for each further management group, for Azure lets a role
    name only one. `tenant` is the tenant's id, `scopes` are where it can be assigned.
    """

    name: str
    tenant: str
    description: str
    actions: tuple[str, ...]
    scopes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """What `az role definition create --role-definition` takes."""
        return {
            "Name": self.name,
            "IsCustom": True,
            "Description": self.description,
            "Actions": list(self.actions),
            "NotActions": [],
            "DataActions": [],
            "NotDataActions": [],
            "AssignableScopes": list(self.scopes),
        }


def roles(config: Config) -> tuple[Role, ...]:
    """The roles that the rows and modules of a configuration need; none where none reads Azure. Pure."""
    needed: dict[str, list[_Reads]] = {}
    for reads in _every(config):
        for tenant in dict.fromkeys(reads.subscriptions.values()):
            needed.setdefault(tenant, []).append(reads)
    found: list[Role] = []
    for tenant, all_reads in needed.items():
        name = f"singlepane {config.name}" + (f" {tenant}" if len(needed) > 1 else "")
        for index, scopes in enumerate(_scopes(tenant, all_reads), start=1):
            found.append(
                Role(
                    name if index == 1 else f"{name} {index}",
                    config.tenants[tenant].id.lower(),
                    f"What the singlepane exporter {config.name} reads, and nothing else.",
                    actions([each.row for each in all_reads]),
                    scopes,
                )
            )
    return tuple(found)


def general() -> Role:
    """The role for all collectors and any resource type, where no configuration says which. Its one scope is
    a placeholder.
    """
    every = {action.replace("{type}", "*") for entry in COLLECTORS for action in entry.actions}
    # `*/read` holds the other actions that end in it; naming them too says what they are for.
    return Role(
        "singlepane exporter",
        "",
        "What singlepane exporters read, of every resource type.",
        tuple(sorted(every, key=str.lower)),
        ("/subscriptions/SUBSCRIPTION_ID",),
    )


def actions(rows: Sequence[AzureExporter]) -> tuple[str, ...]:
    """The actions of all collectors that the rows ask for, each once whatever its case, in order."""
    # What is found through its whole needs no right of its own to be seen.
    types = [listed_type(metric.type) for row in rows for metric in row.metrics]
    wanted = [
        action.replace("{type}", type)
        for entry in COLLECTORS
        if any(entry.kind == row.kind for row in rows)
        for action in entry.actions
        for type in types
    ]
    return tuple(sorted({action.lower(): action for action in reversed(wanted)}.values(), key=str.lower))


def _every(config: Config) -> Iterator[_Reads]:
    for row in config.exporters.values():
        if isinstance(row, AzureExporter):
            named = (config.subscriptions[each] for each in row.scope)
            yield _Reads(row, {each.id.lower(): each.tenant for each in named})
    for module in config.modules.values():
        if isinstance(module, AzureModule):
            yield _Reads(azure_row(module), reached(config.subscriptions, module))


def _scopes(tenant: str, all_reads: Iterable[_Reads]) -> Iterator[tuple[str, ...]]:
    subscriptions: dict[str, None] = {}
    groups: dict[str, None] = {}
    for reads in all_reads:
        groups.update(dict.fromkeys(reads.row.management_groups))
        own = (id for id, owner in reads.subscriptions.items() if owner == tenant)
        subscriptions.update(dict.fromkeys(f"/subscriptions/{id}" for id in own))
    above = [_MANAGEMENT_GROUP + each for each in groups]
    yield (*subscriptions, *above[:MANAGEMENT_GROUPS_PER_ROLE])
    yield from ((each,) for each in above[MANAGEMENT_GROUPS_PER_ROLE:])


def terraform(found: Sequence[Role]) -> str:
    """The roles and their assignments as Terraform, formatted as `terraform fmt` does.

    Who gets a role is a variable per tenant: an identity lives in one. With several tenants each needs a
    provider of its own.
    """
    tenants = list(dict.fromkeys(role.tenant for role in found))
    suffixes = {tenant: "" if len(tenants) == 1 else f"_{n}" for n, tenant in enumerate(tenants, start=1)}
    blocks = [
        f'variable "principal_id{suffix}" {{\n'
        "  type        = string\n"
        f"  description = {_text(_who(tenant))}\n"
        "}\n"
        for tenant, suffix in suffixes.items()
    ]
    for number, role in enumerate(found, start=1):
        label = "singlepane_exporter" + ("" if len(found) == 1 else f"_{number}")
        blocks.append(_definition(label, role))
        blocks.append(_assignment(label, role, suffixes[role.tenant]))
    return "\n".join(blocks)


def _who(tenant: str) -> str:
    return (
        f"Object id of the identity that the exporter signs in as{f', in tenant {tenant}' if tenant else ''}."
    )


def _definition(label: str, role: Role) -> str:
    return (
        f'resource "azurerm_role_definition" "{label}" {{\n'
        f"  name        = {_text(role.name)}\n"
        f"  scope       = {_text(role.scopes[0])}\n"
        f"  description = {_text(role.description)}\n"
        "\n"
        "  permissions {\n"
        f"    actions = {_list(role.actions, 4)}\n"
        "  }\n"
        "\n"
        f"  assignable_scopes = {_list(role.scopes, 2)}\n"
        "}\n"
    )


def _assignment(label: str, role: Role, suffix: str) -> str:
    return (
        f'resource "azurerm_role_assignment" "{label}" {{\n'
        f"  for_each = toset({_list(role.scopes, 2)})\n"
        "\n"
        "  scope              = each.value\n"
        f"  role_definition_id = azurerm_role_definition.{label}.role_definition_resource_id\n"
        f"  principal_id       = var.principal_id{suffix}\n"
        "}\n"
    )


def _list(texts: Sequence[str], indent: int) -> str:
    blank = " " * indent
    return "[\n" + "".join(f"{blank}  {_text(each)},\n" for each in texts) + f"{blank}]"


def _text(text: str) -> str:
    """A quoted HCL string; `${` and `%{` would begin a template."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
