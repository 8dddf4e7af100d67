"""Running probes: one at a time for each target, few at once, and shared by those who ask within a while."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic, time

import httpx
import structlog
from pydantic import ValidationError

from estate.model import JsonExporter
from estate.quantities import seconds
from exporters.collector import CollectorError
from exporters.collectors.json import JsonDocument
from exporters.metrics import Family, gauge, merged
from exporters.own import Counts
from exporters.probe.modules import JsonModule
from exporters.probe.targets import NoTarget, Place, allowed, place
from exporters.snapshot import Snapshot, part, snapshot
from exporters.work import worked

# Runs at once, and runs that may wait for their turn; more are turned away.
AT_ONCE = 16
MOST_WAITING = 128
# Targets whose connection and outcome are kept.
KEPT = 512
# As other probing exporters: the answer must be there before Prometheus gives up.
OFFSET_SECONDS = 0.5

log = structlog.get_logger()


class Refused(Exception):
    """A probe is not run. `status` is of HTTP, `reason` the label of the counter; the text is for people."""

    def __init__(self, status: int, reason: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run brought, ready to be sent. `ended` is of the monotonic clock."""

    snapshot: Snapshot
    ended: float


@dataclass(slots=True)
class _Target:
    """One target of one module."""

    collector: JsonDocument
    outcome: Outcome | None = None
    running: asyncio.Task[Outcome] | None = None


class Probes:
    """The modules of one configuration. Make it inside a running event loop and `close` it at the end."""

    def __init__(self, modules: Mapping[str, JsonModule], counts: Counts) -> None:
        self._modules = modules
        self._allowed: dict[str, Sequence[Place]] = {
            name: [allowed(each) for each in module.targets] for name, module in modules.items()
        }
        self._counts = counts
        self._targets: OrderedDict[tuple[str, str], _Target] = OrderedDict()
        self._trust = httpx.create_ssl_context() if modules else None
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def answer(self, name: str, target: str, scrape_timeout: float | None) -> Outcome:
        """The outcome of a probe, a fresh or a recent one, before the scrape times out. Raises Refused."""
        module = self._module(name)
        self._check(name, target)
        found = self._targets.get((name, target))
        if found is None or found.running is None:
            outcome = found.outcome if found is not None else None
            if outcome is not None and monotonic() - outcome.ended < seconds(module.cache):
                self._targets.move_to_end((name, target))
                return outcome
            if sum(each.running is not None for each in self._targets.values()) >= AT_ONCE + MOST_WAITING:
                raise Refused(503, "busy", "too many probes wait for their turn")
            found = found or _Target(JsonDocument(name, _row(module, target), trust=self._trust))
            self._targets[name, target] = found
            running = found.running = asyncio.create_task(self._run(name, target, found))
        else:
            running = found.running
        limit = float(seconds(module.timeout))
        if scrape_timeout is not None:
            limit = min(limit, scrape_timeout - min(OFFSET_SECONDS, scrape_timeout / 2))
        # The run goes on for the others that wait, and for who asks next.
        await asyncio.wait({running}, timeout=limit)
        if running.done() and not running.cancelled():
            return running.result()
        log.warning("probe not awaited", module=name, target=_shown(target), seconds=limit)
        return Outcome(_rendered((), success=False, duration=limit), monotonic())

    async def close(self) -> None:
        """Stop what runs and close connections."""
        targets, self._targets = list(self._targets.values()), OrderedDict()
        running = [each.running for each in targets if each.running is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for each in targets:
            await each.collector.close()

    def _module(self, name: str) -> JsonModule:
        if name not in self._modules:
            known = ", ".join(self._modules) or "none"
            raise Refused(400, "module", f"there is no module of this name; there are: {known}")
        return self._modules[name]

    def _check(self, name: str, target: str) -> None:
        try:
            asked = place(target)
        except NoTarget as error:
            raise Refused(400, "target", f"the target cannot be probed: {error}") from None
        if not any(each.holds(asked) for each in self._allowed[name]):
            raise Refused(403, "target", f"the target is not among the targets of the module {name}")

    async def _make_room(self) -> None:
        idle = [key for key, each in self._targets.items() if each.running is None]
        gone = [self._targets.pop(key) for key in idle[: max(0, len(self._targets) - KEPT)]]
        for each in gone:
            await each.collector.close()

    async def _run(self, name: str, target: str, found: _Target) -> Outcome:
        try:
            async with self._turns:
                found.outcome = await self._outcome(name, target, found.collector)
                return found.outcome
        finally:
            found.running = None
            if (name, target) in self._targets:
                self._targets.move_to_end((name, target))
            await self._make_room()

    async def _outcome(self, name: str, target: str, collector: JsonDocument) -> Outcome:
        started = monotonic()
        families: Sequence[Family] = ()
        try:
            async with asyncio.timeout(collector.timeout):
                collection = await collector.collect()
            families, error = collection.families, "; ".join(collection.problems)
        except CollectorError as failure:
            error = str(failure)
        except TimeoutError:
            error = f"no result within {collector.timeout:g} s"
        except Exception as failure:
            error = f"{type(failure).__name__}: {failure}"
            log.exception("probe broke", module=name, target=_shown(target))
        duration = monotonic() - started
        self._counts.probe(name, success=not error)
        if error:
            log.warning("probe failed", module=name, target=_shown(target), error=error)
        rendered = await worked(_rendered, families, success=not error, duration=duration)
        return Outcome(rendered, monotonic())


def _shown(target: str) -> str:
    """What logs may hold: a query can carry a secret under any name."""
    return target.partition("?")[0]


def _row(module: JsonModule, target: str) -> JsonExporter:
    try:
        return JsonExporter(
            kind="json", url=target, timeout=module.timeout, bearer=module.bearer, metrics=module.metrics
        )
    except ValidationError as error:
        context = error.errors()[0].get("ctx", {})
        text = context.get("message", "it is not a valid address")
        raise Refused(400, "target", f"the target cannot be probed: {text}") from None


def _rendered(families: Sequence[Family], *, success: bool, duration: float) -> Snapshot:
    own = (
        gauge("probe_success", "Whether the probe brought all it should.", float(success)),
        gauge("probe_duration_seconds", "How long the probe took.", duration),
    )
    return snapshot((part(merged([*families, *own]).families),), time())
