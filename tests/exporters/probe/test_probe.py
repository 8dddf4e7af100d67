"""`/probe`: what it answers, whom it asks, how often, and how long it takes."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from exporters.configuration.load import load
from exporters.configuration.modules import AzureModule, JsonModule
from exporters.probe import probes
from exporters.serving.runtime import Runtime
from exporters.serving.serve import Server, options
from exporters.serving.service import app
from tests.exporters.scraping import prometheus, targets
from tests.exporters.serving.test_service import OPENMETRICS, promtool, series
from web.listening import bind

CONFIG = """\
apiVersion: singlepane/v1
name: probing
modules:
  orders:
    kind: json
    targets: ["http://127.0.0.1:{port}/shops"]
    bearer: env:PROBE_TOKEN
    cache: {cache}
    timeout: 5s
    metrics:
      - {{name: shop_orders_open, help: Orders that are open., value: open}}
      - {{name: shop_orders_total, type: counter, help: Orders so far., value: all}}
  names:
    kind: json
    targets: ["http://127.0.0.1:{port}/names"]
    metrics: [{{name: shop_named, help: Shops., value: shop}}]
"""


class Shops:
    """A server of documents that counts who asks for what."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.tokens: set[str] = set()
        self.open = 0
        self.most_open = 0
        self.slow = 0.0
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.reply: tuple[int, str, str] | None = None

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                path = head.split(" ")[1]
                self.calls[path] += 1
                self.tokens |= {
                    line for line in head.splitlines() if line.lower().startswith("authorization")
                }
                self.open += 1
                self.most_open = max(self.open, self.most_open)
                await asyncio.sleep(self.slow)
                await self.may_answer.wait()
                self.open -= 1
                body = json.dumps({"open": self.calls[path], "all": 7, "shop": "text"})
                status, more, text = self.reply or (200, "", body)
                writer.write(
                    f"HTTP/1.1 {status} X\r\ncontent-length: {len(text)}\r\n{more}\r\n{text}".encode()
                )
                await writer.drain()
        except (asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@asynccontextmanager
async def probing(folder: Path, cache: str = "1m") -> AsyncIterator[tuple[httpx.AsyncClient, Shops, str]]:
    """An exporter with two modules, the shops that they read, and the shops' address."""
    shops = Shops()
    server = await asyncio.start_server(shops.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    file = folder / "exporter.yaml"
    file.write_text(CONFIG.format(port=port, cache=cache))
    service = app(lambda: Runtime(load(file), file, None))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="http://exporter")
    async with service.router.lifespan_context(service), client:
        yield client, shops, f"http://127.0.0.1:{port}"
    server.close()


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module's token, and no proxy between."""
    monkeypatch.setenv("PROBE_TOKEN", "token-of-the-module")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


async def probe(client: httpx.AsyncClient, target: str, within: str = "", **more: Any) -> httpx.Response:
    """One probe of the module `orders`."""
    headers = {"x-prometheus-scrape-timeout-seconds": within} if within else {}
    parameters = {"module": "orders", "target": target}
    return await client.get("/probe", params=parameters, headers={**headers, **more})


async def test_a_probe(tmp_path: Path) -> None:
    """The target's metrics and two of the probe, nothing of the exporter; in both formats; clean."""
    async with probing(tmp_path) as (client, shops, shop):
        reply = await probe(client, f"{shop}/shops/de", "10")
        assert reply.status_code == 200
        assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        values = series(reply.text)
        assert float(values.pop("probe_duration_seconds")) > 0
        assert values == {"probe_success": "1", "shop_orders_open": "1", "shop_orders_total": "7"}
        assert promtool(reply.text) == (0, "")
        other = await probe(client, f"{shop}/shops/de", accept=OPENMETRICS)
        assert other.text.endswith("# EOF\n")
        assert other.headers["age"] == "0"
        assert shops.tokens == {"authorization: Bearer token-of-the-module"}
        assert "Modules of /probe: orders, names" in (await client.get("/")).text
        assert (await client.get("/readyz")).status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ("", 400, "write the parameter module once, as in /probe?module=NAME&target=TARGET\n"),
        ("module=orders", 400, "write the parameter target once,"),
        ("module=orders&target=", 400, "write the parameter target once,"),
        ("module=orders&target=SHOP/shops/a&target=SHOP/shops/b", 400, "write the parameter target once,"),
        ("module=orders&module=names&target=SHOP/shops", 400, "write the parameter module once,"),
        (
            "module=order&target=SHOP/shops",
            400,
            "there is no module of this name; there are: orders, names\n",
        ),
        (
            "module=orders&target=SHOP/names",
            403,
            "the target is not among the targets of the module orders\n",
        ),
        ("module=orders&target=SHOP/shopsx", 403, "the target is not among"),
        ("module=orders&target=http://localhost/shops", 403, "the target is not among"),
        ("module=orders&target=shops", 400, "the target cannot be probed: it does not begin with http://"),
        (
            "module=orders&target=http://u:hunter2@127.0.0.1/shops",
            400,
            "the target cannot be probed: it holds",
        ),
        ("module=orders&target=SHOP/shops/../names", 400, "the target cannot be probed: its path has a dot"),
        (
            "module=orders&target=SHOP/shops?code=hunter2",
            400,
            "the target cannot be probed: the address holds",
        ),
    ],
)
async def test_what_is_not_probed(query: str, status: int, text: str, tmp_path: Path) -> None:
    """The reason as text, counted, and nobody is called."""
    async with probing(tmp_path) as (client, shops, shop):
        reply = await client.get(f"/probe?{query.replace('SHOP', shop)}")
        assert (reply.status_code, reply.text[: len(text)]) == (status, text)
        assert "hunter2" not in reply.text
        assert not shops.calls
        await asyncio.sleep(0)
        transport: Any = client._transport
        assert sum(transport.app.state.runtime.counts.refused.values()) == 1


