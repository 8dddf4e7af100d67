"""Verification in the background: run again and again, recorded as the command line does, never fatal."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from deploy.verify.results import Verification
from estate.errors import SinglepaneError
from estate.model import Estate
from estate.running import Deployment
from singlepane.server.facts import RESTING
from singlepane.server.service import Service

Prove = Callable[[Estate, Deployment], Awaitable[Verification]]

# Pause between two verifications, however long one took.
LEAST_SECONDS = 1.0

_log = logging.getLogger("singlepane.server")


async def verify_forever(service: Service, prove: Prove, record: Callable[[Verification], None]) -> None:
    """Verify every `service.verify_every` seconds, measured from start to start, until cancelled.

    As long as all holds and nothing changes, only every `RESTING` times as often.
    """
    while True:
        began = asyncio.get_running_loop().time()
        await verify_once(service, prove, record)
        seen = _seen(service)
        for _ in range(RESTING if _holds(service) else 1):
            took = asyncio.get_running_loop().time() - began
            await asyncio.sleep(max(LEAST_SECONDS, service.verify_every - took))
            began = asyncio.get_running_loop().time()
            if _seen(service) != seen:
                break


async def verify_once(service: Service, prove: Prove, record: Callable[[Verification], None]) -> None:
    """One verification, when an estate runs.

    What goes wrong is kept for the page and counted; nothing is raised.
    """
    facts = service.facts()
    if facts.status.value is None or not facts.alive:
        return
    try:
        verification = await prove(service.estate, facts.status.value)
        await asyncio.to_thread(record, verification)
    except SinglepaneError as error:
        _failed(service, error.message)
    except Exception as error:  # a defect in a proof must not take the status page down with it
        _log.exception("the background verification failed")
        _failed(service, f"{type(error).__name__}: {error}".rstrip(": "))
    else:
        service.attempt = ""
        service.verifications["ok" if verification.ok else "broken"] += 1
        before = facts.verification.value
        if before is None or before.ok != verification.ok:
            _log.info("verification: %s", _sentence(verification))


def _holds(service: Service) -> bool:
    """Whether the last verification could run, and every hop held."""
    proof = service.facts().verification.value
    return not service.attempt and proof is not None and proof.ok


def _seen(service: Service) -> object:
    """What a new verification is worth its cost for: other processes, other states, other alerts."""
    facts = service.facts()
    running = facts.status.value
    alerts = {(known.alert.fingerprint, known.alert.status) for known in facts.alerts}
    return (running.components if running else (), facts.alive, alerts)


def _sentence(verification: Verification) -> str:
    first = verification.first_broken
    if first is None:
        return f"all {len(verification.results)} hops hold"
    return f"{first.hop} of {first.cluster} replica {first.replica} does not hold: {first.cause}"


def _failed(service: Service, why: str) -> None:
    service.attempt = f"The last verification could not run: {why}"
    service.verifications["error"] += 1
