"""Verification in the background: recorded, counted, and never the end of the server."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.verify import Verification, record
from estate.errors import EngineError
from estate.model import Estate
from estate.running import Deployment
from singlepane.server import watch
from singlepane.server.app import create
from singlepane.server.facts import RESTING
from singlepane.server.service import Service
from singlepane.server.watch import verify_forever, verify_once
from tests.server.conftest import Make, speak
from tests.server.estates import HOP_NAMES, deployment, verification, write


async def test_records_what_it_found_where_the_page_reads_it(service: Service) -> None:
    """A new verification replaces the old one in the state folder, as `verify` does it."""
    folder = service.verification.path.parent

    async def prove(shown: Estate, running: Deployment) -> Verification:
        assert running.estate == shown.name
        return verification(shown, {"prod-neu": HOP_NAMES[0]})

    await verify_once(service, prove, lambda found: _keep(found, folder))
    written = json.loads((folder / "verification.json").read_text())
    assert (written["ok"], written["first_broken"]["cluster"]) == (False, "prod-neu")
    assert service.facts().verification.value == verification(service.estate, {"prod-neu": HOP_NAMES[0]})
    assert dict(service.verifications) == {"broken": 1}
    assert sorted(path.name for path in folder.iterdir()) == ["data", "status.json", "verification.json"]


def _keep(found: Verification, folder: Path) -> None:
    record(found, folder)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (EngineError("thanos is not built", "x"), "The last verification could not run: thanos is not built"),
        (ZeroDivisionError("by zero"), "The last verification could not run: ZeroDivisionError: by zero"),
        (TimeoutError(), "The last verification could not run: TimeoutError"),
    ],
)
async def test_a_failure_is_said_and_survived(service: Service, error: Exception, said: str) -> None:
    """The page says why; the next one that runs clears it."""

    async def fails(_: Estate, __: Deployment) -> Verification:
        raise error

    async def works(shown: Estate, _: Deployment) -> Verification:
        return verification(shown)

    await verify_once(service, fails, lambda _: None)
    assert service.facts().attempt == said
    async with speak(create(service, "1")) as client:
        assert said in (await client.get("/")).text
    await verify_once(service, works, lambda _: None)
    assert service.facts().attempt == ""
    assert dict(service.verifications) == {"error": 1, "ok": 1}


async def test_what_cannot_be_recorded_is_a_failure_too(service: Service, tmp_path: Path) -> None:
    """A state folder without space stops no server."""

    async def works(shown: Estate, _: Deployment) -> Verification:
        return verification(shown)

    await verify_once(service, works, lambda found: _keep(found, tmp_path / "gone"))
    assert service.facts().attempt.startswith(
        "The last verification could not run: the verification cannot be"
    )


async def test_nothing_is_verified_while_nothing_runs(make: Make, tmp_path: Path) -> None:
    """Neither before the first status, nor after the supervisor is gone."""

    async def never(_: Estate, __: Deployment) -> Verification:
        raise AssertionError("it must not be tried")

    service = make(empty=True)
    await verify_once(service, never, lambda _: None)
    gone = deployment(service.estate, tmp_path, target="local", supervisor_pid=2**22 - 1)
    write(service.status.path.parent, gone, None)
    await verify_once(service, never, lambda _: None)
    assert dict(service.verifications) == {}


async def test_again_and_again_until_the_server_stops(make: Make) -> None:
    """It runs beside the application and ends with it."""
    service = make()
    service.verify_every = 1.0
    runs = 0
    works = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def prove(shown: Estate, _: Deployment) -> Verification:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise RuntimeError("the first fails")
        return verification(shown)

    def keep(_: Verification) -> None:
        loop.call_soon_threadsafe(works.set)

    async def background() -> None:
        await verify_forever(service, prove, keep)

    app = create(service, "1", background=background)
    before = asyncio.all_tasks()
    async with app.router.lifespan_context(app), asyncio.timeout(30):
        await works.wait()
    assert asyncio.all_tasks() == before
    assert (runs, service.verifications["error"]) == (2, 1)


async def test_it_rests_while_all_holds_and_nothing_changes(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken proof is looked at each time, one that holds every fifth, and a change is looked at next."""
    monkeypatch.setattr(watch, "LEAST_SECONDS", 0.0)
    service = make()
    service.verify_every = 0.0
    folder = service.verification.path.parent
    looks = 0
    proven: list[int] = []

    async def prove(shown: Estate, _: Deployment) -> Verification:
        proven.append(looks)
        return verification(shown, {"prod-neu": HOP_NAMES[0]} if len(proven) == 1 else {})

    async def pause(_: float) -> None:
        nonlocal looks
        looks += 1
        running = service.facts().status.value
        assert running is not None
        if looks == 2 * RESTING + 3:
            fell = replace(running.components[0], state="backoff", pid=None)
            write(
                folder,
                replace(running, components=(fell, *running.components[1:])),
                verification(service.estate),
            )
        if looks == 2 * RESTING + 5:
            raise asyncio.CancelledError

    monkeypatch.setattr(asyncio, "sleep", pause)
    with pytest.raises(asyncio.CancelledError):
        await verify_forever(service, prove, lambda found: _keep(found, folder))
    assert proven == [0, 1, 1 + RESTING, 1 + 2 * RESTING, 2 * RESTING + 3]
