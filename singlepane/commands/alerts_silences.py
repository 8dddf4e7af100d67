"""`singlepane alerts silences`: maintenance that is done once, as silences of a running Alertmanager."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from alerts.silences import Change, plan
from estate.errors import SurroundingsError
from estate.load import load
from estate.model import Estate
from singlepane import output
from singlepane.bearer import TokenOption, signed
from singlepane.which import EstateOption, estate_file

app = typer.Typer(
    name="silences",
    help="Maintenance that is done once, as silences of a running Alertmanager.",
    no_args_is_help=True,
)
PATH = "/api/v2/silences"
SIGNS = {"create": "+", "change": "~", "expire": "-", "keep": "="}
_ROOT = "--url is the root of an Alertmanager, such as http://127.0.0.1:9093."

UrlOption = Annotated[str, typer.Option("--url", help="Root of the Alertmanager, with its path if any.")]


@app.command("list")
def show(
    url: UrlOption,
    token: TokenOption = None,
    estate: EstateOption = None,
    form: output.FormatOption = output.Format.text,
) -> None:
    """Say which silences of the estate an Alertmanager has, lacks, or has otherwise; nothing is changed.

    Example: `singlepane alerts silences list --url http://127.0.0.1:9093`
    """
    given = load(estate_file(estate)).estate
    with _client(url, token) as client:
        _say(_planned(given, client), form, done=False)


@app.command()
def apply(
    url: UrlOption,
    token: TokenOption = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do none.")] = False,
    estate: EstateOption = None,
    form: output.FormatOption = output.Format.text,
) -> None:
    """Bring the windows of `alerts.maintenance` that are of kind `once` to an Alertmanager, as silences.

    Silences are ours whose creator is `singlepane` and whose comment begins with the estate and the row; one
    whose row is gone is ended. All others stay as they are. A second run changes nothing. Alertmanagers tell
    each other of silences: name any one of them.

    Windows of kind `weekly` are in Alertmanager's configuration and need no silence.

    Exit code 0 done; 2 wrong usage; 3 the Alertmanager is not reached, or refuses.

    Example: `singlepane alerts silences apply --url http://127.0.0.1:9093 --dry-run`
    """
    given = load(estate_file(estate)).estate
    with _client(url, token) as client:
        changes = _planned(given, client)
        for each in () if dry_run else changes:
            _carry_out(each, client)
    _say(changes, form, done=not dry_run)


def _client(url: str, token: Path | None) -> httpx.Client:
    return httpx.Client(base_url=url, headers=signed(token), timeout=30)


def _planned(estate: Estate, client: httpx.Client) -> tuple[Change, ...]:
    """Raises SurroundingsError."""
    answer = _ask(client, "GET", PATH)
    try:
        return plan(estate, answer.json(), datetime.now(UTC))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SurroundingsError(f"{client.base_url} does not answer as an Alertmanager does", _ROOT) from None


def _carry_out(change: Change, client: httpx.Client) -> None:
    if change.action == "expire" and change.now is not None:
        _ask(client, "DELETE", f"/api/v2/silence/{change.now['id']}")
    elif change.action in ("create", "change") and change.then is not None:
        known = {"id": change.now["id"]} if change.now is not None else {}
        _ask(client, "POST", PATH, {**known, **change.then})


def _ask(client: httpx.Client, method: str, path: str, document: Any = None) -> httpx.Response:
    """Raises SurroundingsError."""
    try:
        answer = client.request(method, path, json=document)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SurroundingsError(f"{client.base_url} is not reached: {error}", _ROOT) from None
    if not answer.is_success:
        said = answer.text.strip()[:300]
        raise SurroundingsError(f"{method} {answer.url}: {answer.status_code} {said}", _ROOT)
    return answer


def _say(changes: Iterable[Change], form: output.Format, *, done: bool) -> None:
    if form is output.Format.json:
        output.document({"silences": [_document(each) for each in changes], "done": done})
        return
    rows = list(changes)
    for each in rows:
        row = each.now if each.action == "expire" else each.then
        output.console.print(f"{SIGNS[each.action]} {each.name}{_spoken(row or {})}", markup=False)
    counts = [(action, sum(each.action == action for each in rows)) for action in SIGNS]
    words = [f"{count} to {action}" for action, count in counts if count]
    output.console.print(", ".join(words) if words else "no silences", markup=False)


def _spoken(row: Mapping[str, Any]) -> str:
    labels = [
        f"{each['name']}{'=' if each.get('isEqual', True) else '!='}{each['value']}"
        for each in row.get("matchers", ())
    ]
    return f"  {row.get('startsAt')} to {row.get('endsAt')}: {', '.join(labels)}"


def _document(change: Change) -> dict[str, Any]:
    row = change.now if change.action == "expire" else change.then
    return {
        "action": change.action,
        "name": change.name,
        "id": change.now["id"] if change.now is not None else "",
        "silence": {key: (row or {}).get(key) for key in ("matchers", "startsAt", "endsAt", "comment")},
    }
