"""Releases that an apply would not send, known without asking for each of their objects.

An apply leaves a release alone when its last revision is deployed with the very content that is wanted and
nothing of it was changed since. The list of live objects is enough to see the second, by what server-side
apply itself keeps (https://kubernetes.io/docs/reference/using-api/server-side-apply/). An object is untouched
when all of this holds:

- Helm's own entry in `metadata.managedFields` names no field that is not sent: so nothing would be taken
  away. Whoever takes a field from Helm takes it out of that entry.
- Every value that is sent is there, in the same spelling. What Helm does not send is not its, and no dry run
  would change it. Another spelling that means the same (`2048Mi`, an empty list) is no match here.
- Nobody else has an entry but for the status. Who sets a field, scales, edits within a list that has one
  owner, or writes as Helm did without server-side apply, has one; entries that were wiped or put together
  (`ancient-changes`) leave Helm without its own.

One object that does not match has its whole release asked by dry run, since an apply then sends all of it:
what is asked is exactly what is sent. A mutating webhook or a policy that came since then changes or refuses
nothing of a release that nobody sends; `plan --full` asks for all objects all the same, and shows it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Manifest = Mapping[str, Any]


def untouched(wanted: Manifest, live: Manifest | None, manager: str) -> bool:
    """Whether an object is as this manager applied it last, and would apply it again."""
    if live is None or "deletionTimestamp" in live["metadata"]:
        return False
    entries = live["metadata"].get("managedFields") or ()
    others = [each for each in entries if each.get("subresource") != "status"]
    if len(others) != 1 or others[0].get("manager") != manager or others[0].get("operation") != "Apply":
        return False
    return _within(others[0].get("fieldsV1") or {}, wanted) and _holds(wanted, live)


def _holds(wanted: Any, live: Any) -> bool:
    """Whether all that is wanted is there. Rows of lists stand in their order, and none beside them.

    A plan of many clusters spends its time here: loops, and the exact types that JSON has.
    """
    if isinstance(wanted, dict):
        if type(live) is not dict:
            return False
        for key, value in wanted.items():  # noqa: SIM110 - a generator on each level takes twice as long
            if key not in live or not _holds(value, live[key]):
                return False
        return True
    if isinstance(wanted, list | tuple):
        if type(live) is not list or len(live) != len(wanted):
            return False
        for value, there in zip(wanted, live, strict=True):  # noqa: SIM110 - as above
            if not _holds(value, there):
                return False
        return True
    # For Python, true is 1.
    return bool(wanted == live) and (type(wanted) is bool) == (type(live) is bool)


def _within(fields: Manifest, sent: Any) -> bool:
    """Whether each of these fields is among what is sent.

    Contract: sigs.k8s.io/structured-merge-diff/v6 fieldpath/serialize-pe.go (`f:` a key, `k:` a row by its
    keys, `v:` a value of a set, `i:` a row by its place; `.` is the thing itself).
    """
    for name, below in fields.items():
        if name == ".":
            continue
        sort, _, rest = name.partition(":")
        if sort == "f" and isinstance(sent, dict) and rest in sent:
            inner = sent[rest]
        elif sort == "k" and isinstance(sent, list | tuple):
            keys = json.loads(rest)
            rows = [row for row in sent if all(row.get(key, _NONE) == value for key, value in keys.items())]
            if len(rows) != 1:
                return False
            inner = rows[0]
        elif sort == "v" and isinstance(sent, list | tuple) and json.loads(rest) in sent:
            continue
        else:
            return False
        if below and not _within(below, inner):
            return False
    return True


_NONE = object()
