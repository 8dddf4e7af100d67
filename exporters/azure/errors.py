"""What goes wrong when Azure is called, and the four forms in which its APIs say so.

AzureError              a call failed; `status` 0 means that no reply came
 ├── Refused            4xx: asking again changes nothing until somebody acts
 ├── Throttled          429, 503, 529, or a wait that is too long for this cycle
 └── BadReply           a reply of 2xx that cannot be read
"""

from __future__ import annotations

from typing import Any

import msgspec

from exporters.collector import CollectorError

UNKNOWN = "unknown error"
# A reader may ignore it: RFC 8259 section 8.1.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LONGEST_MESSAGE = 300


class AzureError(CollectorError):
    """A call failed for good. `code` is Azure's own, or `unknown error`."""

    def __init__(self, message: str, *, status: int = 0, code: str = "", api: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.api = api


class Refused(AzureError):
    """Azure refused the call as it is."""


class Throttled(AzureError):
    """Azure, or our own pace, asks to wait; `seconds` is how long, None when it was not said."""

    def __init__(
        self, message: str, *, seconds: float | None, status: int = 0, code: str = "", api: str = ""
    ) -> None:
        super().__init__(message, status=status, code=code, api=api)
        self.seconds = seconds


class BadReply(AzureError):
    """The reply is not what the contract says."""


def kind(error: AzureError) -> str:
    """`refused`, `throttled`, `bad_reply`, or `failed` for the rest."""
    match error:
        case Refused():
            return "refused"
        case Throttled():
            return "throttled"
        case BadReply():
            return "bad_reply"
    return "failed"


def parse(body: bytes) -> tuple[str, str]:
    """Code and message of an error body, or `unknown error` for an empty, HTML or otherwise strange one.

    Forms: `{"error": {"code", "message"}}` (ARM and most), `{"code", "message"}` (Microsoft.Insights), with
    `innererror` beside (SQL), `{"Code", "Message"}` (App Service), `{"error": "…", "error_description"}`
    (Entra), and `{"typeKey", "message"}` (Azure DevOps, where `errorCode` is always 0).
    """
    try:
        document = msgspec.json.decode(body.removeprefix(BYTE_ORDER_MARK))
    except (msgspec.DecodeError, RecursionError, ValueError):
        return UNKNOWN, ""
    if not isinstance(document, dict):
        return UNKNOWN, ""
    lower = _lowered(document)
    inner = lower.get("error")
    if isinstance(inner, dict):
        lower = _lowered(inner)
    elif isinstance(inner, str):
        lower = {"code": inner, "message": lower.get("error_description")}
    code, message = lower.get("code", lower.get("typekey")), lower.get("message")
    # Cost Management sends a number as text; nothing says that a number as a number is impossible.
    code = str(code) if isinstance(code, str | int) and not isinstance(code, bool) and code != "" else UNKNOWN
    return code[:100], _one_line(message) if isinstance(message, str) else ""


def _lowered(document: dict[Any, Any]) -> dict[str, Any]:
    return {key.lower(): value for key, value in document.items() if isinstance(key, str)}


def _one_line(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= _LONGEST_MESSAGE else line[: _LONGEST_MESSAGE - 1] + "…"
