"""A double of many API servers in one process of its own: recorded answers over HTTP and TLS.

`python -m tests.bench.plan_served FOLDER` reads `answers.pickle`, writes the port into `port`, and serves
`/CLUSTER/…` until it is told to end. It decides nothing: a request that was not recorded is a 404.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import signal
import ssl
import sys
from collections import Counter
from pathlib import Path

Answers = dict[tuple[str, str, str], tuple[int, bytes]]


async def serve(folder: Path) -> None:
    """Until SIGTERM; then it writes how often it was asked into `counts.json`."""
    # Written by the benchmark a moment ago.
    answers: Answers = pickle.loads((folder / "answers.pickle").read_bytes())  # noqa: S301 - our own
    pki = folder / "plane" / "pki"
    trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(pki / "ca.crt"))
    trust.verify_mode = ssl.CERT_REQUIRED
    trust.load_cert_chain(pki / "apiserver.crt", pki / "apiserver.key")
    counts: Counter[str] = Counter()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        counts["connections"] += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")
                method, target, _ = lines[0].split(" ")
                headers = {
                    name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])
                }
                await reader.readexactly(int(headers.get("content-length", 0)))
                alone = "?metadata" if "PartialObjectMetadataList" in headers.get("accept", "") else ""
                _, cluster, rest = target.split("/", 2)
                status, body = answers.get(
                    (cluster, method, f"/{rest}{alone}"), (404, b"404 page not found\n")
                )
                counts[
                    method if (cluster, method, f"/{rest}{alone}") in answers else f"unknown {target}"
                ] += 1
                kind = b"application/json" if body.startswith(b"{") else b"text/plain"
                writer.write(
                    b"HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
                    % (status, kind, len(body), body)
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=trust, backlog=1024)
    (folder / "port").write_text(str(server.sockets[0].getsockname()[1]))
    await over.wait()
    server.close()
    (folder / "counts.json").write_text(json.dumps(counts))


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
