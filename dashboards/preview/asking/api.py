"""A client of a Prometheus-compatible API that never waits for ever and never takes in too much. It does
not raise for what a server says: an answer is a result, an error, or both a result and warnings.

Contract: https://prometheus.io/docs/prometheus/latest/querying/api/ ; Thanos adds `partial_response`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import httpx

from dashboards.preview.reading.shape import mapping, text, texts

AT_ONCE = 8
SECONDS = 30.0
# One answer, and all of one page.
LARGEST_ANSWER = 32 * 2**20
LARGEST_PAGE = 256 * 2**20
MOST_QUESTIONS = 600


@dataclass(frozen=True, slots=True)
class Answer:
    """`data` of the API's envelope; `error` says in one sentence why there is none."""

    data: Any = None
    error: str = ""
    warnings: tuple[str, ...] = ()


class Api:
    """One API for one page: equal questions are asked once, and only so many at a time."""

    def __init__(self, client: httpx.AsyncClient, seconds: float = SECONDS) -> None:
        self._client = client
        self._seconds = seconds
        self._places = asyncio.Semaphore(AT_ONCE)
        self._asked: dict[str, asyncio.Task[Answer]] = {}
        self._taken = 0

    async def ask(self, path: str, form: Mapping[str, str | list[str]], *, post: bool = True) -> Answer:
        """The answer to a question; the same one to the same question."""
        key = json.dumps([path, form], sort_keys=True)
        if key not in self._asked:
            if len(self._asked) >= MOST_QUESTIONS:
                return Answer(error=f"not asked: a page asks at most {MOST_QUESTIONS} questions")
            self._asked[key] = asyncio.ensure_future(self._once(path, dict(form), post))
        return await self._asked[key]

    async def __aenter__(self) -> Api:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is asked any more."""
        for task in self._asked.values():
            task.cancel()
        await asyncio.gather(*self._asked.values(), return_exceptions=True)

    async def _once(self, path: str, form: dict[str, str | list[str]], post: bool) -> Answer:
        async with self._places:
            try:
                async with asyncio.timeout(self._seconds):
                    return await self._fetch(path, form, post)
            except TimeoutError:
                return Answer(error=f"no answer within {self._seconds:g} s")
            except httpx.HTTPError as error:
                return Answer(error=f"not reached: {error or type(error).__name__}")
            except (ValueError, RecursionError) as error:
                return Answer(error=f"the answer is no API's: {str(error)[:200]}")

    async def _fetch(self, path: str, form: dict[str, str | list[str]], post: bool) -> Answer:
        request = self._client.build_request(
            "POST" if post else "GET", path, data=form if post else None, params=None if post else form
        )
        response = await self._client.send(request, stream=True)
        try:
            parts: list[bytes] = []
            size = 0
            async for part in response.aiter_bytes():
                size += len(part)
                self._taken += len(part)
                if size > LARGEST_ANSWER or self._taken > LARGEST_PAGE:
                    return Answer(error="the answer is too large: ask for fewer series or a shorter time")
                parts.append(part)
        finally:
            await response.aclose()
        return _read(response.status_code, b"".join(parts))


def _read(status: int, body: bytes) -> Answer:
    try:
        found = mapping(json.loads(body))
    except ValueError:
        found = {}
    if found.get("status") == "success":
        return Answer(found.get("data"), warnings=texts(found.get("warnings")))
    said = text(found.get("error")) or body[:200].decode("utf-8", "replace").strip()
    return Answer(error=f"HTTP {status}: {said}" if said else f"HTTP {status}")
