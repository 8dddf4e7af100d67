"""References become strings; what the wiring got wrong is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.targets import secrets
from deploy.targets.local import resolve
from deploy.targets.local.folder import StateFolder
from deploy.targets.local.launch import Condition, Launch, LaunchFile, Successor
from estate.components import (
    Address,
    Command,
    Component,
    DataPath,
    Engine,
    File,
    FilePath,
    Later,
    Listen,
    ListenHost,
    Own,
    PortNumber,
    Probe,
    Reached,
    SecretValue,
    text,
)
from estate.errors import SurroundingsError

STATE = StateFolder(Path("/state"), "id", "shop")
PLACE = resolve.Place(
    STATE,
    {"query": {"http": 21000, "grpc": 21001}, "store": {"http": 21002}},
    {"env:TOKEN": "hunter2"},
)
STORE = Component(
    name="store",
    kind="store",
    cluster="hub",
    command=Own(),
    ports={"http": 10902},
    files=(File("plain.txt", "as it is"),),
)
QUERY = Component(
    name="query",
    kind="query",
    cluster="hub",
    command=Engine("thanos"),
    arguments=(
        "query",
        text("--listen=", Listen("http")),
        text("--grpc=", ListenHost(), ":", PortNumber("grpc")),
        text("--store=", Address("store", "http")),
        text("--config=", FilePath("sub/config.yaml")),
        text("--plain=", FilePath("plain.txt", "store")),
        text("--data=", DataPath()),
        text("--wal=", DataPath("store", "wal")),
    ),
    ports={"http": 10902, "grpc": 10901},
    ready=Probe("http", "/-/ready", tls=True),
    files=(
        File("sub/config.yaml", {"to": [{"at": text(Address("store", "http")), "n": 3, "flag": True}]}),
        File("key.json", {"token": text("Bearer ", SecretValue("env:TOKEN"))}),
    ),
    environment={"TOKEN": text(SecretValue("env:TOKEN"))},
    needs=("store",),
    replica=1,
    stop_seconds=3,
    note="demonstration",
)


def argv(command: Command) -> tuple[str, ...]:
    """Programs that are not there."""
    return (f"/bin/{command.name}",) if isinstance(command, Engine) else ("/bin/python", "-c", "main()")


def test_every_reference_becomes_a_string() -> None:
    """A launch is the component with all references resolved, and knows which files hold secrets."""
    assert resolve.launches((QUERY, STORE), PLACE, argv) == (
        Launch(
            name="query",
            kind="query",
            cluster="hub",
            argv=(
                "/bin/thanos",
                "query",
                "--listen=127.0.0.1:21000",
                "--grpc=127.0.0.1:21001",
                "--store=127.0.0.1:21002",
                "--config=/state/files/query/sub/config.yaml",
                "--plain=/state/files/store/plain.txt",
                "--data=/state/data/query",
                "--wal=/state/data/store/wal",
            ),
            folder="/state/files/query",
            data="/state/data/query",
            environment={"TOKEN": "hunter2"},
            files=(
                LaunchFile("sub/config.yaml", "to:\n- at: 127.0.0.1:21002\n  n: 3\n  flag: true\n"),
                LaunchFile("key.json", '{\n  "token": "Bearer hunter2"\n}\n', secret=True),
            ),
            addresses={"http": "127.0.0.1:21000", "grpc": "127.0.0.1:21001"},
            ready="https://127.0.0.1:21000/-/ready",
            needs=("store",),
            replica=1,
            stop_seconds=3,
            note="demonstration",
        ),
        Launch(
            name="store",
            kind="store",
            cluster="hub",
            argv=("/bin/python", "-c", "main()"),
            folder="/state/files/store",
            data="/state/data/store",
            files=(LaunchFile("plain.txt", "as it is"),),
            addresses={"http": "127.0.0.1:21002"},
        ),
    )


def test_a_launch_survives_its_journey() -> None:
    """What is sent to the supervisor is what arrives, and equal launches have equal fingerprints."""
    one, _ = resolve.launches((QUERY, STORE), PLACE, argv)
    again = Launch.from_document(one.document())
    assert again == one
    assert again.fingerprint() == one.fingerprint()
    assert replace(one, argv=(*one.argv, "--debug")).fingerprint() != one.fingerprint()


def test_secrets_are_not_shown() -> None:
    """The text of a launch, as it could reach a log, holds no secret."""
    launches = resolve.launches((QUERY, STORE), PLACE, argv)
    assert "hunter2" not in f"{launches!r} {PLACE!r}"


def test_an_open_port_is_a_probe_without_a_path() -> None:
    """A probe without a path asks for a connection only."""
    (launch,) = resolve.launches((replace(STORE, ready=Probe("http", "")),), PLACE, argv)
    assert launch.ready == "tcp://127.0.0.1:21002"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"needs": ("ghost",)}, "component store needs ghost, which is not part of the estate"),
        ({"needs": ("store",)}, "nodes are in a cycle"),
        ({"arguments": (text(Address("ghost", "http")),)}, "refers to component ghost, which is not part"),
        ({"arguments": (text(Listen("grpc")),)}, "refers to port grpc of store, which has no such port"),
        ({"arguments": (text(FilePath("x.yaml")),)}, "refers to file x.yaml of store, which has no such"),
        ({"arguments": (text(SecretValue("env:TOKEN")),)}, "component store has a secret among its arg"),
        ({"files": (File("../x", ""),)}, "component store has a file outside its folder: ../x"),
        ({"files": (File("x.toml", {}),)}, "a document cannot be written as .toml"),
    ],
)
def test_wrong_wiring_is_said(change: dict[str, object], message: str) -> None:
    """Each slip of the wiring has a sentence that names the component."""
    with pytest.raises(ValueError, match=message):
        resolve.launches((replace(STORE, **change),), PLACE, argv)  # type: ignore[arg-type] # fields by name


def test_two_components_of_one_name_are_refused() -> None:
    """A name is unique."""
    with pytest.raises(ValueError, match="two components have one name"):
        resolve.launches((STORE, STORE), PLACE, argv)


def test_secrets_are_read_from_variables_and_files(tmp_path: Path) -> None:
    """Every reference in environments and files is found and read, relative to the estate's folder."""
    (tmp_path / "token").write_text("from a file\n")
    components = (
        QUERY,
        replace(STORE, files=(File("x.yaml", {"a": [text(SecretValue("file:token"))]}),)),
    )
    wanted = secrets.references(components)
    assert wanted == ("env:TOKEN", "file:token")
    assert secrets.read(wanted, {"TOKEN": "t"}, tmp_path) == {"env:TOKEN": "t", "file:token": "from a file"}


