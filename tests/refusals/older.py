"""An API server of another version: the real one, behind a double that answers `/version` alone."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import urllib3

from tests.cluster import kubeconfig
from tests.refusals.case import Case
from tests.refusals.live import APPLY, storage_class
from tests.refusals.things import namespace
from tests.refusals.world import CLUSTERS, World


def of_version(version: str) -> Callable[[World], None]:
    """All contexts lead to it; everything else is what the real one says."""

    def before(world: World) -> None:
        world.has(storage_class("default"), namespace("prod"))
        server = _server(world, version)
        url = f"http://127.0.0.1:{server.server_port}"
        pki = dict.fromkeys(CLUSTERS, world.server.pki)
        document = kubeconfig.document(pki, dict.fromkeys(CLUSTERS, url), "admin")
        kubeconfig.write(world.folder / "kubeconfig", document)

    return before


def _server(world: World, version: str) -> ThreadingHTTPServer:
    pki, behind = world.server.pki, world.server.server
    pool = urllib3.PoolManager(
        ca_certs=str(pki / "ca.crt"),
        cert_file=str(pki / "admin.crt"),
        key_file=str(pki / "admin.key"),
        maxsize=32,
    )

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            return

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))) or None
            if self.path == "/version":
                status, answer = 200, json.dumps({"gitVersion": version}).encode()
            else:
                kept = {key: self.headers[key] for key in ("Accept", "Content-Type") if key in self.headers}
                got = pool.request(self.command, behind + self.path, body=body, headers=kept)
                status, answer = got.status, got.data
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
    world.after.append(server.shutdown)
    world.after.append(server.server_close)
    return server


CASES = (
    Case("an API server that is too old", APPLY, before=of_version("v1.24.17")),
    Case("a plan for an API server that is too old", "plan -c prod-weu", before=of_version("v1.24.17")),
    Case(
        "a plan for an API server of another version than the estate says",
        "plan -c prod-weu",
        before=of_version("v1.33.4"),
    ),
)
