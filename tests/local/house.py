"""A place where the tests run components: a state folder, free ports, and what goes on in it."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from deploy.targets.local import client, folder, marks, start
from deploy.targets.local.client import Line
from deploy.targets.local.patience import Patience
from estate.components import Command, Component, Engine, Listen, Own, Probe, Template, text
from estate.errors import SinglepaneError
from estate.running import Deployment, State

PROGRAM = Path(__file__).with_name("program.py")
QUICK = Patience(
    first_delay=0.05,
    longest_delay=0.2,
    failures=4,
    window=30,
    silent=4.0,
    start=15,
    probe=0.4,
    poll_starting=0.03,
    poll_ready=0.1,
    misses=2,
)


def argv(command: Command) -> tuple[str, ...]:
    """The test program for our own commands, and the engine's name as a path for engines."""
    return (command.name,) if isinstance(command, Engine) else (sys.executable, "-I", "-S", str(PROGRAM))


def free_base(count: int = 12) -> int:
    """The first of `count` neighbouring free ports; runs at once look elsewhere."""
    for base in range(23000 + os.getpid() % 400 * 20, 32700, count):
        try:
            for number in range(base, base + count):
                with socket.socket() as trial:
                    trial.bind(("127.0.0.1", number))
        except OSError:
            continue
        return base
    raise AssertionError("no free ports")


def nothing(_: object) -> None:
    """Watch nothing."""


@dataclass
class House:
    """One state folder and what is started in it."""

    root: Path
    name: str = "house"
    base: int = field(default_factory=free_base)

    @property
    def journal(self) -> Path:
        """Where components note that they start and stop."""
        return self.root / "journal"

    def events(self) -> list[str]:
        """What components noted, in order."""
        return self.journal.read_text().splitlines() if self.journal.exists() else []

    @property
    def state(self) -> folder.StateFolder:
        """The state folder, made where it is missing."""
        return folder.prepare(self.root / "state", self.name)

    def component(
        self, name: str, *options: Template, needs: Sequence[str] = (), stop: float = 5
    ) -> Component:
        """A component that runs the test program."""
        arguments = ("--name", name, "--listen", text(Listen("http")), "--journal", str(self.journal))
        return Component(
            name=name,
            kind="test",
            cluster="hub",
            command=Own(),
            arguments=(*arguments, *options),
            ports={"http": 80},
            ready=Probe("http", "/ready"),
            needs=tuple(needs),
            stop_seconds=stop,
        )

    def wish(self, *components: Component, patience: Patience = QUICK) -> start.Wish:
        """A wish for these components."""
        return start.Wish(
            self.state, self.root / "estate.yaml", components, argv, base=self.base, patience=patience
        )

    async def up(self, *components: Component, patience: Patience = QUICK) -> Line:
        """Start them and wait until all are ready; the line is the lease. Nothing is left when it raises."""
        started = await start.start(self.wish(*components, patience=patience), nothing)
        try:
            await start.apply(started, nothing)
        except SinglepaneError:
            await started.line.close()
            raise
        return started.line

    def alive(self) -> list[psutil.Process]:
        """Every living process that a component of this folder is, or started."""
        return list(marks.processes(self.state.id))

    async def now(self) -> Deployment:
        """What runs."""
        return await client.current(self.state)

    async def until(self, component: str, state: State, *, restarts: int = 0) -> Deployment:
        """Wait until a component is in that state after at least so many restarts."""
        async with asyncio.timeout(30):
            while True:
                deployment = await self.now()
                row = deployment.component(component)
                if row.state == state and row.restarts >= restarts:
                    return deployment
                await asyncio.sleep(0.03)

    def supervisor(self) -> psutil.Process:
        """The supervisor's process, as it recorded itself."""
        recorded = client.recorded(self.state)
        assert recorded is not None
        return psutil.Process(recorded.supervisor_pid)


async def gone(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait until a condition no longer holds."""
    for _ in range(round(seconds / 0.03)):
        if not condition():
            return
        await asyncio.sleep(0.03)
    raise AssertionError("it took too long")