def test_unreadable_secrets_are_named_all_at_once(tmp_path: Path) -> None:
    """Each secret that cannot be read is named with its reason; no value is."""
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SurroundingsError) as raised:
        secrets.read(("env:NO", "file:no", "keyvault:v/n", "file:binary", "env:YES"), {"YES": "s"}, tmp_path)
    assert raised.value.message == (
        "4 secrets cannot be read:\n"
        "  env:NO: the environment variable is not set\n"
        "  file:no: No such file or directory\n"
        "  keyvault:v/n: only env: and file: are read on this machine\n"
        "  file:binary: is not UTF-8 text"
    )


def test_later_arguments_and_conditions() -> None:
    """Later arguments begin with the same program, and a condition is a page that can be read."""
    store = replace(STORE, metrics=("http", "/metrics"))
    query = replace(
        QUERY,
        later=Later(
            ("query", text("--to=", Address("store", "http"))), Reached("store", "loaded", 3), "slower"
        ),
        deaf=Reached("store", "halted"),
    )
    launch = resolve.launches((query, store), PLACE, argv)[0]
    page = "http://127.0.0.1:21002/metrics"
    assert launch.later == Successor(
        (*argv(query.command), "query", "--to=127.0.0.1:21002"), "slower", Condition(page, "loaded", 3)
    )
    assert launch.deaf == Condition(page, "halted", 1)
    assert launch.successor() == replace(launch, argv=launch.later.argv, note="slower")
    assert resolve.launches((STORE,), PLACE, argv)[0].successor().argv == (*argv(STORE.command),)
    assert Launch.from_document(json.loads(json.dumps(launch.document()))) == launch
    assert launch.fingerprint() != resolve.launches((QUERY, store), PLACE, argv)[0].fingerprint()


def test_secrets_are_no_later_arguments_either() -> None:
    """What every user of the machine can read stays free of secrets, whenever it starts."""
    later = Later((text(SecretValue("env:TOKEN")),), Reached("store", "loaded"))
    with pytest.raises(ValueError, match="component store has a secret among its arguments"):
        resolve.launches((replace(STORE, metrics=("http", "/metrics"), later=later),), PLACE, argv)


def test_a_condition_on_what_has_no_metrics() -> None:
    """A component without a metrics page can show no metric."""
    waits = replace(STORE, later=Later((), Reached("store", "loaded")))
    with pytest.raises(ValueError, match="component store looks at the metrics of store, which has none"):
        resolve.launches((waits,), PLACE, argv)
