"""The real programs: each is there, says its version, and does what its part of the estate rests on."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from deploy import engines
from deploy.engines.npminstall import launcher
from deploy.engines.printed import printed_version
from deploy.engines.spec import Engine
from tests.ports import free_address, free_port


@pytest.fixture(autouse=True)
def only_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """What we built is tested, not what a user may have named."""
    monkeypatch.delenv("SINGLEPANE_ENGINE_PATH", raising=False)


@pytest.mark.parametrize("engine", engines.ENGINES, ids=lambda engine: engine.name)
def test_prints_the_pinned_version(engine: Engine) -> None:
    """Every engine is built and says that it is the version that is pinned."""
    assert printed_version(engine, engines.find(engine.name)) == engine.version


@contextmanager
def running(name: str, *arguments: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """An engine as a process, ended with SIGTERM."""
    log = folder / "log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [engines.find(name), *arguments], stdout=file, stderr=file, cwd=folder, text=True
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def answer(url: str) -> httpx.Response:
    """The reply of a server that is about to listen; fails after a minute."""
    for _ in range(600):
        try:
            return httpx.get(url, follow_redirects=True, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


def test_build_info_is_right(tmp_path: Path) -> None:
    """A running engine exports the version, its module's version as revision, and the branch."""
    address = free_address()
    with running("node_exporter", f"--web.listen-address={address}", folder=tmp_path):
        metrics = answer(f"http://{address}/metrics").text
    version = next(engine.version for engine in engines.ENGINES if engine.name == "node_exporter")
    info = next(line for line in metrics.splitlines() if line.startswith("node_exporter_build_info{"))
    for label in (f'version="{version}"', f'revision="v{version}"', 'branch="HEAD"', "netgo"):
        assert label in info


def test_prometheus_has_its_web_interface(tmp_path: Path) -> None:
    """The page of Prometheus opens, with the script and the style that it names."""
    (tmp_path / "prometheus.yml").write_text("{}")
    address = free_address()
    arguments = (
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        f"--web.listen-address={address}",
    )
    with running("prometheus", *arguments, folder=tmp_path):
        page = answer(f"http://{address}/")
        assert (page.status_code, page.url.path) == (200, "/query")
        files = [part.split('"')[0] for part in page.text.split('"./')[1:]]
        replies = {file.rpartition(".")[2]: answer(f"http://{address}/{file}") for file in files}
    assert {kind: reply.status_code for kind, reply in replies.items()} == {"svg": 200, "js": 200, "css": 200}
    assert "javascript" in replies["js"].headers["content-type"]


def test_azurite_is_node_itself(tmp_path: Path) -> None:
    """Signals reach Azurite: its process is node, with no shell in between, and SIGTERM ends it in order."""
    port = free_port()
    arguments = ("--blobPort", str(port), "--location", ".", "--skipApiVersionCheck", "--disableTelemetry")
    with running("azurite", *arguments, folder=tmp_path) as process:
        reply = answer(f"http://127.0.0.1:{port}/devstoreaccount1?comp=list")
        assert reply.headers["server"].startswith("Azurite-Blob/")
        found = psutil.Process(process.pid)
        assert (Path(found.exe()).name, found.children()) == ("node", [])
    assert process.returncode == 0
    assert "Azurite Blob service successfully closed" in (tmp_path / "log").read_text()


@pytest.mark.parametrize("folder", ["plain", "with a space", "long/" + "x" * 120])
def test_launcher_becomes_node(tmp_path: Path, folder: str) -> None:
    """Wherever node is, the launcher turns into it and hands on its arguments."""
    engine = next(engine for engine in engines.ENGINES if engine.name == "azurite")
    node = Path(engines.find(engine.name).read_text().splitlines()[0].removeprefix("#!"))
    linked = tmp_path / folder / "node"
    linked.parent.mkdir(parents=True)
    linked.symlink_to(node)
    script = tmp_path / "node_modules" / "own" / "main.js"
    script.parent.mkdir(parents=True)
    script.write_text(
        "const fields = [process.pid, require.main === module, ...process.argv.slice(2)];\n"
        "console.log(JSON.stringify(fields));\n"
    )
    program = tmp_path / "program"
    program.write_text(launcher(linked, "own/main.js"))
    program.chmod(0o755)
    with subprocess.Popen([program, "a b", "$c"], stdout=subprocess.PIPE, text=True) as process:
        output, _ = process.communicate(timeout=60)
    assert output == f'[{process.pid},true,"a b","$c"]\n'
