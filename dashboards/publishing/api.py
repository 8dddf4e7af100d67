"""A client of Grafana's HTTP API for folders and dashboards: it follows no redirect, takes in no endless
answer, and says nothing that holds the token.

The API below /api is asked, and not the newer one below /apis: it is there from Grafana 11 to 13 and in every
version of Azure Managed Grafana, takes classic dashboards as they are, and is kept (Grafana 13 marks it as
deprecated and says that it stays operative). Contract:
https://grafana.com/docs/grafana/v12.4/developer-resources/api-reference/http-api/ (dashboard, folder,
folder_dashboard_search, dashboard_versions).
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx

from dashboards.publishing.marks import TAG
from dashboards.publishing.refusals import Answer, Refused, printable, refused
from dashboards.publishing.standing import Hit, Standing
from estate.errors import SurroundingsError

SECONDS = 30.0
LARGEST = 16 * 2**20
# A 404 of Grafana's own, of the old kind or of the newer one, and not of a proxy that knows no such path.
_ABSENT = re.compile(r'\b(folders?|dashboards?)(\.\S+)?( "[^"]*")? not found', re.IGNORECASE)
# Hits on one page of a search; Grafana allows 5000.
PAGE = 500
MOST_PAGES = 200


class Grafana:
    """One Grafana. All methods raise Refused (it says no) and SurroundingsError (nobody answers)."""

    def __init__(self, url: str, token: str, trust: ssl.SSLContext | bool = True) -> None:
        self.where = url.rstrip("/")
        self._token = token
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._client = httpx.Client(headers=headers, timeout=SECONDS, verify=trust, follow_redirects=False)

    def __enter__(self) -> Grafana:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def folder(self, uid: str) -> str | None:
        """The title of a folder, or None where there is none."""
        found = self._find(f"/api/folders/{quote(uid, safe='')}")
        return None if found is None else str(found.get("title", ""))

    def make_folder(self, uid: str, title: str) -> None:
        """Make a folder at the root."""
        self._ask("POST", "/api/folders", body={"uid": uid, "title": title})

    def dashboard(self, uid: str) -> Standing | None:
        """A dashboard, or None where there is none."""
        try:
            found = self._find(_of(uid))
        except Refused as error:
            if error.status == 406:
                return Standing(uid, None)
            raise
        if found is None:
            return None
        document, meta = found.get("dashboard"), found.get("meta")
        if not isinstance(document, dict) or not isinstance(meta, dict):
            raise SurroundingsError(f"{self.where} answers with no dashboard for {uid}", "Is it a Grafana?")
        version = document.get("version")
        return Standing(
            uid,
            document,
            str(meta.get("folderUid") or ""),
            version if isinstance(version, int) else 0,
            meta.get("provisioned") is True,
        )

    def last_message(self, uid: str, version: int) -> str:
        """The message with which this version was saved; empty where it cannot be told."""
        try:
            found = self._ask("GET", f"{_of(uid)}/versions", query={"limit": "1"})
        except Refused:
            return ""
        # A list up to Grafana 11, then a document with one.
        rows = found.get("versions") if isinstance(found, dict) else found
        first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
        return str(first.get("message") or "") if first.get("version") == version else ""

    def marked(self, folder: str) -> tuple[Hit, ...]:
        """The dashboards of a folder that have our tag. What the server does not filter is left out here."""
        found: dict[str, Hit] = {}
        for page in range(1, MOST_PAGES + 1):
            query = {
                "type": "dash-db",
                "tag": TAG,
                "folderUIDs": folder,
                "limit": str(PAGE),
                "page": str(page),
            }
            rows = self._ask("GET", "/api/search", query=query)
            hits = [hit for row in rows if (hit := _hit(row))] if isinstance(rows, list) else []
            new = [hit for hit in hits if hit.uid not in found]
            # A page may be shorter than was asked for: only one without anything new is the last.
            if not new:
                break
            found |= {hit.uid: hit for hit in new}
        return tuple(hit for hit in found.values() if hit.folder == folder and TAG in hit.tags)

    def save(self, document: Mapping[str, Any], folder: str, message: str, standing: Standing | None) -> None:
        """Save a dashboard over what `standing` says is there; who saves it in between is not overwritten."""
        blind = standing is not None and standing.document is None
        body = {
            "dashboard": {**document, "id": None, "version": standing.version if standing else 0},
            "folderUid": folder,
            "message": message,
            "overwrite": blind,
        }
        self._ask("POST", "/api/dashboards/db", body=body)

    def delete(self, uid: str) -> None:
        """Delete a dashboard, or do nothing where there is none any more."""
        try:
            self._ask("DELETE", _of(uid))
        except Refused as error:
            if error.status != 404:
                raise

    def _find(self, path: str) -> dict[str, Any] | None:
        try:
            found = self._ask("GET", path)
        except Refused as error:
            if error.status == 404 and _ABSENT.search(error.said):
                return None
            raise
        return found if isinstance(found, dict) else {}

    def _ask(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Any = None
    ) -> Any:
        content = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if content is not None else {}
        request = self._client.build_request(
            method, f"{self.where}{path}", params=query, content=content, headers=headers
        )
        try:
            reply = self._client.send(request, stream=True)
            try:
                data = self._read(reply)
            finally:
                reply.close()
        except (httpx.HTTPError, OSError) as error:
            raise self._unreached(error) from None
        answer = Answer(
            f"{method} {path}",
            reply.status_code,
            data,
            reply.headers.get("Content-Type", ""),
            reply.headers.get("Location", ""),
        )
        document = answer.document()
        if reply.status_code >= 300 or document is None or "html" in answer.kind:
            secret = self._token.encode()
            raise refused(self.where, replace(answer, body=data.replace(secret, "…".encode())))
        return document

    def _read(self, reply: httpx.Response) -> bytes:
        data = bytearray()
        for part in reply.iter_bytes():
            data += part
            if len(data) > LARGEST:
                raise SurroundingsError(f"{self.where} answers with more than {LARGEST:,} bytes")
        return bytes(data)

    def _unreached(self, error: Exception) -> SurroundingsError:
        why = str(error) or type(error).__name__
        if isinstance(error, httpx.TimeoutException):
            return SurroundingsError(
                f"{self.where} does not answer within {SECONDS:g} s", "Is it up, and reached from here?"
            )
        if "CERTIFICATE_VERIFY_FAILED" in why or "certificate" in why.lower():
            return SurroundingsError(
                f"{self.where}: its certificate is not trusted: {why.removesuffix('.')}",
                "Name the CA that signed it with --ca-file, and write the host that it was made for.",
            )
        if "SSL" in why or "TLS" in why:
            return SurroundingsError(
                f"{self.where} does not speak TLS: {why.removesuffix('.')}",
                "Does that port speak plain HTTP? Then write http://, on this machine alone.",
            )
        return SurroundingsError(
            f"{self.where} is not reached: {why}", "See the address, DNS, the network and the proxy."
        )


def _of(uid: str) -> str:
    return f"/api/dashboards/uid/{quote(uid, safe='')}"


def _hit(row: Any) -> Hit | None:
    if not isinstance(row, dict) or not isinstance(row.get("uid"), str):
        return None
    tags = row.get("tags")
    return Hit(
        row["uid"],
        printable(str(row.get("title", ""))),
        str(row.get("folderUid") or ""),
        tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
    )
