"""Asking a component whether it is ready."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from deploy.exposition import sample_sum
from deploy.targets.local.launch import Condition


@dataclass(frozen=True, slots=True)
class Verdict:
    """`answered` tells a component that lives from one that hangs; `reason` says why it is not ready."""

    ready: bool
    answered: bool
    reason: str = ""


class Prober:
    """Asks over one client. Certificates are not verified: it is loopback, and the answer is no secret."""

    def __init__(self, seconds: float) -> None:
        trusting = ssl.create_default_context()
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE
        self._seconds = seconds
        self._client = httpx.AsyncClient(
            verify=trusting,
            timeout=seconds,
            # A proxy of the environment has no way to this machine's loopback.
            trust_env=False,
            # A kept connection says nothing about whether a new one is accepted.
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def ask(self, url: str) -> Verdict:
        """The verdict on `http(s)://host:port/path`, on `tcp://host:port`, or on nothing (always ready)."""
        if not url:
            return Verdict(ready=True, answered=True)
        parts = urlsplit(url)
        try:
            # httpx has no bound for a reply that trickles.
            async with asyncio.timeout(self._seconds):
                if parts.scheme == "tcp":
                    _, writer = await asyncio.open_connection(parts.hostname, parts.port)
                    writer.close()
                    return Verdict(ready=True, answered=True)
                async with self._client.stream("GET", url) as reply:
                    status = reply.status_code
        except TimeoutError:
            return Verdict(False, False, f"no answer from {parts.netloc} in {self._seconds:g} s")
        except (httpx.ConnectError, ConnectionRefusedError):
            return Verdict(False, False, f"{parts.netloc} takes no connections")
        except (httpx.HTTPError, OSError) as error:
            return Verdict(
                False, False, f"no answer from {parts.netloc}: {str(error) or type(error).__name__}"
            )
        if 200 <= status < 300:
            return Verdict(ready=True, answered=True)
        return Verdict(False, True, f"{parts.path} of {parts.netloc} answers {status}")

    async def holds(self, condition: Condition) -> bool:
        """Whether a condition holds. What cannot be read does not."""
        try:
            async with asyncio.timeout(self._seconds):
                page = await self._client.get(condition.page)
        except (TimeoutError, httpx.HTTPError, OSError):
            return False
        return page.is_success and sample_sum(page.text, condition.metric) >= condition.least

    async def close(self) -> None:
        """Close the client."""
        await self._client.aclose()
