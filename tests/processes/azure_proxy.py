"""A proxy that leads every host to one port of this machine: how a client that takes no other endpoints than
Azure's is pointed at the simulator. `python -m tests.processes.azure_proxy PORT TO`.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys


async def _joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to: int) -> None:
    """Answer a CONNECT, and pass on what follows."""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        await reader.readuntil(b"\r\n\r\n")
        there, back = await asyncio.open_connection("127.0.0.1", to)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(_pass(reader, back), _pass(there, writer))


async def _pass(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    sink.close()


async def main(port: str, to: str) -> None:
    """Serve until told to stop."""
    server = await asyncio.start_server(
        lambda reader, writer: _joined(reader, writer, int(to)), "127.0.0.1", int(port)
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
