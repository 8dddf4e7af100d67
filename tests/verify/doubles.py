"""Two HTTP servers a test can break at will: an exporter, and the receiver of alerts and heartbeats."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

# As the singlepane server does, heartbeats name every cluster of the estate, heard or not.
EXPECTED = ("hub", "weu", "neu")


class Served:
    """A loopback HTTP server in a thread that can be stopped and started again on the same port."""

    def __init__(self) -> None:
        self.port = 0
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self.start()

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, str, bytes]:
        """Status, content type and body of a reply."""
        raise NotImplementedError

    def start(self) -> None:
        """Listen; the first time on a free port, then always on the same one."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                return

            def do_GET(self) -> None:
                self.reply("GET")

            def do_POST(self) -> None:
                self.reply("POST")

            def reply(self, method: str) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, kind, content = outer.answer(method, self.path, body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                # Who asked may have gone, above all while this hangs on purpose.
                return

        self._server = Server(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.daemon = True
        self._thread.start()

    def stop(self) -> None:
        """Close the port."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None


class ExporterDouble(Served):
    """Serves two series and `more`; `mode` makes it hang, answer with nothing, or fail."""

    mode: Literal["answer", "hang", "empty", "error"] = "answer"
    more = ""

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, str, bytes]:
        if self.mode == "hang":
            time.sleep(30)
        if self.mode == "error":
            return 500, "text/plain", b"collector broken"
        text = f"shop_orders 42\nshop_seen_seconds {time.time():.3f}\n{self.more}"
        text = "" if self.mode == "empty" else text
        return 200, "text/plain; version=0.0.4; charset=utf-8", text.encode()


class ReceiverDouble(Served):
    """Takes Alertmanager's webhooks as the singlepane server does; `deaf` refuses them."""

    deaf = False

    def __init__(self) -> None:
        self.notifications: list[dict[str, Any]] = []
        self.beats: dict[str, tuple[float, int]] = {}
        super().__init__()

    def forget(self) -> None:
        """Drop all that came so far."""
        self.notifications.clear()
        self.beats.clear()

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, str, bytes]:
        if method == "POST":
            if self.deaf:
                return 503, "text/plain", b"deaf"
            self.take(path, json.loads(body))
            return 200, "application/json", b"{}"
        return 200, "application/json", json.dumps(self.shown(path)).encode()

    def take(self, path: str, document: Mapping[str, Any]) -> None:
        """Keep one webhook document (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config)."""
        now = time.time()
        if path != "/api/v1/heartbeat":
            self.notifications.append(
                {"received": now, "status": document["status"], "alerts": document["alerts"]}
            )
            return
        for alert in document["alerts"]:
            cluster = alert["labels"]["cluster"]
            self.beats[cluster] = (now, self.beats.get(cluster, (0.0, 0))[1] + 1)

    def shown(self, path: str) -> dict[str, Any]:
        """The documents of GET /api/v1/heartbeats and /api/v1/notifications."""
        now = time.time()
        if path == "/api/v1/heartbeats":
            came = {
                cluster: {"last": last, "age_seconds": now - last, "count": count}
                for cluster, (last, count) in self.beats.items()
            }
            never = {"last": None, "age_seconds": None, "count": 0}
            return {"heartbeats": [{"cluster": each, **came.get(each, never)} for each in EXPECTED]}
        return {"notifications": self.notifications}
