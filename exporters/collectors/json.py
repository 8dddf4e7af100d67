"""Metrics out of a JSON document over HTTP. What it takes for a number is in docs/collectors/json.md."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import httpx
import structlog

from estate.model import JsonExporter
from estate.quantities import seconds
from exporters.collector import Collection, CollectorError
from exporters.configuration.config import Config
from exporters.configuration.secrets import bearer
from exporters.documents.decode import NotJson, decoded
from exporters.documents.extract import Reason, compiled, extract
from exporters.exposition.metrics import Family, Labels, Sample
from exporters.reply import ENCODINGS, Raw, content, few, received
from exporters.work import worked

MOST_SERIES = 50_000
_NAMED_AT_MOST = 3

log = structlog.get_logger()


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
                raw = await self._fetch()
        except (TimeoutError, httpx.TimeoutException):
            raise CollectorError(f"no reply within {self._limit:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CollectorError(f"no reply: {str(error) or type(error).__name__}"[:200]) from None
        # A large document takes longer than the loop may stand still.
        return await worked(self._collection, raw)

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

    async def _fetch(self) -> Raw:
        headers = {"accept": "application/json", "accept-encoding": ENCODINGS}
        if self._bearer is not None:
            headers["authorization"] = f"Bearer {bearer(self._bearer)}"
        async with self._http.stream("GET", self._url, headers=headers) as reply:
            if reply.status_code != 200:
                raise CollectorError(f"the reply has status {reply.status_code}, not 200")
            return await received(reply)

    def _collection(self, raw: Raw) -> Collection:
        body = few(content(raw))
        try:
            document = decoded(body)
        except NotJson as error:
            raise CollectorError(f"the reply {error}"[:200]) from None
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
