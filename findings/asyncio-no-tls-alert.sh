#!/usr/bin/env bash
# Python's asyncio, https://github.com/python/cpython (certificates by trustme 1.2.1)
#
# A TLS server that refuses a client says why with an alert before it closes: a blocking ssl.SSLSocket does so.
# A server of asyncio does not: what OpenSSL wrote for the peer is thrown away when the handshake fails. With
# TLS 1.3 a client without the certificate that is asked for has done its part by then, sends its request, and
# reads an orderly end as if the answer were empty. So whoever looks into the client's log for "certificate
# required" looks in vain, with uvicorn too. Reported in 2022 as cpython issue 98078; a change of July 2026
# (153620) mends it in versions after those below.
#
# Seen with Python 3.11.2, 3.11.7 and 3.13.0:
#   blocking: TLSV13_ALERT_CERTIFICATE_REQUIRED
#   asyncio: b'' is read
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check trustme==1.2.1
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import asyncio
import socket
import ssl
import threading

import trustme

authority = trustme.CA()
asking = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
authority.issue_cert("localhost").configure_cert(asking)
authority.configure_trust(asking)
asking.verify_mode = ssl.CERT_REQUIRED
asking.minimum_version = ssl.TLSVersion.TLSv1_3


def read_at(port):
    """What a client without a certificate is told."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        try:
            with context.wrap_socket(connection, server_hostname="localhost") as secured:
                return f"{secured.recv(1)!r} is read"
        except ssl.SSLError as error:
            return error.reason


def blocking():
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = listening.accept()
        try:
            asking.wrap_socket(connection, server_side=True)
        except ssl.SSLError:
            pass

    threading.Thread(target=serve, daemon=True).start()
    return read_at(listening.getsockname()[1])


async def by_asyncio():
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0, ssl=asking)
    async with server:
        return await asyncio.to_thread(read_at, server.sockets[0].getsockname()[1])


print(f"blocking: {blocking()}")
print(f"asyncio: {asyncio.run(by_asyncio())}")
PYTHON
diff "$folder/seen" - <<'EXPECTED'
blocking: TLSV13_ALERT_CERTIFICATE_REQUIRED
asyncio: b'' is read
EXPECTED
