"""The real Prometheus scrapes the exporter in each way of signing in; and the process with its option."""

from __future__ import annotations

import signal
import ssl
import subprocess
from contextlib import AsyncExitStack
from pathlib import Path
from time import sleep
from typing import Any

import httpx

from tests.exporters.scraping import prometheus, targets
from tests.exporters.serving.test_process import run, running
from tests.exporters.serving.web.test_users import users
from tests.exporters.serving.web.webbed import MUTUAL, TLS, TOKEN, Served, certificates, serving


def jobs(guarded: Served, mutual: Served) -> dict[str, dict[str, Any]]:
    """Ways to scrape, good and bad, as people write them."""
    trust = {"ca_file": str(guarded.folder / "ca.crt")}
    own = {"cert_file": str(mutual.folder / "client.crt"), "key_file": str(mutual.folder / "client.key")}
    bearer = {"type": "Bearer", "credentials_file": str(guarded.folder / "good.token")}
    users, clients = f"127.0.0.1:{guarded.port}", f"127.0.0.1:{mutual.port}"
    basic = {"username": "alice", "password": "secret"}
    return {
        "basic": {"to": users, "scheme": "https", "tls_config": trust, "basic_auth": basic},
        "bearer": {"to": users, "scheme": "https", "tls_config": trust, "authorization": bearer},
        "mutual": {"to": clients, "scheme": "https", "tls_config": {**trust, **own}},
        "nobody": {"to": users, "scheme": "https", "tls_config": trust},
        "wrong-password": {
            "to": users,
            "scheme": "https",
            "tls_config": trust,
            "basic_auth": {**basic, "password": "x"},
        },
        "no-certificate": {"to": clients, "scheme": "https", "tls_config": trust},
        "no-trust": {"to": users, "scheme": "https", "basic_auth": basic},
    }


async def test_prometheus_scrapes(tmp_path: Path) -> None:
    """With basic_auth, with a bearer token, with a certificate of its own; and not without, for the reason
    that Prometheus then shows.
    """
    text = TLS + users(alice="secret") + "bearer_token_files: [good.token]\n"
    async with AsyncExitStack() as stack:
        served = []
        for name, configuration in (("guarded", text), ("mutual", MUTUAL)):
            (tmp_path / name).mkdir()
            certificates(tmp_path / name)
            served.append(await stack.enter_async_context(serving(tmp_path / name, configuration)))
        listed = jobs(*served)
        trust = (tmp_path / "guarded/ca.crt", tmp_path / "mutual/ca.crt")
        both = tmp_path / "both.crt"
        both.write_bytes(b"".join(each.read_bytes() for each in trust))
        for job in listed.values():
            if "ca_file" in job.get("tls_config", {}):
                job["tls_config"] = {**job["tls_config"], "ca_file": str(both)}
        url = await stack.enter_async_context(prometheus(tmp_path, listed))
        found = await targets(url, len(listed))
    assert {name: found[name] for name in ("basic", "bearer", "mutual")} == {
        "basic": ("up", ""),
        "bearer": ("up", ""),
        "mutual": ("up", ""),
    }
    # Without a certificate the connection just ends; what Prometheus makes of it differs.
    for name, reason in (
        ("nobody", "401 Unauthorized"),
        ("wrong-password", "401 Unauthorized"),
        ("no-certificate", "Get "),
        ("no-trust", "certificate signed by unknown authority"),
    ):
        health, error = found[name]
        assert (health, reason in error) == ("down", True), (name, error)


def answer(client: httpx.Client, process: subprocess.Popen[str], log: Path) -> httpx.Response:
    """The first answer of a process that is starting."""
    for _ in range(600):
        try:
            return client.get("/healthz")
        except httpx.HTTPError:
            assert process.poll() is None, log.read_text()
            sleep(0.1)
    raise AssertionError(log.read_text())


def said(log: Path, event: str) -> None:
    """Wait until an event is in the log."""
    for _ in range(600):
        if f'"event": "{event}"' in log.read_text():
            return
        sleep(0.05)
    raise AssertionError(log.read_text())


def test_the_option(tmp_path: Path) -> None:
    """A process that is given the file speaks TLS and asks for a user; SIGHUP brings another user, and a
    broken file none.
    """
    certificates(tmp_path)
    web = tmp_path / "web.yaml"
    web.write_text(TLS + users(alice="secret"))
    with running(tmp_path, "--web.config.file", str(web)) as (process, url, log):
        trust = ssl.create_default_context(cafile=tmp_path / "ca.crt")
        with httpx.Client(base_url=url.replace("http:", "https:"), verify=trust, trust_env=False) as client:
            assert answer(client, process, log).status_code == 401
            assert client.get("/healthz", auth=("alice", "secret")).text == "ok\n"
            web.write_text(TLS + users(bob="secret"))
            process.send_signal(signal.SIGHUP)
            said(log, "web configuration reloaded")
            assert client.get("/healthz", auth=("bob", "secret")).text == "ok\n"
            assert client.get("/healthz", auth=("alice", "secret")).status_code == 401
            web.write_text(TLS + "basic_auth_users: {mallory: hunter2}\n")
            process.send_signal(signal.SIGHUP)
            said(log, "web configuration not reloaded: it is not valid")
            assert client.get("/healthz", auth=("bob", "secret")).text == "ok\n"
        process.terminate()
        assert process.wait(20) == 0
    text = log.read_text()
    assert [word for word in ("secret", "hunter2", TOKEN) if word in text.replace("may be secret", "")] == []


def test_an_invalid_file_ends_the_process(tmp_path: Path) -> None:
    """Before anything is served: findings with their place, exit code 2, no traceback, no password."""
    file, web = tmp_path / "exporter.yaml", tmp_path / "web.yaml"
    file.write_text(
        'apiVersion: singlepane/v1\nname: x\nexporters: {shop: {kind: json, url: "https://x.example", '
        "metrics: [{name: x, help: X., value: x}]}}\n"
    )
    web.write_text("basic_auth_users:\n  alice: hunter2\n")
    ended = run("run", "--config", str(file), "--web.config.file", str(web))
    assert ended.returncode == 2
    assert f"{web}:2:10: error: basic_auth_users.alice: this is not a valid bcrypt hash" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "hunter2" not in ended.stdout + ended.stderr
