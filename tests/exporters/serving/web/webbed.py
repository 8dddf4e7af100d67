"""A served exporter with a web configuration, and the certificates that it and its clients need."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import bcrypt
import httpx
import trustme
from cryptography.hazmat.primitives import serialization

from exporters.configuration.load import load
from exporters.running.own import Counts
from exporters.serving.runtime import Runtime
from exporters.serving.serve import Server, options
from exporters.serving.service import app
from exporters.serving.web.guard import Guard
from exporters.serving.web.live import Live, Web
from exporters.serving.web.passwords import Passwords
from tests.exporters.serving.test_service import CONFIG
from web.bounds import Bounds
from web.crowd import Crowd
from web.listening import bind

TLS = "tls_server_config: {cert_file: server.crt, key_file: server.key}\n"
MUTUAL = """\
tls_server_config:
  cert_file: server.crt
  key_file: server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
"""
TOKEN = "a-token-of-a-test"


@dataclass(frozen=True)
class Authority:
    """Who signs the certificates of a test."""

    ca: trustme.CA

    def server(
        self, folder: Path, not_before: datetime | None = None, not_after: datetime | None = None
    ) -> None:
        """A new certificate for the server, valid in this time."""
        issued = self.ca.issue_cert("127.0.0.1", "localhost", not_before=not_before, not_after=not_after)
        self._write(issued, folder, "server")

    def client(self, folder: Path, stem: str = "client", *names: str) -> None:
        """A certificate for a client."""
        self._write(self.ca.issue_cert(*(names or ("prometheus.example",))), folder, stem)

    def _write(self, issued: trustme.LeafCert, folder: Path, stem: str) -> None:
        (folder / f"{stem}.crt").write_bytes(b"".join(each.bytes() for each in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(folder / f"{stem}.key")


def certificates(folder: Path) -> Authority:
    """Everything that the configurations of tests name, in a folder."""
    authority = Authority(trustme.CA())
    authority.ca.cert_pem.write_to_path(folder / "ca.crt")
    authority.server(folder)
    authority.client(folder)
    authority.client(folder, "other")
    key = serialization.load_pem_private_key((folder / "other.key").read_bytes(), None)
    (folder / "encrypted.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"passphrase"),
        )
    )
    (folder / "nothing.pem").write_text("nothing of use\n")
    (folder / "good.token").write_text(f"{TOKEN}\n")
    (folder / "empty.token").write_text("\n")
    (folder / "two.token").write_text("one two\n")
    return authority


def hashed(password: str, cost: int = 4) -> str:
    """A quick hash of a password."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(cost)).decode()


@dataclass(frozen=True)
class Served:
    """An exporter that listens."""

    port: int
    folder: Path
    live: Live
    runtime: Callable[[], Runtime]
    counts: Counts

    @property
    def scheme(self) -> str:
        """`http` or `https`."""
        return "https" if self.live.context is not None else "http"

    def client(self, certificate: str = "", **more: object) -> httpx.AsyncClient:
        """A client that trusts the test's authority; `certificate` is the stem of its own."""
        context: ssl.SSLContext | bool = False
        if self.scheme == "https":
            context = ssl.create_default_context(cafile=self.folder / "ca.crt")
            if certificate:
                context.load_cert_chain(
                    self.folder / f"{certificate}.crt", self.folder / f"{certificate}.key"
                )
        base = f"{self.scheme}://127.0.0.1:{self.port}"
        return httpx.AsyncClient(base_url=base, verify=context, trust_env=False, **more)  # type: ignore[arg-type]

    def write(self, text: str) -> None:
        """Another web configuration."""
        (self.folder / "web.yaml").write_text(text)


@asynccontextmanager
async def serving(folder: Path, text: str, bounds: Bounds | None = None) -> AsyncIterator[Served]:
    """The exporter of one cluster's inventory, served as a web configuration says, within these bounds."""
    file, web_file = folder / "exporter.yaml", folder / "web.yaml"
    file.write_text(CONFIG.format(name="guarded"))
    web_file.write_text(text)
    config, counts = load(file), Counts()
    if bounds is not None:
        counts.crowd = Crowd(bounds, lambda _: None)
    live = Live(web_file, Web.load(web_file), counts)
    runtimes: list[Runtime] = []

    def make() -> Runtime:
        runtimes.append(Runtime(config, file, None, counts, live))
        return runtimes[-1]

    with closing(Passwords()) as passwords, closing(bind("127.0.0.1", 0)) as bound:
        server = Server(options(Guard(app(make), live, counts, passwords), counts, live), counts.crowd)
        task = asyncio.create_task(server.serve(sockets=[bound]))
        for _ in range(2000):
            if server.started or task.done():
                break
            await asyncio.sleep(0.005)
        try:
            yield Served(bound.getsockname()[1], folder, live, lambda: runtimes[-1], counts)
        finally:
            server.should_exit = True
            await task
