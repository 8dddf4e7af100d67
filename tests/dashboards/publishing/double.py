"""A stand-in for Grafana's API of folders and dashboards, strict where the real one is.

What it does is taken from the documentation of the HTTP API (dashboard, folder, folder_dashboard_search,
dashboard_versions) and from the source that answers: pkg/api/dashboard.go and search.go, pkg/api/apierrors,
pkg/services/dashboards/errors.go. `major` is Grafana's version: a save over a version that is not the newest
is answered with 412 up to 12 and with 409 from 13, and the list of versions is a document from 12.
It refuses with 400 what no caller of ours should send: parameters and keys that it does not know.
"""

from __future__ import annotations

import copy
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

EDITOR, VIEWER = "glsa_made_up_editor", "glsa_made_up_viewer"
ROLES = {EDITOR: "Editor", VIEWER: "Viewer"}
SEARCHED = {"type", "tag", "folderUIDs", "limit", "page"}
SAVED = {"dashboard", "folderUid", "message", "overwrite"}
ANSWERED = 5000

Reply = tuple[int, Any]


@dataclass
class Kept:
    """A dashboard with its history: messages, the newest last."""

    document: dict[str, Any]
    folder: str
    messages: list[str]
    provisioned: bool = False
    resource: bool = False

    @property
    def version(self) -> int:
        """As many as there are messages."""
        return len(self.messages)


