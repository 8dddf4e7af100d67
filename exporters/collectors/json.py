"""Metrics out of a JSON document over HTTP. What it takes for a number is in docs/collectors/json.md."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Any, Literal

import httpx
import jmespath
import msgspec
import structlog
from jmespath.exceptions import JMESPathError

from estate.model import JsonExporter, JsonMetric
from estate.quantities import seconds
from exporters.collector import Collection, CollectorError
from exporters.configuration.config import Config
from exporters.configuration.secrets import read
from exporters.exposition.metrics import Family, Labels, Sample
from exporters.work import worked

LONGEST_REPLY_BYTES = 16 * 1024 * 1024
MOST_SERIES = 50_000
_NAMED_AT_MOST = 3

# Why a value was left out.
Reason = Literal["items", "number", "label", "negative", "duplicate", "expression"]

Search = Callable[[Any], Any]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Compiled:
    """A metric with its expressions ready to run."""

    metric: JsonMetric
    items: Search
    value: Search
    labels: tuple[tuple[str, Search], ...]


def compiled(metric: JsonMetric) -> Compiled:
    """Raises jmespath's errors (ValueError) for an expression that is none."""
    return Compiled(
        metric,
        _search(metric.items),
        _search(metric.value),
        tuple((name, _search(expression)) for name, expression in metric.labels.items()),
    )


def _search(expression: str) -> Search:
    """What runs an expression. Most are plain paths: without JMESPath's interpreter they take a third of the
    time.
    """
    parsed = jmespath.compile(expression)
    path = _path(parsed.parsed)
    return parsed.search if path is None else partial(_follow, path)


def _path(node: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The keys of `a` or `a.b.c`, None for any other expression."""
    if node["type"] == "field":
        return (node["value"],)
    if node["type"] != "subexpression":
        return None
    parts = [_path(child) for child in node["children"]]
    return tuple(key for part in parts if part for key in part) if all(parts) else None


def _follow(path: tuple[str, ...], value: Any) -> Any:
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


class _Bad(Exception):
    """A value that is not what a metric needs."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Extracted:
    """One metric out of a document: its series, and how many values were left out and why."""

    family: Family
    bad: Counter[Reason]


def extract(metric: Compiled, document: Any) -> Extracted:
    """Pure. A value of null is absent; true and false are 1 and 0; anything else that is no number is left
    out and counted, text with digits too. Of two series with the same labels neither is kept: which is right
    cannot be known.
    """
    bad: Counter[Reason] = Counter()
    found: dict[Labels, float] = {}
    seen: Counter[Labels] = Counter()
    try:
        items = metric.items(document)
    except (JMESPathError, RecursionError, ValueError):
        items, bad["expression"] = None, 1
    if items is not None and not isinstance(items, list):
        bad["items"] += 1
    for item in items if isinstance(items, list) else ():
        try:
            value = _number(metric.value(item))
            if value is None:
                continue
            if metric.metric.type == "counter" and value < 0:
                raise _Bad("negative")
            labels = Labels({name: _label(search(item)) for name, search in metric.labels})
        except _Bad as error:
            bad[error.reason] += 1
        except (JMESPathError, RecursionError, ValueError):
            bad["expression"] += 1
        else:
            seen[labels] += 1
            found[labels] = value
    for labels, times in seen.items():
        if times > 1:
            bad["duplicate"] += times
            del found[labels]
    samples = tuple(Sample(labels, value) for labels, value in found.items())
    return Extracted(Family(metric.metric.name, _type(metric.metric), metric.metric.help, samples), bad)


def _type(metric: JsonMetric) -> Literal["gauge", "counter"]:
    return metric.type


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | float):
        raise _Bad("number")
    try:
        number = float(value)
    except OverflowError:
        raise _Bad("number") from None
    if not isfinite(number):
        raise _Bad("number")
    return number


def _label(value: Any) -> str:
    """Text as it is; a number without a needless `.0`; true and false; null is no label."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case str():
            return value
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case _:
            raise _Bad("label")


class JsonDocument:
    """One exporter row of kind json."""

    name = "json"

    def __init__(
        self,
        exporter: str,
        row: JsonExporter,
        transport: httpx.AsyncBaseTransport | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.exporter = exporter
        self.interval = float(seconds(row.interval))
        limit = float(seconds(row.timeout))
        # Reading and extracting come on top of the request, which keeps to the limit by itself.
        self.timeout = limit + 5.0
        self._url = row.url
        self._limit = limit
        self._bearer = row.bearer
        self._metrics = tuple(compiled(metric) for metric in row.metrics)
        self._bad: Counter[tuple[str, Reason]] = Counter()
        self._said: frozenset[tuple[str, Reason]] = frozenset()
        # Reading what the system trusts takes 50 ms, so that many of one exporter share it.
        self._http = httpx.AsyncClient(
            timeout=limit, transport=transport, follow_redirects=False, verify=trust or True
        )

    async def collect(self) -> Collection:
        """Fetch and extract. Raises CollectorError when there is no JSON document."""
        try:
            async with asyncio.timeout(self._limit):
                body = await self._fetch()
        except (TimeoutError, httpx.TimeoutException):
            raise CollectorError(f"no reply within {self._limit:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CollectorError(f"no reply: {str(error) or type(error).__name__}"[:200]) from None
        # A large document takes longer than the loop may stand still.
        return await worked(self._collection, body)

    def own(self) -> Iterable[Family]:
        """What was left out."""
        samples = tuple(
            Sample(Labels({"metric": metric, "reason": reason}), float(count))
            for (metric, reason), count in sorted(self._bad.items())
        )
        help = "Values of the document that were left out, by metric and reason."
        return (Family("exporter_json_bad_values_total", "counter", help, samples),)

    async def close(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    async def _fetch(self) -> bytes:
        headers = {"accept": "application/json"}
        if self._bearer is not None:
            headers["authorization"] = f"Bearer {read(self._bearer)}"
        async with self._http.stream("GET", self._url, headers=headers) as reply:
            if reply.status_code != 200:
                raise CollectorError(f"the reply has status {reply.status_code}, not 200")
            chunks: list[bytes] = []
            size = 0
            async for chunk in reply.aiter_bytes():
                size += len(chunk)
                if size > LONGEST_REPLY_BYTES:
                    raise CollectorError(f"the reply is longer than {LONGEST_REPLY_BYTES} bytes")
                chunks.append(chunk)
            return b"".join(chunks)

    def _collection(self, body: bytes) -> Collection:
        try:
            document = msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError, ValueError) as error:
            raise CollectorError(f"the reply is no JSON: {error}"[:200]) from None
        results = [extract(metric, document) for metric in self._metrics]
        series = sum(len(each.family.samples) for each in results)
        if series > MOST_SERIES:
            raise CollectorError(f"the document gives {series} series, more than {MOST_SERIES}")
        problems: list[str] = []
        said: set[tuple[str, Reason]] = set()
        for each in results:
            name = each.family.name
            for reason, count in each.bad.items():
                self._bad[name, reason] += count
                said.add((name, reason))
            if each.bad and not each.family.samples:
                problems.append(f"{name}: nothing but bad values ({', '.join(sorted(each.bad))})")
        if said - self._said:
            log.warning("values left out", exporter=self.exporter, values=sorted(said))
        self._said = frozenset(said)
        return Collection([each.family for each in results], tuple(problems[:_NAMED_AT_MOST]))


def build(name: str, row: JsonExporter, config: Config, state: Path | None) -> JsonDocument:
    """The collector of a row."""
    return JsonDocument(name, row)
