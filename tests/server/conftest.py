"""A served estate for the tests that talk to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from estate.model import Estate
from singlepane.server.app import create
from singlepane.server.service import Service
from tests.server.estates import NOW, deployment, estate, verification, write
from web.bounds import Bounds
from web.connection import Connection
from web.crowd import Crowd
from web.listening import bind
from web.server import Server

Make = Callable[..., Service]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """A service whose clock stands still, over a state folder of its own."""
    services: list[Service] = []

    def made(shown: Estate | None = None, *, empty: bool = False) -> Service:
        shown = shown or estate()
        state = tmp_path / f"state-{len(services)}"
        state.mkdir()
        if not empty:
            write(state, deployment(shown, state), verification(shown))
        service = Service(shown, state, state / "data", 60.0, lambda: NOW)
        service.started = NOW - 7_200
        services.append(service)
        return service

    yield made
    for service in services:
        service.journal.close()


@pytest.fixture
def service(make: Make) -> Service:
    """The example: three clusters, all well, each with a heartbeat of 8 s ago."""
    made = make()
    made.journal.beat(list(made.estate.clusters), NOW - 8)
    return made


@pytest.fixture
async def client(service: Service) -> httpx.AsyncClient:
    """A client of the example that speaks to the application without a socket."""
    return speak(create(service, "1.2.3"))


def speak(app: FastAPI) -> httpx.AsyncClient:
    """A client that speaks to an application without a socket."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:9797")


@contextmanager
def served(app: FastAPI, crowd: Crowd | None = None) -> Iterator[str]:
    """The application on a free loopback port, in a thread; its address without the last slash."""
    listener = bind("127.0.0.1", 0)
    crowd = crowd or Crowd(Bounds(), lambda text: None)
    server = Server(uvicorn.Config(app, http=Connection, log_config=None, server_header=False), crowd)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while not server.started:
            assert time.monotonic() < deadline, "the server did not start within 30 s"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