@dataclass
class Double:
    """What it holds, and how it answers."""

    major: int = 12
    url: str = ""
    folders: dict[str, str] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)
    # The most hits on a page, whatever was asked for.
    cap: int = ANSWERED
    # What is changed in a document before it is handed out, as a migration does.
    reads: Callable[[dict[str, Any]], None] = lambda document: None
    # What happens between a comparison and what is done: before a folder is made, before a save.
    before_folder: Callable[[], None] = lambda: None
    before_save: Callable[[], None] = lambda: None
    # By method and beginning of the path: what answers in Grafana's place, with its headers.
    instead: dict[tuple[str, str], tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    log: list[tuple[str, str]] = field(default_factory=list)

    def put(self, document: dict[str, Any], folder: str, message: str = "", **more: Any) -> None:
        """As somebody saves it in the browser."""
        uid = document["uid"]
        if uid in self.kept:
            kept = self.kept[uid]
            kept.document, kept.folder = copy.deepcopy(document), folder
            kept.messages.append(message)
        else:
            self.kept[uid] = Kept(copy.deepcopy(document), folder, [message], **more)

    def writes(self) -> list[str]:
        """What was asked that changes something."""
        return [f"{method} {path}" for method, path in self.log if method != "GET"]

    def answer(self, method: str, target: str, token: str, body: Any) -> Reply:
        """Status and document."""
        parts = urlsplit(target)
        path = [unquote(part) for part in parts.path.strip("/").split("/")]
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if token not in ROLES:
            return 401, {"message": "Invalid API key", "messageId": "api-key.invalid", "statusCode": 401}
        needs = {"POST": "write", "DELETE": "delete"}.get(method)
        if needs and ROLES[token] == "Viewer":
            said = "You'll need additional permissions to perform this action. Permissions needed: "
            return 403, {
                "title": "Access denied",
                "message": f"{said}{path[1]}:{needs}",
                "accessErrorId": "ACE0000000001",
            }
        match method, path:
            case _, ["api", "folders", *rest]:
                return self._folders(method, rest, body)
            case "GET", ["api", "dashboards", "uid", uid]:
                return self._dashboard(uid)
            case "GET", ["api", "dashboards", "uid", uid, "versions"]:
                return self._versions(uid, query)
            case "POST", ["api", "dashboards", "db"]:
                self.before_save()
                return self._save(body)
            case "DELETE", ["api", "dashboards", "uid", uid]:
                return self._delete(uid)
            case "GET", ["api", "search"]:
                return self._search(query)
        return 404, {"message": "Not found"}

    def _folders(self, method: str, rest: list[str], body: Any) -> Reply:
        match method, rest:
            case "GET", [uid]:
                return self._folder(uid)
            case "POST", []:
                self.before_folder()
                return self._make(body)
            case "DELETE", [uid]:
                self.folders.pop(uid, None)
                self.kept = {name: kept for name, kept in self.kept.items() if kept.folder != uid}
                return 200, {"message": "Folder deleted", "id": 1}
        return 404, {"message": "Not found"}

    def _folder(self, uid: str) -> Reply:
        if uid not in self.folders:
            return 404, {"message": "folder not found", "status": "not-found"}
        return 200, {"id": 1, "uid": uid, "title": self.folders[uid], "version": 1}

    def _make(self, body: Any) -> Reply:
        if set(body) - {"uid", "title", "parentUid"} or not body.get("title"):
            return 400, {"message": "bad request data"}
        if body["uid"] in self.folders or (self.major < 12 and body["title"] in self.folders.values()):
            return 409, {"message": "a folder with the same name already exists in the current location"}
        self.folders[body["uid"]] = body["title"]
        return 200, {"id": 1, "uid": body["uid"], "title": body["title"], "version": 1}

    def _dashboard(self, uid: str) -> Reply:
        kept = self.kept.get(uid)
        if kept is None:
            return 404, {"message": "Dashboard not found", "traceID": ""}
        if kept.resource:
            instead = f"/apis/dashboard.grafana.app/v2/namespaces/default/dashboards/{uid}"
            return 406, {"message": f"dashboard api version not supported, use {instead} instead"}
        document = copy.deepcopy(kept.document)
        self.reads(document)
        document |= {"id": 7, "version": kept.version}
        meta = {
            "folderUid": kept.folder,
            "folderTitle": self.folders.get(kept.folder, "General"),
            "provisioned": kept.provisioned,
            "version": kept.version,
        }
        return 200, {"dashboard": document, "meta": meta}

    def _versions(self, uid: str, query: dict[str, str]) -> Reply:
        if set(query) - {"limit", "start"} or uid not in self.kept:
            return 404, {"message": "Dashboard version not found"}
        newest = [*enumerate(self.kept[uid].messages, 1)][::-1][: int(query.get("limit", 1000))]
        rows = [{"version": version, "uid": uid, "message": message} for version, message in newest]
        return 200, rows if self.major < 12 else {"continueToken": "", "versions": rows}

    def _save(self, body: Any) -> Reply:
        document = body.get("dashboard")
        if set(body) - SAVED or not isinstance(document, dict) or document.get("id") is not None:
            return 400, {"message": "bad request data"}
        uid = document.get("uid", "")
        if not document.get("title"):
            return 400, {"message": "Dashboard title cannot be empty", "status": "empty-name"}
        if len(uid) > 40:
            return 400, {"message": "uid too long, max 40 characters"}
        if len(body.get("message", "")) > 500:
            return 400, {"message": "message too long, max 500 characters"}
        folder = body.get("folderUid", "")
        if folder and folder not in self.folders:
            return 400, {"message": "folder not found"}
        kept = self.kept.get(uid)
        if kept is not None and kept.provisioned:
            return 400, {"message": "Cannot save provisioned dashboard"}
        if kept is not None and not body.get("overwrite") and document.get("version") != kept.version:
            if self.major < 13:
                said = "The dashboard has been changed by someone else"
                return 412, {"message": said, "status": "version-mismatch"}
            return 409, {"message": "Dashboard already exists. Use overwrite flag to update."}
        self.put({**document}, folder, body.get("message", ""))
        self.kept[uid].resource = False
        return 200, {"id": 7, "uid": uid, "status": "success", "version": self.kept[uid].version}

    def _delete(self, uid: str) -> Reply:
        kept = self.kept.get(uid)
        if kept is None:
            return 404, {"message": "Dashboard not found", "traceID": ""}
        if kept.provisioned:
            return 400, {"message": "provisioned dashboard cannot be deleted"}
        del self.kept[uid]
        return 200, {"title": kept.document["title"], "message": "deleted", "uid": uid}

    def _search(self, query: dict[str, str]) -> Reply:
        if set(query) - SEARCHED:
            return 400, {"message": "bad request data"}
        limit, page = int(query.get("limit", 1000)), int(query.get("page", 1))
        if limit > ANSWERED:
            said = "Limit is above maximum allowed (5000), use page parameter to access hits beyond limit"
            return 422, {"message": said}
        rows = [
            {
                "id": 7,
                "uid": uid,
                "title": kept.document["title"],
                "type": "dash-db",
                "tags": kept.document.get("tags", []),
                # The root has no folderUid at all.
                **({"folderUid": kept.folder} if kept.folder else {}),
            }
            for uid, kept in sorted(self.kept.items())
            if query.get("tag", "") in ("", *kept.document.get("tags", []))
            and query.get("folderUIDs", kept.folder) == kept.folder
        ]
        size = min(limit, self.cap)
        return 200, rows[(page - 1) * size : page * size]


class _Handler(BaseHTTPRequestHandler):
    double: Double

    def do_GET(self) -> None:
        self._answered("GET")

    def do_POST(self) -> None:
        self._answered("POST")

    def do_DELETE(self) -> None:
        self._answered("DELETE")

    def _answered(self, method: str) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.double.log.append((method, self.path))
        for (asked, path), (status, headers, body) in self.double.instead.items():
            if asked == method and self.path.startswith(path):
                self._send(status, headers, body)
                return
        json_sent = not data or self.headers.get("Content-Type") == "application/json"
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        status, document = (
            self.double.answer(method, self.path, token, json.loads(data) if data else None)
            if json_sent
            else (415, {"message": "unsupported content type"})
        )
        self._send(status, {"Content-Type": "application/json"}, json.dumps(document).encode())

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust the certificate goes away, as it should."""


@contextmanager
def running(double: Double, tls: ssl.SSLContext | None = None) -> Iterator[Double]:
    """It, on a port of its own that is in its `url`."""
    handler = type("Handler", (_Handler,), {"double": double})
    server = _Server(("127.0.0.1", 0), handler)
    if tls is not None:
        # The handshake is the handler's: it must not hold up the next one.
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    double.url = f"{'https' if tls else 'http'}://localhost:{server.server_port}"
    try:
        yield double
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
