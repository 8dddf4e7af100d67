"""From components to launches: every reference becomes a string.

Pure: secrets are handed in, nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from deploy.targets.documents import dump
from deploy.targets.local.folder import StateFolder
from deploy.targets.local.launch import Condition, Launch, LaunchFile, Successor
from deploy.targets.local.order import by_need
from deploy.targets.local.ports import HOST, Ports
from estate.components import (
    Address,
    Command,
    Component,
    DataPath,
    File,
    FilePath,
    Issued,
    Later,
    Listen,
    ListenHost,
    PortNumber,
    Reached,
    Reference,
    SecretValue,
    Template,
    Text,
    within,
)

# The absolute path of a program, and what comes before the component's own arguments.
Argv = Callable[[Command], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the components run: their folder and ports, and the values of all their secrets by reference."""

    folder: StateFolder
    ports: Ports
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


def launches(components: Sequence[Component], place: Place, argv: Argv) -> tuple[Launch, ...]:
    """One launch per component, in their order.

    Raises ValueError for what the wiring got wrong: a reference to something that no component has, a need
    that nobody fills, a secret among arguments (every user of the machine can read those).
    """
    by_name = {component.name: component for component in components}
    if len(by_name) != len(components):
        raise ValueError("two components have one name")
    by_need({component.name: component.needs for component in components})
    return tuple(_Scope(component, by_name, place).launch(argv) for component in components)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What references mean to one component among all."""

    own: Component
    all: Mapping[str, Component]
    place: Place

    def launch(self, argv: Argv) -> Launch:
        later = self.own.later
        if any(within((*self.own.arguments, *(later.arguments if later else ())))):
            raise self.wrong("has a secret among its arguments")
        program = argv(self.own.command)
        return Launch(
            name=self.own.name,
            kind=self.own.kind,
            cluster=self.own.cluster,
            argv=(*program, *map(self.text, self.own.arguments)),
            folder=str(self.place.folder.files(self.own.name)),
            data=str(self.place.folder.data(self.own.name)),
            environment={name: self.text(value) for name, value in self.own.environment.items()},
            files=tuple(map(self.file, self.own.files)),
            addresses={name: self.value(Listen(name)) for name in self.own.ports},
            ready=self.ready(),
            needs=self.own.needs,
            replica=self.own.replica,
            stop_seconds=self.own.stop_seconds,
            note=self.own.note,
            later=self.successor(program, later) if later else None,
            deaf=self.condition(self.own.deaf) if self.own.deaf else None,
        )

    def successor(self, program: Sequence[str], later: Later) -> Successor:
        argv = (*program, *map(self.text, later.arguments))
        return Successor(argv, later.note, self.condition(later.when))

    def condition(self, reached: Reached) -> Condition:
        measured = self.owner(reached.component)
        if measured.metrics is None:
            raise self.wrong(f"looks at the metrics of {measured.name}, which has none")
        port, path = measured.metrics
        page = f"http://{self.value(Address(measured.name, port))}{path}"
        return Condition(page, reached.metric, reached.least)

    def ready(self) -> str:
        probe = self.own.ready
        if probe is None:
            return ""
        scheme = ("https" if probe.tls else "http") if probe.path else "tcp"
        return f"{scheme}://{self.value(Listen(probe.port))}{probe.path}"

    def file(self, file: File) -> LaunchFile:
        path = PurePosixPath(file.path)
        if path.is_absolute() or ".." in path.parts:
            raise self.wrong(f"has a file outside its folder: {file.path}")
        if isinstance(file.content, str | Text):
            content = self.text(file.content)
        else:
            content = dump(file.content, path.suffix, self.text)
        return LaunchFile(file.path, content, file.secret or bool(file.references))

    def text(self, template: Template) -> str:
        if isinstance(template, str):
            return template
        return "".join(part if isinstance(part, str) else self.value(part) for part in template.parts)

    def value(self, reference: Reference) -> str:
        folder = self.place.folder
        match reference:
            case Address(component, port):
                return f"{HOST}:{self.number(component, port)}"
            case Listen(port):
                return f"{HOST}:{self.number(self.own.name, port)}"
            case PortNumber(port):
                return str(self.number(self.own.name, port))
            case ListenHost():
                return HOST
            case FilePath(file, component):
                owner = self.owner(component)
                if not any(
                    existing.path == file or existing.path.startswith(f"{file}/") for existing in owner.files
                ):
                    raise self.wrong(f"refers to file {file} of {owner.name}, which has no such file")
                return str(folder.files(owner.name) / file)
            case DataPath(component, below):
                return str(folder.data(self.owner(component).name) / below)
            case SecretValue(name):
                return self.place.secrets[name]
            case Issued(part):
                raise self.wrong(f"refers to {part} of cert-manager, which no machine has")

    def owner(self, component: str) -> Component:
        if not component:
            return self.own
        if component not in self.all:
            raise self.wrong(f"refers to component {component}, which is not part of the estate")
        return self.all[component]

    def number(self, component: str, port: str) -> int:
        if port not in self.owner(component).ports:
            raise self.wrong(f"refers to port {port} of {component}, which has no such port")
        return self.place.ports[component][port]

    def wrong(self, what: str) -> ValueError:
        return ValueError(f"component {self.own.name} {what}")
