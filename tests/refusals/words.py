"""Command lines that mean nothing, or too much."""

from __future__ import annotations

from tests.refusals.case import Case
from tests.refusals.world import World


def taken(world: World) -> None:
    """A folder with somebody's work."""
    world.file("rendered/notes.txt", "mine\n")


def a_file(world: World) -> None:
    """A file where a folder is wanted."""
    world.file("rendered", "mine\n")


def broken_index(world: World) -> None:
    """What an earlier render wrote, cut off."""
    world.file("rendered/.singlepane.json", '{"files": [')


CASES = (
    Case("a cluster that is misspelt", "plan -c prod-wue"),
    Case("a cluster that the estate does not have", "apply -c dev"),
    Case("a cluster of render that is misspelt", "render -c prd-weu"),
    Case("a cluster of drift that is misspelt", "drift -c hub"),
    Case("a cluster of rollback that is misspelt", "rollback 1 -c hub-weeu"),
    Case("an estate that is not there", "plan estat.yaml"),
    Case("an apply of an estate that is not there", "apply none/estate.yaml"),
    Case("a rollback with the estate where the revision belongs", "rollback estate.yaml"),
    Case("a rollback without a revision", "rollback"),
    Case("a rollback to revision 0", "rollback 0"),
    Case("a format that plan does not have", "plan -o yaml"),
    Case("a format that drift does not have", "drift -o markdown"),
    Case("an option of apply that plan does not have", "plan --allow stream-cut"),
    Case("an option that is misspelt", "apply --take-ovr"),
    Case("an option without its value", "apply --allow"),
    Case("a time that is too short", "apply --timeout 1"),
    Case("a time that is no number", "apply --timeout 10m"),
    Case("a command that is misspelt", "aply"),
    Case("a command of other tools", "install"),
    Case("a target that there is not", "check --target aks estate.yaml"),
    Case("a render into somebody's folder", "render -c prod-weu --out rendered", before=taken),
    Case("a render into a file", "render -c prod-weu --out rendered", before=a_file),
    Case("a render over a broken index", "render -c prod-weu --out rendered", before=broken_index),
    Case(
        "an apply whose secret is not in the environment",
        "apply",
        {"env:PAGER_URL": "env:PAGER_ADDRESS"},
    ),
    Case("an apply whose secret's file is not there", "apply", {"env:PAGER_URL": "file:keys/pager"}),
    Case("images of an estate with an error", "images", {"hub: hub-weu": "hub: hub-wue"}),
    Case("a plan of an estate with an error", "plan", {"[prod-weu]": "[prod-wue]"}),
)