@pytest.mark.parametrize("header", ["", "soon", "0", "-1", "nan", "inf"])
async def test_what_is_no_scrape_timeout(header: str, tmp_path: Path) -> None:
    """It is refused; a scrape without one has the module's timeout."""
    async with probing(tmp_path) as (client, _, shop):
        headers = {"x-prometheus-scrape-timeout-seconds": header}
        reply = await client.get(f"/probe?module=orders&target={shop}/shops", headers=headers)
        assert reply.status_code == 400
        assert (await probe(client, f"{shop}/shops")).status_code == 200


async def test_two_replicas_share_a_call(tmp_path: Path) -> None:
    """At once, and one after the other within the cache; another target is another call."""
    async with probing(tmp_path) as (client, shops, shop):
        shops.slow = 0.1
        replies = await asyncio.gather(*(probe(client, f"{shop}/shops/de") for _ in range(20)))
        assert len({reply.text for reply in replies}) == 1
        assert (await probe(client, f"{shop}/shops/de")).text == replies[0].text
        await probe(client, f"{shop}/shops/fr")
        assert shops.calls == {"/shops/de": 1, "/shops/fr": 1}


async def test_the_cache_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After it, the target is read again."""
    now = [1000.0]
    monkeypatch.setattr(probes, "monotonic", lambda: now[0])
    async with probing(tmp_path, "10s") as (client, _, shop):
        for passed, value in ((0.0, "1"), (9.9, "1"), (0.2, "2"), (5.0, "2")):
            now[0] += passed
            assert series((await probe(client, f"{shop}/shops")).text)["shop_orders_open"] == value


async def test_few_run_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others wait for their turn; too many are turned away."""
    monkeypatch.setattr(probes, "AT_ONCE", 3)
    monkeypatch.setattr(probes, "MOST_WAITING", 6)
    async with probing(tmp_path) as (client, shops, shop):
        shops.slow = 0.05
        replies = await asyncio.gather(*(probe(client, f"{shop}/shops/{number}") for number in range(12)))
        assert Counter(reply.status_code for reply in replies) == {200: 9, 503: 3}
        assert shops.most_open == 3
        assert all("probe_success 1" in reply.text for reply in replies if reply.status_code == 200)


async def test_a_slow_target_does_not_time_the_scrape_out(tmp_path: Path) -> None:
    """The answer comes before Prometheus gives up; what the target says later is there for the next one."""
    async with probing(tmp_path) as (client, shops, shop):
        shops.may_answer.clear()
        values = series((await probe(client, f"{shop}/shops", "0.4")).text)
        assert values == {"probe_success": "0", "probe_duration_seconds": "0.2"}
        shops.may_answer.set()
        async with asyncio.timeout(30):
            while values["probe_success"] == "0":
                values = series((await probe(client, f"{shop}/shops", "0.4")).text)
        assert shops.calls["/shops"] == 1


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (500, "", "{}"),
        (302, "location: /names\r\n", ""),
        (200, "", "no json"),
        (200, "", '{"open": "text", "all": null}'),
    ],
)
async def test_a_bad_target(status: int, headers: str, body: str, tmp_path: Path) -> None:
    """The probe has failed and says so with status 200; a redirect is not followed."""
    async with probing(tmp_path) as (client, shops, shop):
        shops.reply = (status, headers, body)
        reply = await probe(client, f"{shop}/shops")
        values = series(reply.text)
        assert (reply.status_code, values["probe_success"]) == (200, "0")
        assert values.keys() == {"probe_success", "probe_duration_seconds"}
        assert shops.calls == {"/shops": 1}
        transport: Any = client._transport
        runtime: Runtime = transport.app.state.runtime
        await runtime.board.refresh()
        own = series((await client.get("/metrics")).text)
        assert own['exporter_probes_total{module="orders",outcome="failure"}'] == "1"


