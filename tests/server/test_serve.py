"""`singlepane serve` as a process: it listens, keeps what it acknowledged, and says what is wrong."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from pathlib import Path

import httpx
import pytest

from estate.errors import PortTaken, UsageError
from singlepane.commands.serve import serve
from tests.server.estates import alert, notification
from tests.server.process import ESTATE, running
from web import listening


def _kept(url: str) -> set[str]:
    document = httpx.get(f"{url}/api/v1/notifications").json()
    return {row["alerts"][0]["labels"]["alertname"] for row in document["notifications"]}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_what_was_acknowledged_is_there_after_any_end(tmp_path: Path, how: signal.Signals) -> None:
    """Ended in the middle of a stream of notifications: every one that was answered with 200 is kept."""
    answered: list[str] = []
    beats = 0
    state = tmp_path / "state"
    with running(state, "--verify-every", "0") as server:

        def send() -> None:
            nonlocal beats
            with httpx.Client() as client:
                for number in range(10_000):
                    name = f"A{number}"
                    try:
                        body = notification([alert(name, "prod-weu")])
                        if client.post(f"{server.url}/api/v1/alertmanager", json=body).status_code == 200:
                            answered.append(name)
                        body = notification([alert("Watchdog", "prod-weu")])
                        if client.post(f"{server.url}/api/v1/heartbeat", json=body).status_code == 200:
                            beats += 1
                    except httpx.TransportError:
                        return

        sender = threading.Thread(target=send)
        sender.start()
        deadline = time.monotonic() + 60
        while len(answered) < 40 and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(server.popen.pid, how)
        server.popen.wait(30)
        sender.join(60)
    assert 40 <= len(answered) < 10_000
    with running(state, "--verify-every", "0") as again:
        missing = set(answered[-400:]) - _kept(again.url)
        rows = httpx.get(f"{again.url}/api/v1/heartbeats").json()["heartbeats"]
    assert missing == set()
    counts = {row["cluster"]: row["count"] for row in rows}
    # One more may have been kept whose answer did not get through.
    assert counts["prod-weu"] in (beats, beats + 1)
    assert (counts["hub-weu"], counts["prod-neu"]) == (0, 0)


def test_it_ends_orderly_and_leaves_no_port(tmp_path: Path) -> None:
    """SIGTERM ends it within seconds, and the port is free again."""
    with running(tmp_path / "state", "--verify-every", "0") as server:
        server.popen.terminate()
        server.popen.wait(15)
        host, port = listening.split(server.url.removeprefix("http://"))
        listening.bind(host, port).close()


def test_it_tells_no_one_what_it_runs_on(tmp_path: Path) -> None:
    """No server header; nothing in the state folder but its own data."""
    with running(tmp_path / "state") as server:
        answer = httpx.get(server.url)
        assert "server" not in answer.headers
        assert "Nothing is known to run" in answer.text
        assert sorted(path.name for path in server.state.iterdir()) == ["data"]


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    """The error says which port and how to see who holds it."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(PortTaken) as refused:
            serve(ESTATE, tmp_path, f"127.0.0.1:{port}", "0")
    assert refused.value.message == f"port {port} of 127.0.0.1 is taken"
    assert f"ss -ltnp 'sport = :{port}'" in refused.value.remedy


@pytest.mark.parametrize(
    "listen", ["", "9797", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "::1:80"]
)
def test_an_address_that_is_none_is_refused(listen: str, tmp_path: Path) -> None:
    """The error shows what an address looks like."""
    with pytest.raises(UsageError) as refused:
        serve(ESTATE, tmp_path, listen, "0")
    assert refused.value.message == f"{listen!r} is not an address to listen on"


@pytest.mark.parametrize("every", ["", "1", "often", "-5s", "2s"])
def test_an_interval_that_is_none_is_refused(every: str, tmp_path: Path) -> None:
    """Before anything listens or is written."""
    with pytest.raises(UsageError):
        serve(ESTATE, tmp_path / "state", "127.0.0.1:0", every)
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    ("listen", "parts", "loopback"),
    [
        ("127.0.0.1:9797", ("127.0.0.1", 9797), True),
        ("[::1]:9797", ("::1", 9797), True),
        ("localhost:1", ("localhost", 1), True),
        ("0.0.0.0:80", ("0.0.0.0", 80), False),
        ("pane.example.com:443", ("pane.example.com", 443), False),
    ],
)
def test_addresses(listen: str, parts: tuple[str, int], loopback: bool) -> None:
    """Host and port, and whether the network can reach it."""
    assert listening.split(listen) == parts
    assert listening.loopback(parts[0]) is loopback
