"""Least rights: whole documents, as the Azure CLI and Terraform take them.

`python -m tests.exporters.advice.test_roles` writes the expectations anew; read the difference before
committing.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from exporters.advice.roles import Role, general, roles, terraform
from exporters.collectors import COLLECTORS
from exporters.configuration.load import load
from singlepane.commands.exporter import app
from tests.exporters.doubles import DATA

FOLDER = DATA / "exporters" / "roles"
NAMES = ("one", "several")


def written(name: str) -> dict[str, str]:
    """What is written for a configuration, by file ending."""
    found = roles(load(FOLDER / f"{name}.yaml"))
    documents = json.dumps([role.document() for role in found], indent=2) + "\n"
    return {"json": documents, "tf": terraform(found)}


@pytest.mark.parametrize("name", NAMES)
def test_roles_are_as_expected(name: str) -> None:
    """Actions, scopes, tenants and management groups of each configuration, compared whole."""
    assert written(name) == {end: (FOLDER / f"{name}.{end}").read_text() for end in ("json", "tf")}


def test_every_action_is_a_read() -> None:
    """No collector asks for a right to change anything."""
    every = [action for entry in COLLECTORS for action in entry.actions]
    assert every and all(action.endswith("/read") for action in every)


def test_actions_are_on_the_page_of_their_collector() -> None:
    """Who grants rights by hand reads of the same ones."""
    docs = Path(__file__).parents[3] / "docs" / "exporters" / "roles.md"
    text = docs.read_text()
    assert [a for entry in COLLECTORS for a in entry.actions if f"`{a}`" not in text] == []


def test_modules_need_what_rows_need(tmp_path: Path) -> None:
    """The subscriptions of their targets, each once, by name or id, and the types of their metrics."""
    id, other = (f"2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000{number}" for number in (2, 3))
    file = tmp_path / "exporter.yaml"
    file.write_text(
        "apiVersion: singlepane/v1\nname: probe\n"
        "tenants: {main: {id: 6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001}}\n"
        f"subscriptions: {{prod: {{id: {id}, tenant: main}}}}\n"
        "modules:\n  vaults:\n    kind: azure\n"
        f"    tenant: main\n    targets: [prod, /subscriptions/{id}/resourceGroups/shop, {other.upper()}]\n"
        "    metrics: [{type: Microsoft.KeyVault/vaults, names: [Availability]}]\n"
    )
    (role,) = roles(load(file))
    assert role.scopes == (f"/subscriptions/{id}", f"/subscriptions/{other}")
    assert "Microsoft.KeyVault/vaults/read" in role.actions
    assert "Microsoft.Insights/metrics/read" in role.actions


def test_no_azure_no_role(tmp_path: Path) -> None:
    """An exporter that reads no Azure needs none, and is told so."""
    file = tmp_path / "exporter.yaml"
    file.write_text(
        "apiVersion: singlepane/v1\nname: orders\nexporters:\n  orders: {kind: json, "
        "url: https://a.example/o, metrics: [{name: orders, help: Orders., value: total}]}\n"
    )
    ran = CliRunner().invoke(app, ["roles", "--config", str(file)])
    assert (ran.exit_code, ran.stdout) == (0, "[]\n")
    assert "needs no role" in ran.stderr


def test_command_writes_one_document_that_the_azure_cli_takes() -> None:
    """One role is an object and not a list: `az role definition create` reads it as it is."""
    ran = CliRunner().invoke(app, ["roles", "--config", str(FOLDER / "one.yaml")])
    assert ran.exit_code == 0
    assert [json.loads(ran.stdout)] == json.loads((FOLDER / "one.json").read_text())
    ran = CliRunner().invoke(app, ["roles", "--config", str(FOLDER / "one.yaml"), "-o", "terraform"])
    assert ran.stdout == (FOLDER / "one.tf").read_text()


def test_without_a_configuration_the_role_is_for_every_type() -> None:
    """It is as wide as Reader in what it sees, and says where to put the subscription."""
    ran = CliRunner().invoke(app, ["roles"])
    assert json.loads(ran.stdout) == general().document()
    assert "*/read" in general().actions
    assert "SUBSCRIPTION_ID" in ran.stderr


def test_texts_cannot_become_terraform() -> None:
    """A name that looks like a template stays a name."""
    odd: Role = replace(general(), name='a "b" ${file("/etc/passwd")} %{ if x }')
    assert 'name        = "a \\"b\\" $${file(\\"/etc/passwd\\")} %%{ if x }"' in terraform([odd])


if __name__ == "__main__":
    for each in NAMES:
        for end, text in written(each).items():
            (FOLDER / f"{each}.{end}").write_text(text)
