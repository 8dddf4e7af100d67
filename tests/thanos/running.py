"""Components as real processes on loopback for one test: free ports, a temporary folder, nothing left."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import yaml

from deploy.targets.local.argv import argv
from estate.components import (
    Address,
    Component,
    DataPath,
    FilePath,
    Issued,
    Listen,
    ListenHost,
    PortNumber,
    Reference,
    SecretValue,
    Text,
)
from tests.ports import free_port

Answer = TypeVar("Answer")


def eventually(seconds: float, what: str, ask: Callable[[], Answer], every: float = 0.2) -> Answer:
    """The first answer that holds something, asked for `every` seconds; fails the test after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        with suppress(httpx.HTTPError):
            if answer := ask():
                return answer
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(every)


class Stack:
    """Some components in a folder; `start` runs one of them for real. Leaving the context stops all."""

    def __init__(
        self, components: Iterable[Component], folder: Path, secrets: Mapping[str, str] | None = None
    ) -> None:
        self.components = {each.name: each for each in components}
        self.folder = folder
        self.secrets = secrets or {}
        self.ports = {
            (each.name, port): free_port() for each in self.components.values() for port in each.ports
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.client = httpx.Client(timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.client.close()
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def address(self, component: str, port: str = "http") -> str:
        """`host:port` of a component; a component that is not in the stack gets an address nobody answers."""
        if (component, port) not in self.ports:
            self.ports[component, port] = free_port()
        return f"127.0.0.1:{self.ports[component, port]}"

    def path(self, component: str, file: str) -> Path:
        """Where a file of a component is."""
        return self.folder / "files" / component / file

    def data(self, component: str) -> Path:
        """The data folder of a component, made if need be."""
        folder = self.folder / "data" / component
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def resolve(self, component: str, value: Any) -> Any:
        """A template, or a document with templates at its leaves, as `component` would read it."""
        if isinstance(value, Text):
            return "".join(
                part if isinstance(part, str) else self._one(component, part) for part in value.parts
            )
        if isinstance(value, Mapping):
            return {key: self.resolve(component, each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.resolve(component, each) for each in value]
        return value

    def _one(self, component: str, reference: Reference) -> str:
        match reference:
            case Address(other, port):
                return self.address(other, port)
            case Listen(port):
                return self.address(component, port)
            case PortNumber(port):
                return str(self.ports[component, port])
            case ListenHost():
                return "127.0.0.1"
            case FilePath(file, other):
                return str(self.path(other or component, file))
            case DataPath(other, below):
                return str(self.data(other or component) / below)
            case SecretValue(secret):
                return self.secrets[secret]
            case Issued(part):
                raise AssertionError(f"{component} has {part} of cert-manager")

    def write(self, name: str) -> None:
        """Write the files of a component."""
        for file in self.components[name].files:
            content = self.resolve(name, file.content)
            path = self.path(name, file.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False))

    def start(self, *names: str) -> None:
        """Start components side by side, as their arguments say, and wait until their probes answer."""
        for name in names:
            self.launch(name)
        for name in names:
            probe = self.components[name].ready
            assert probe is not None
            url = f"http://{self.address(name, probe.port)}{probe.path}"
            eventually(30, f"{name} ready", partial(self._answers, name, url))

    def _answers(self, name: str, url: str) -> bool:
        code = self.processes[name].poll()
        assert code is None, f"{name} stopped with {code}:\n{self.log(name)}"
        return self.client.get(url).is_success

    def launch(self, name: str) -> None:
        """Start a component and do not wait."""
        component = self.components[name]
        self.write(name)
        self.data(name)
        arguments = [*argv(component.command), *self.resolve(name, component.arguments)]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(arguments, stdout=log, stderr=log, cwd=self.folder)

    def stop(self, name: str, seconds: float = 15) -> float:
        """Ask a component to stop and wait for it; the seconds it took."""
        begin = time.monotonic()
        process = self.processes.pop(name)
        process.terminate()
        process.wait(seconds)
        return time.monotonic() - begin

    def log(self, name: str) -> str:
        """The end of what a component wrote."""
        return (self.folder / f"{name}.log").read_text()[-4000:]

    def get(self, name: str, path: str, port: str = "http", **parameters: Any) -> Any:
        """The JSON document at a path of a component."""
        reply = self.client.get(f"http://{self.address(name, port)}{path}", params=parameters)
        assert reply.is_success, f"{name} {path}: {reply.status_code} {reply.text[:500]}"
        return reply.json()

    def metrics(self, name: str) -> str:
        """What a component says about itself, as Prometheus scrapes it."""
        return self.client.get(f"http://{self.address(name)}/metrics").text
