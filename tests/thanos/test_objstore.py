"""Object store documents: by value, and as Thanos itself reads them."""

from __future__ import annotations

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml

from deploy.engines import find
from estate.components import Address, DataPath, SecretValue, text
from estate.model import Store
from tests.thanos.dump import readable
from thanos import objstore
from thanos.objstore import Bucket

STORE = Store(account="shopmetrics", container="thanos")
# 64 bytes, as an account key has.
KEY = "QUJD" * 21 + "QQ=="


def test_workload_identity_holds_no_secret() -> None:
    """With workload identity there is nothing to leak: the pod's token is the key."""
    assert objstore.azure(STORE) == {
        "type": "AZURE",
        "config": {
            "storage_account": "shopmetrics",
            "container": "thanos",
            "storage_create_container": False,
        },
    }


def test_connection_string_is_a_reference() -> None:
    """A connection string is read at start, and never part of the estate."""
    store = Store(account="shopmetrics", container="thanos", identity="keyvault:shop-kv/store")
    config = objstore.azure(store)["config"]
    assert config["storage_connection_string"] == text(SecretValue("keyvault:shop-kv/store"))


def test_azurite_by_connection_string() -> None:
    """The account is in the path of an http address, which no other key of the document can say."""
    key = SecretValue("file:azurite-key")
    document = objstore.azurite(STORE, Address("azurite", "blob"), key)
    assert readable(document) == {
        "type": "AZURE",
        "config": {
            "storage_account": "shopmetrics",
            "container": "thanos",
            "storage_create_container": True,
            "storage_connection_string": "DefaultEndpointsProtocol=http;AccountName=shopmetrics;"
            "AccountKey=${secret:file:azurite-key};BlobEndpoint=http://${address:azurite/blob}/shopmetrics;",
        },
    }
    # A template is as good as a reference.
    assert objstore.azurite(STORE, Address("azurite", "blob"), text(key)) == document


def test_files() -> None:
    """A folder may be a path or a template."""
    assert objstore.files("/var/blocks") == {
        "type": "FILESYSTEM",
        "config": {"directory": text("/var/blocks")},
    }
    assert readable(objstore.files(DataPath("store", "bucket")))["config"] == {
        "directory": "${data:store/bucket}"
    }


def test_the_document_is_a_secret_file() -> None:
    """It may hold a connection string: mode 0600, and never shown."""
    assert Bucket(objstore.azure(STORE)).file.secret


def test_thanos_signs_requests_to_the_emulator(tmp_path: Path) -> None:
    """Thanos takes the Azurite document and asks for /ACCOUNT/CONTAINER, signed with the account's key."""
    asked: list[tuple[str, str, str]] = []

    class Blob(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.command, self.path, self.headers.get("Authorization", "")))
            listing = b'<?xml version="1.0"?><EnumerationResults><Blobs/><NextMarker/></EnumerationResults>'
            self.send_response(200)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(listing)))
            self.end_headers()
            self.wfile.write(listing)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Blob)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    document = objstore.azurite(STORE, Address("azurite", "blob"), KEY)
    rendered = yaml.safe_dump(readable(document)).replace(
        "${address:azurite/blob}", f"127.0.0.1:{server.server_address[1]}"
    )
    (tmp_path / "objstore.yaml").write_text(rendered)
    try:
        done = subprocess.run(
            [find("thanos"), "tools", "bucket", "ls", "--objstore.config-file=objstore.yaml"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert done.returncode == 0, done.stderr
    assert {path.split("?")[0] for _, path, _ in asked} == {"/shopmetrics/thanos"}
    assert all(signature.startswith("SharedKey shopmetrics:") for _, _, signature in asked)