async def test_targets_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest unused one goes first; its connection is closed."""
    monkeypatch.setattr(probes, "KEPT", 2)
    async with probing(tmp_path) as (client, shops, shop):
        for name in ("a", "b", "a", "c", "a", "b"):
            await probe(client, f"{shop}/shops/{name}")
        assert shops.calls == {"/shops/a": 1, "/shops/b": 2, "/shops/c": 1}


@pytest.mark.parametrize(("change", "success"), [("  names:", "1"), ("timeout: 5s", "0")])
async def test_a_reload_ends_probes_of_what_changed(change: str, success: str, tmp_path: Path) -> None:
    """A run of a module that is as before goes on; of another one those that wait are answered."""
    async with probing(tmp_path) as (client, shops, shop):
        shops.may_answer.clear()
        waiting = asyncio.create_task(probe(client, f"{shop}/shops"))
        for _ in range(1000):
            if shops.calls:
                break
            await asyncio.sleep(0.01)
        file = tmp_path / "exporter.yaml"
        renamed = {"  names:": "  named:", "timeout: 5s": "timeout: 4s"}
        file.write_text(file.read_text().replace(change, renamed[change]))
        assert (await client.post("/-/reload")).status_code == 200
        shops.may_answer.set()
        assert series((await waiting).text)["probe_success"] == success
        reply = await client.get(f"/probe?module=none&target={shop}/names")
        assert reply.text.endswith(f"there are: orders, name{'d' if 'names' in change else 's'}\n")
        await probe(client, f"{shop}/shops")
        assert shops.calls == {"/shops": 1 if success == "1" else 2}


async def test_prometheus_probes(tmp_path: Path) -> None:
    """Two replicas of the real one, through its relabelling: one call to each target for both."""
    async with probing(tmp_path) as (client, shops, shop), AsyncExitStack() as stack:
        transport: Any = client._transport
        with closing(bind("127.0.0.1", 0)) as bound:
            config = options(transport.app, transport.app.state.runtime.counts, None)
            config.lifespan = "off"
            server = Server(config, transport.app.state.runtime.counts.crowd)
            task = asyncio.create_task(server.serve(sockets=[bound]))
            relabel = [
                {"source_labels": ["__address__"], "target_label": "__param_target"},
                {"source_labels": ["__param_target"], "target_label": "instance"},
                {"target_label": "__address__", "replacement": f"127.0.0.1:{bound.getsockname()[1]}"},
            ]
            common = {"metrics_path": "/probe", "params": {"module": ["orders"]}, "relabel_configs": relabel}
            urls = []
            for replica in ("a", "b"):
                (tmp_path / replica).mkdir()
                jobs = {
                    "good": {**common, "to": f"{shop}/shops/de"},
                    "forbidden": {**common, "to": f"{shop}/names"},
                }
                urls.append(await stack.enter_async_context(prometheus(tmp_path / replica, jobs)))
            for url in urls:
                found = await targets(url, 2)
                assert found["good"] == ("up", "")
                assert "403 Forbidden" in found["forbidden"][1]
                async with httpx.AsyncClient(base_url=url, trust_env=False) as api:
                    queried = await api.get("/api/v1/query", params={"query": "shop_orders_open"})
                (sample,) = queried.json()["data"]["result"]
                assert sample["metric"]["instance"] == f"{shop}/shops/de"
                assert sample["value"][1] == "1"
            assert shops.calls == {"/shops/de": 1}
            server.should_exit = True
            await task


def test_the_example_is_valid(tmp_path: Path) -> None:
    """What the page shows is loaded, without rows under `exporters`; every key of a module is on it."""
    text = (Path(__file__).parents[3] / "docs" / "exporters" / "probe.md").read_text()
    file = tmp_path / "exporter.yaml"
    found = []
    for example in re.findall(r"```yaml\n(apiVersion:.*?)```", text, re.DOTALL):
        file.write_text(example)
        config = load(file)
        assert config.exporters == {}
        found += [(name, module.kind) for name, module in config.modules.items()]
    assert found == [("shop", "json"), ("storage", "azure")]
    keys = {*JsonModule.model_fields, *AzureModule.model_fields}
    assert [key for key in sorted(keys) if f"`{key}`" not in text] == []
