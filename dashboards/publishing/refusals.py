"""What a Grafana, or what stands before it, answers when it does not do what is asked: in words, with a
remedy. Pure.

Contract: https://grafana.com/docs/grafana/v12.4/developer-resources/api-reference/http-api/ (status codes of
dashboard, folder and search); grafana/grafana pkg/services/dashboards/errors.go, pkg/api/apierrors and
pkg/api/dashboard.go for the words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from estate.errors import SurroundingsError

_TITLE = re.compile(rb"<title[^>]*>\s*([^<]{1,80}?)\s*</title>", re.IGNORECASE)
_LONGEST = 300
# Up to Grafana 12 a version that is not the newest is answered with 412, later with 409.
SAVING = "/api/dashboards/db"
_ROOT = (
    "--url is Grafana's own root, with its path where it is served below one. What stands before it (a "
    "sign-in page, a proxy) must let requests to /api through, with their Authorization header."
)
_TOKENS = (
    "Make a token of a service account with the role Editor (Administration, Users and access, Service "
    "accounts). On Azure Managed Grafana sign in with `--token entra`, or switch service accounts on there."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came. `asked` is method and path, `kind` its content type, `location` where it sends
    the one who asks.
    """

    asked: str
    status: int
    body: bytes
    kind: str = ""
    location: str = ""

    def document(self) -> Any:
        """What the body holds as JSON, or None."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Refused(SurroundingsError):
    """An answer that is no success. `status` is HTTP's; `said` is Grafana's own message."""

    def __init__(self, message: str, remedy: str, status: int, said: str = "") -> None:
        super().__init__(message, remedy)
        self.status = status
        self.said = said


def refused(where: str, answer: Answer) -> Refused:
    """The error for an answer of the Grafana at `where` that is no JSON, or no success."""
    document = answer.document()
    fields = document if isinstance(document, Mapping) else {}
    said = _text(fields)
    message, remedy = _web(where, answer) or _words(where, answer, said, str(fields.get("status", "")))
    return Refused(message, remedy, answer.status, said)


def _web(where: str, answer: Answer) -> tuple[str, str] | None:
    """Not Grafana's API speaks, but a page, a proxy or a redirect."""
    if 300 <= answer.status < 400:
        to = urlsplit(answer.location)
        if to.scheme == "https" and where.startswith("http://") and to.hostname == urlsplit(where).hostname:
            return f"{where} sends everybody to https", "Write --url with https://."
        # The query of a sign-in holds state that is nobody else's business.
        place = f"{to.scheme}://{to.netloc}{to.path}" if to.netloc else to.path
        return f"{where} redirects {answer.asked} to {place}, which is no answer of Grafana's API", _ROOT
    if "html" in answer.kind or answer.body.lstrip()[:1] == b"<":
        title = _TITLE.search(answer.body)
        named = f' ("{printable(title[1].decode(errors="replace"))}")' if title else ""
        said = f"{where} answers {answer.asked} with a web page{named}, status {answer.status}"
        return said, f"{_ROOT}{_by_status(answer.status)}"
    if answer.document() is None and answer.status < 400:
        return f"{where} answers {answer.asked} with no JSON", _ROOT
    return None


def _by_status(status: int) -> str:
    return f" {_TOKENS}" if status in {401, 403} else ""


def _words(where: str, answer: Answer, said: str, word: str) -> tuple[str, str]:
    because = f": {said}" if said else ""
    asked = answer.asked
    match answer.status:
        case 401:
            return f"{where} does not take the token (401){because}", _TOKENS
        case 403:
            return (
                f"the token may not do {asked} at {where} (403){because}",
                "Give its service account, or whom it stands for, the role Editor; with roles of your own: "
                "folders:read, folders:create, dashboards:read, dashboards:create, dashboards:write, "
                "dashboards:delete.",
            )
        case 409 | 412 if SAVING in asked:
            return _precondition(f" ({answer.status}){because}", word)
        case 409:
            return (
                f"a folder of this name or uid is there already (409){because}",
                "Name that folder's uid (the part after /dashboards/f/ of its address) with --folder, or "
                "rename it.",
            )
        case 400 if "provisioned" in said.lower():
            return (
                f"that Grafana has this dashboard from files (400){because}",
                "Take it out of the files or the ConfigMaps there, or leave the publishing: both are one too "
                "many.",
            )
        case 404:
            return (
                f"{where} does not know {asked} (404){because}",
                "--url is Grafana's own root, with its path where it is served below one.",
            )
        case 413:
            return (
                f"{asked} is too large for what stands before {where} (413){because}",
                "Let it take requests of 1 MB (NGINX: client_max_body_size).",
            )
        case 429:
            return f"{where} is asked too often (429){because}", "Wait a minute and run the same again."
    if answer.status >= 500:
        return (
            f"{where} cannot do {asked} just now ({answer.status}){because}",
            "See Grafana's own log, and whether it is up; then run the same again.",
        )
    return f"{where} refuses {asked} ({answer.status}){because}", ""


def _precondition(because: str, word: str) -> tuple[str, str]:
    match word:
        case "name-exists":
            return (
                f"another dashboard has this title in the folder, or this uid{because}",
                "Rename that one or move it to another folder, and run the same again.",
            )
        case "plugin-dashboard":
            return (
                f"this dashboard belongs to a plugin there{because}",
                "Take the plugin's dashboard out, and run the same again.",
            )
    return (
        f"somebody saved this dashboard while it was compared{because}",
        "Run the same again: it compares with what is there now.",
    )


def _text(said: Mapping[str, Any]) -> str:
    found = said.get("message")
    return printable(found)[:_LONGEST] if isinstance(found, str) else ""


def printable(text: str) -> str:
    """A text of a stranger as one line, without what a terminal would obey."""
    return "".join(each if each.isprintable() else " " for each in " ".join(text.split()))
