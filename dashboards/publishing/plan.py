"""What publishing would change in a Grafana, dashboard by dashboard. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dashboards.publishing import marks
from dashboards.publishing.standing import Standing
from estate.differing import Field, differing

Action = Literal["create", "change", "delete", "same"]
FROM_FILES = "that Grafana has it from files of its own"
# What Grafana counts or gives itself.
_COUNTED = ("id", "uid", "version")
# What it adds for a key that was not sent.
_EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Change:
    """One dashboard. `document` is what is to be there; `note` says in words what no field says.

    `held` says whose it is, where it is not ours; `refused` why Grafana would not take it.
    """

    action: Action
    uid: str
    title: str
    document: Mapping[str, Any]
    standing: Standing | None
    fields: tuple[Field, ...] = ()
    note: str = ""
    held: str = ""
    refused: str = ""


def change(
    document: Mapping[str, Any], standing: Standing | None, folder: str, marked: Collection[str]
) -> Change:
    """What is to be done so that one of our dashboards stands in `folder` as it is written.

    `marked` are the uids in the folder that a search says have our tag.
    """
    uid, title = str(document["uid"]), str(document["title"])
    if standing is None:
        return Change("create", uid, title, document, None)
    if standing.provisioned:
        return Change("change", uid, title, document, standing, refused=FROM_FILES)
    if standing.document is None:
        note = "somebody saved it as a resource of version 2, which /api does not show"
        held = "" if uid in marked else f"{uid} is not in folder {folder}, or has no tag {marks.TAG}"
        return Change("change", uid, title, document, standing, note=note, held=held)
    fields = tuple(differences(standing.document, document))
    note = f"it stands in {_place(standing.folder)}" if standing.folder != folder else ""
    held = ""
    if not marks.marked(uid, standing.document.get("tags") or ()):
        held = f'"{standing.document.get("title")}" in {_place(standing.folder)} has no tag {marks.TAG}'
    action: Action = "change" if fields or note else "same"
    return Change(action, uid, title, document, standing, fields, note, held if action == "change" else "")


def gone(standing: Standing, title: str) -> Change:
    """One of ours that we have no more."""
    refused = FROM_FILES if standing.provisioned else ""
    return Change("delete", standing.uid, title, {}, standing, refused=refused)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Field]:
    """Keys that differ between what stands there and what is to stand there."""
    left, right = (
        {key: value for key, value in each.items() if key not in _COUNTED} for each in (before, after)
    )
    return [
        field for field in differing(left, right, _called) if field.after is not None or not _added(field)
    ]


def _added(field: Field) -> bool:
    return field.before in _EMPTY


def _called(row: Mapping[str, Any]) -> Any:
    """Panels are named by their title, queries by their letter, variables by their name."""
    names = (row.get(key) for key in ("title", "refId", "name"))
    name = next((name for name in names if isinstance(name, str) and name), None)
    # A section often has the title of a panel in it.
    return f"section {name}" if name and row.get("type") == "row" else name


def _place(folder: str) -> str:
    return f"folder {folder}" if folder else "no folder"
