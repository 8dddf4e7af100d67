"""Ports are deterministic, and a taken one is named with its holder."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import psutil
import pytest

from deploy.targets.local import ports
from estate.components import Component, Own
from estate.errors import PortTaken, UsageError
from tests.local.house import House, free_base


def component(name: str, *names: str) -> Component:
    """A component with these ports."""
    return Component(name=name, kind="x", cluster="hub", command=Own(), ports=dict.fromkeys(names, 1))


def test_numbers_follow_the_order() -> None:
    """Ports are numbered in the order of the components and of their ports."""
    assigned = ports.assign((component("a", "http", "grpc"), component("b"), component("c", "http")), 21000)
    assert assigned == {"a": {"http": 21000, "grpc": 21001}, "b": {}, "c": {"http": 21002}}


def test_what_runs_keeps_its_numbers() -> None:
    """A new component takes numbers that none of the kept ones has."""
    kept = {"b": {"http": 21000}, "gone": {"http": 21001}}
    assigned = ports.assign((component("a", "http"), component("b", "http")), 21000, kept)
    assert assigned == {"a": {"http": 21002}, "b": {"http": 21000}}


@pytest.mark.parametrize("base", [0, 1023, 65535, 70000, -1])
def test_base_out_of_range(base: int) -> None:
    """A base that leaves no room is refused with the range."""
    with pytest.raises(UsageError) as raised:
        ports.assign((component("a", "x", "y"),), base)
    assert (
        raised.value.message == f"--port-base {base} is out of range: 2 ports from 1024 to 65535 are needed"
    )
    assert raised.value.remedy == "Choose one from 1024 to 65534; 21000 is the default."


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that this process listens on; the one after it is free."""
    base = free_base(2)
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", base))
        listener.listen()
        yield base


def test_every_taken_port_is_named_with_its_holder(taken: int) -> None:
    """The error names number, component, port and holder, and offers another base."""
    with pytest.raises(PortTaken) as raised:
        ports.check({"query": {"http": taken, "grpc": taken + 1}, "store": {"http": taken}})
    own = f"{psutil.Process().name()} (pid {os.getpid()})"
    assert raised.value.message == (
        f"2 of 3 ports are taken on 127.0.0.1:\n  {taken} (query http): {own}\n  {taken} (store http): {own}"
    )
    assert raised.value.remedy.startswith("Stop what holds them, or use `--port-base ")


async def test_another_estate_is_named(house: House) -> None:
    """A port that another estate holds is named with that estate and its component."""
    other = replace(house, root=house.root / "other", name="other")
    other.root.mkdir()
    line = await house.up(house.component("one"))
    try:
        with pytest.raises(PortTaken, match=rf"\(two http\): .*, component one of estate {house.name}$"):
            await other.up(other.component("two"))
        assert other.events() == []
    finally:
        await line.ask("down", lambda _: None)
        await line.close()
