"""Publishing: what a Grafana has is read, compared, and brought to what we have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashboards.publishing import marks
from dashboards.publishing.api import Grafana
from dashboards.publishing.plan import Change, change, gone
from dashboards.publishing.refusals import Refused
from estate.errors import SinglepaneError, SurroundingsError


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done in the folder with this uid; `made` is whether the folder is new."""

    folder: str
    made: bool
    changes: tuple[Change, ...]

    @property
    def wanted(self) -> tuple[Change, ...]:
        """Without those that are as they should be."""
        return tuple(each for each in self.changes if each.action != "same")


def plan(grafana: Grafana, documents: Sequence[Mapping[str, Any]], folder: str) -> Plan:
    """Compare. Nothing is changed. Raises SurroundingsError."""
    made = grafana.folder(folder) is None
    hits = () if made else grafana.marked(folder)
    marked = {hit.uid for hit in hits}
    changes = [_of(grafana, document, folder, marked) for document in documents]
    ours = {str(document["uid"]) for document in documents}
    for hit in hits:
        if hit.uid in ours or not marks.marked(hit.uid, hit.tags):
            continue
        # A search may tell of a change a little later.
        standing = grafana.dashboard(hit.uid)
        if standing is not None and (standing.document is None or standing.folder == folder):
            changes.append(gone(standing, hit.title))
    return Plan(folder, made, tuple(changes))


def _of(grafana: Grafana, document: Mapping[str, Any], folder: str, marked: Collection[str]) -> Change:
    found = change(document, grafana.dashboard(str(document["uid"])), folder, marked)
    if found.action == "change" and found.fields and found.standing is not None and not found.held:
        # A Grafana may keep it in a form of its own: then what was written says whether it is ours as it is.
        said = grafana.last_message(found.uid, found.standing.version)
        if marks.says(said, document):
            return replace(found, action="change" if found.note else "same", fields=())
    return found


def carry_out(grafana: Grafana, plan: Plan, version: str, say: Callable[[str], None]) -> None:
    """Do what a plan says; what is deleted goes last. The same again goes on where it stopped.

    Raises SurroundingsError that says what was done before.
    """
    done, at = 0, ""
    try:
        if plan.made:
            _make(grafana, plan.folder)
            say(f"folder {plan.folder} is made")
        for each in plan.wanted:
            at = f"{each.uid}: "
            if each.action == "delete":
                grafana.delete(each.uid)
            else:
                text = marks.message(version, each.document)
                grafana.save(each.document, plan.folder, text, each.standing)
            done += 1
            say(f"{each.uid}: {_DONE[each.action]}")
    except SurroundingsError as error:
        raise SurroundingsError(
            f"{at if _of_one(error) else ''}{error.message}; {done} of {len(plan.wanted)} are done",
            error.remedy,
        ) from None


_DONE = {"create": "made", "change": "changed", "delete": "deleted"}


def _of_one(error: SinglepaneError) -> bool:
    """Whether an error is about one dashboard, and not about the Grafana."""
    return isinstance(error, Refused) and error.status < 500 and error.status not in {401, 429}


def _make(grafana: Grafana, folder: str) -> None:
    try:
        grafana.make_folder(folder, folder)
    except Refused as error:
        # Somebody else was quicker, which is as good.
        if error.status != 409 or grafana.folder(folder) is None:
            raise
