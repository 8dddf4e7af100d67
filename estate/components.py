"""Components: what runs, said without where. A target (`deploy/targets`) makes processes or workloads.

Arguments, environment values and file contents are *templates*: plain strings, or `Text` made of strings
and references. A target resolves a reference: `Address` becomes `127.0.0.1:21004` locally and
`query.monitoring.svc:10902` in a cluster. So what is known about Thanos is written once, in `thanos/`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Address:
    """`host:port` where others reach `port` of `component`."""

    component: str
    port: str


@dataclass(frozen=True, slots=True)
class Listen:
    """`host:port` that this component binds for its own port."""

    port: str


@dataclass(frozen=True, slots=True)
class PortNumber:
    """The number alone that this component binds for its own port, for programs that want it apart."""

    port: str


@dataclass(frozen=True, slots=True)
class ListenHost:
    """The host alone that this component binds (loopback locally, all interfaces in a pod)."""


@dataclass(frozen=True, slots=True)
class FilePath:
    """Where the target put a rendered file, or a folder of them; of this component or of a named one."""

    file: str
    component: str = ""


@dataclass(frozen=True, slots=True)
class DataPath:
    """The data folder of this component, or of one it shares a volume with; `below` is a path inside it."""

    component: str = ""
    below: str = ""


@dataclass(frozen=True, slots=True)
class SecretValue:
    """The value of a secret reference (`env:NAME`, `file:PATH`), read at start and never logged."""

    reference: str


@dataclass(frozen=True, slots=True)
class Issued:
    """The certificate that cert-manager issues to a cluster, or its key; the whole of a file, and no part."""

    part: Literal["tls.crt", "tls.key"]


Reference = Address | Listen | PortNumber | ListenHost | FilePath | DataPath | SecretValue | Issued


@dataclass(frozen=True, slots=True)
class Text:
    """Strings and references in a row, joined without a separator."""

    parts: tuple[str | Reference, ...]


Template = str | Text
# What a rendered YAML or JSON file may hold: plain values with templates at the leaves.
Document = Mapping[str, Any] | list[Any]


def text(*parts: str | Reference | Text) -> Text:
    """`text("--web.listen-address=", Listen("http"))`; a `Text` among the parts is laid out flat."""
    return Text(tuple(leaf for part in parts for leaf in (part.parts if isinstance(part, Text) else (part,))))


def within(value: Any) -> Sequence[str]:
    """Secret references anywhere in a template, a document, or a list of them, in order."""
    found: list[str] = []
    _collect(value, found)
    return found


def _collect(value: Any, found: list[str]) -> None:
    kind = type(value)
    # Most of a document; thousands of them are looked through for hundreds of clusters.
    if kind is str or kind is int or kind is bool:
        return
    if kind is SecretValue:
        found.append(value.reference)
    elif kind is Text:
        for part in value.parts:
            _collect(part, found)
    elif kind is dict or isinstance(value, Mapping):
        for inner in value.values():
            _collect(inner, found)
    elif isinstance(value, list | tuple):
        for inner in value:
            _collect(inner, found)


@dataclass(frozen=True, slots=True)
class File:
    """A file a component reads. `content` is text, or a document dumped as YAML (JSON by the name's ending).

    `secret` files are written with mode 0600 and are never shown. One that is `apart` is large, and read anew
    when it changes: a target that bounds what it keeps together keeps it by itself. `references` are the
    secret references in it, looked for once: a target asks many times where a file belongs.
    """

    path: str
    content: Template | Document
    secret: bool = False
    apart: bool = False
    references: Sequence[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "references", within(self.content))


@dataclass(frozen=True, slots=True)
class Engine:
    """A third-party binary by its name in `deploy/engines` (`prometheus`, `thanos`, `azurite` …)."""

    name: str


@dataclass(frozen=True, slots=True)
class Program:
    """A program of this machine by its path: found or configured, never built by us."""

    path: str


@dataclass(frozen=True, slots=True)
class Own:
    """Our own command line: `singlepane` followed by the component's arguments."""


@dataclass(frozen=True, slots=True)
class FromImage:
    """The program that an official image starts by itself, by its name in `estate.versions.IMAGES`."""

    name: str


Command = Engine | Program | Own | FromImage


@dataclass(frozen=True, slots=True)
class Probe:
    """An HTTP GET that answers 2xx when the component is ready.

    An empty `path` asks only that the port accepts connections. `tls`: over HTTPS, its certificate not
    verified (it is loopback or a pod).
    """

    port: str
    path: str
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """Holds when the samples named `metric` on the metrics page of `component` sum up to `least` or more."""

    component: str
    metric: str
    least: float = 1.0


@dataclass(frozen=True, slots=True)
class Later:
    """What takes the place of a component's arguments and note once `when` holds.

    The target then starts the component anew, and no two components at a time.
    """

    arguments: tuple[Template, ...]
    when: Reached
    note: str = ""


@dataclass(frozen=True, slots=True)
class Resources:
    """Requests and limits as Kubernetes quantities; `cpu` in cores."""

    cpu: str = "100m"
    memory: str = "128Mi"
    memory_limit: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """One thing that runs.

    `name` is unique in the estate and a DNS label; `kind` is what it is (`prometheus`, `sidecar` …);
    `ports` maps a port's name to its conventional number, the first is the one a person opens;
    `metrics` is where its own metrics are (`port`, `path`), or None; `stamped` says that samples there have
    times of their own;
    `needs` are components that must be ready before it starts;
    `stop_seconds` is how long an orderly stop may take before it is killed;
    `guarded` holds when it asks everybody who they are, so that anybody may reach it;
    `note` is said beside it in tables, for example that its settings suit a demonstration only;
    `later` are the arguments that it runs on with, where they are others than those it starts with;
    `deaf` holds when it will not end by itself any more, however long it is given.
    """

    name: str
    kind: str
    cluster: str
    command: Command
    arguments: tuple[Template, ...] = ()
    ports: Mapping[str, int] = field(default_factory=dict)
    ready: Probe | None = None
    metrics: tuple[str, str] | None = None
    stamped: bool = False
    files: tuple[File, ...] = ()
    environment: Mapping[str, Template] = field(default_factory=dict)
    storage: str = ""
    needs: tuple[str, ...] = ()
    replica: int | None = None
    resources: Resources = Resources()
    identity: str = ""
    guarded: bool = False
    stop_seconds: float = 10.0
    note: str = ""
    later: Later | None = None
    deaf: Reached | None = None

    def address(self, port: str = "") -> Address:
        """Where others reach this component; the first port unless named."""
        return Address(self.name, port or next(iter(self.ports)))


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A Prometheus rule file as a document, and who evaluates it.

    `scope`: `cluster` (every cluster's Prometheus, over its own data), `hub` (the hub's Prometheus only),
    `global` (Thanos Rule, over all clusters).
    """

    name: str
    scope: Literal["cluster", "hub", "global"]
    document: Mapping[str, Any]
