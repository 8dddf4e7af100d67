"""A real Alertmanager for one test, and a receiver on loopback that keeps what it is sent."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import yaml

from alerts.receivers import secret_files
from alerts.routing import configuration
from deploy.engines import find
from estate.components import Address, FilePath, SecretValue, Text
from estate.model import Estate


class Inbox:
    """What arrived: path, seconds since the inbox was opened, and the document."""

    def __init__(self) -> None:
        self.opened = time.monotonic()
        self.mail: list[tuple[str, float, dict[str, Any]]] = []

    def at(self, path: str) -> list[tuple[float, dict[str, Any]]]:
        """Documents sent to one path, with their times."""
        return [(when, document) for where, when, document in self.mail if where == path]


@contextmanager
def inbox() -> Iterator[tuple[Inbox, str]]:
    """An open inbox and its `host:port`."""
    opened = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            opened.mail.append((self.path, time.monotonic() - opened.opened, json.loads(body)))
            self.send_response(200)
            self.end_headers()
            # What Slack answers; Alertmanager looks for it.
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield opened, f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def resolved(value: Any, server: str, folder: Path, secrets: Mapping[str, str]) -> Any:
    """The document with the server at `server` and files in `folder`."""
    if isinstance(value, Mapping):
        return {key: resolved(each, server, folder, secrets) for key, each in value.items()}
    if isinstance(value, list):
        return [resolved(each, server, folder, secrets) for each in value]
    if not isinstance(value, Text):
        return value
    parts = []
    for part in value.parts:
        match part:
            case str():
                parts.append(part)
            case Address("server", "http"):
                parts.append(server)
            case FilePath(file):
                parts.append(str(folder / file))
            case SecretValue(reference):
                parts.append(secrets[reference])
            case _:
                raise AssertionError(part)
    return "".join(parts)


def write(estate: Estate, folder: Path, server: str, secrets: Mapping[str, str] | None = None) -> Path:
    """The configuration file and the files it refers to; the path of the first."""
    document = resolved(configuration(estate, Address("server", "http")), server, folder, secrets or {})
    path = folder / "alertmanager.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    for file in secret_files(estate):
        (folder / file.path).parent.mkdir(exist_ok=True)
        (folder / file.path).write_text(resolved(file.content, server, folder, secrets or {}))
    return path


@contextmanager
def alertmanager(config: Path, port: int, *flags: str) -> Iterator[httpx.Client]:
    """A running Alertmanager with this configuration, as a client of its API."""
    address = f"127.0.0.1:{port}"
    arguments = (
        f"--config.file={config}",
        f"--storage.path={config.parent / 'data'}",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
        *flags,
    )
    with (config.parent / "alertmanager.log").open("wb") as log:
        process = subprocess.Popen([find("alertmanager"), *arguments], stdout=log, stderr=log)
    try:
        with httpx.Client(base_url=f"http://{address}", timeout=5) as client:
            _wait_until_ready(client, process, config.parent / "alertmanager.log")
            yield client
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_ready(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 20
    while True:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        try:
            if client.get("/-/ready").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)


def post(client: httpx.Client, *alerts: Mapping[str, str]) -> None:
    """Send alerts with these labels, as a Prometheus does."""
    client.post("/api/v2/alerts", json=[{"labels": dict(each)} for each in alerts]).raise_for_status()
