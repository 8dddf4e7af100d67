"""Publishing on a real Grafana: `SINGLEPANE_GRAFANA_URL=… SINGLEPANE_GRAFANA_TOKEN=… python -m
tests.dashboards.real_grafana`.

The token is one of a service account with the role Editor. All is done in a folder of its own, with
dashboards of other uids, and taken away at the end: dashboards that are published there stay as they are.
Exit code 0 when every step held, 1 when one did not, 2 when no Grafana is named. The tests do the same steps
with the double.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from dashboards.publishing.api import Grafana
from dashboards.publishing.plan import differences
from dashboards.publishing.publish import Plan, carry_out, plan
from dashboards.publishing.refusals import Refused
from dashboards.render import documents
from estate.errors import SurroundingsError

FOLDER = "singlepane-trial"
VERSION = "trial"


def trial() -> list[dict[str, Any]]:
    """Our dashboards under uids that nobody has."""
    made = []
    for document in documents().values():
        uid = f"{FOLDER}-{document['uid'].removeprefix('singlepane-')}"
        made.append({**document, "uid": uid, "title": f"{document['title']} (trial)"})
    return made


def steps(grafana: Grafana) -> Iterator[str]:
    """What held, step by step. Raises AssertionError, and what the client raises."""
    ours = trial()
    first = plan(grafana, ours, FOLDER)
    assert _counts(first) == {"create": len(ours)}, f"the trial's folder is not empty: {_counts(first)}"
    carry_out(grafana, first, VERSION, _silent)
    yield f"{len(ours)} dashboards are made, in a folder of their own"
    for document in ours:
        standing = grafana.dashboard(document["uid"])
        assert standing is not None and standing.document is not None, document["uid"]
        other = [field.path for field in differences(standing.document, document)]
        yield f"{document['uid']} is kept {f'with other {other}' if other else 'as it was sent'}"
    again = plan(grafana, ours, FOLDER)
    assert _counts(again) == {"same": len(ours)}, f"the second time: {_counts(again)}"
    yield "the second time there is nothing to do"
    mine = {**ours[0], "title": "Mine"}
    grafana.save(mine, FOLDER, "by hand", grafana.dashboard(mine["uid"]))
    after = plan(grafana, ours, FOLDER)
    fields = [field.path for each in after.wanted for field in each.fields]
    assert "title" in fields and len(after.wanted) == 1, f"a change by hand is not seen: {fields}"
    yield "a change by hand is seen"
    grafana.save({**mine, "title": "Mine too"}, FOLDER, "by hand", grafana.dashboard(mine["uid"]))
    try:
        carry_out(grafana, after, VERSION, _silent)
    except SurroundingsError as error:
        assert "somebody saved this dashboard while it was compared" in error.message, error.message
    else:
        raise AssertionError("a save in between is overwritten")
    yield "a save in between is not overwritten"
    carry_out(grafana, plan(grafana, ours, FOLDER), VERSION, _silent)
    copy = {**ours[0], "uid": "trial-copy", "title": "A copy"}
    grafana.save(copy, FOLDER, "by hand", grafana.dashboard("trial-copy"))
    fewer = plan(grafana, ours[1:], FOLDER)
    assert [each.uid for each in fewer.wanted] == [ours[0]["uid"]], _counts(fewer)
    carry_out(grafana, fewer, VERSION, _silent)
    assert grafana.dashboard(ours[0]["uid"]) is None
    assert grafana.dashboard("trial-copy") is not None
    yield "what is no more is deleted, and a copy of it stays"


def remove(url: str, token: str) -> None:
    """The folder and all that is in it."""
    address = f"{url.rstrip('/')}/api/folders/{FOLDER}"
    httpx.delete(address, headers={"Authorization": f"Bearer {token}"}, timeout=30)


def _counts(of: Plan) -> dict[str, int]:
    actions = [each.action for each in of.changes]
    return {action: actions.count(action) for action in dict.fromkeys(actions)}


def _silent(line: str) -> None:
    """Nothing is said of a single dashboard."""


def main(say: Callable[[str], None] = print) -> int:
    """The exit code."""
    url, token = (os.environ.get(f"SINGLEPANE_GRAFANA_{name}", "") for name in ("URL", "TOKEN"))
    if not url or not token:
        say("not run: set SINGLEPANE_GRAFANA_URL and SINGLEPANE_GRAFANA_TOKEN to a Grafana of yours")
        return 2
    try:
        with Grafana(url, token) as grafana:
            for step in steps(grafana):
                say(f"ok: {step}")
    except (AssertionError, SurroundingsError) as error:
        remedy = error.remedy if isinstance(error, Refused) else ""
        say(f"FAILED: {error} {remedy}")
        return 1
    finally:
        remove(url, token)
    return 0


if __name__ == "__main__":
    sys.exit(main())
