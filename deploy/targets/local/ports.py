"""Ports: which number each port of each component gets, and who is in the way. Loopback only."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence

import psutil

from deploy.targets.local import marks
from estate.components import Component
from estate.errors import PortTaken, UsageError

# Below the range of ephemeral ports of Linux (32768-60999), so that no outgoing connection holds one by
# chance.
BASE = 21000
HOST = "127.0.0.1"
# Component name to port name to number.
Ports = Mapping[str, Mapping[str, int]]


def assign(
    components: Sequence[Component], base: int, kept: Ports | None = None
) -> dict[str, dict[str, int]]:
    """Numbers from `base` on, in the order of the components; a port in `kept` keeps its number.

    Raises UsageError when the numbers leave 1024-65535.
    """
    old = kept or {}
    used = {number for row in old.values() for number in row.values()}
    free = (number for number in range(base, 65536) if number not in used)
    count = sum(len(component.ports) for component in components)
    if not 1024 <= base <= 65536 - count:
        raise UsageError(
            f"--port-base {base} is out of range: {count} ports from 1024 to 65535 are needed",
            f"Choose one from 1024 to {65536 - count}; {BASE} is the default.",
        )
    return {
        component.name: {
            name: old.get(component.name, {}).get(name) or next(free) for name in component.ports
        }
        for component in components
    }


def check(wanted: Ports) -> None:
    """Raises PortTaken, naming every port that another process holds, for which component, and by whom."""
    taken = [
        (component, name, number)
        for component, row in wanted.items()
        for name, number in row.items()
        if _taken(number)
    ]
    if not taken:
        return
    holders = _holders()
    lines = [
        f"  {number} ({component} {name}): {holders.get(number, 'a process of another user')}"
        for component, name, number in taken
    ]
    count = sum(len(row) for row in wanted.values())
    free = next((base for base in _bases() if not any(map(_taken, range(base, base + count)))), None)
    raise PortTaken(
        "\n".join([f"{len(taken)} of {count} ports are taken on {HOST}:", *lines]),
        "Stop what holds them" + (f", or use `--port-base {free}`." if free else "."),
    )


def _bases() -> Iterator[int]:
    yield from range(BASE + 1000, 32000, 1000)


def _taken(number: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        # As the components do: a connection that lingers after a stop is no holder.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, number))
        except OSError:
            return True
    return False


def _holders() -> dict[int, str]:
    """Who listens, by port, in words."""
    return {
        connection.laddr.port: _name(connection.pid)
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.pid
    }


def _name(pid: int) -> str:
    try:
        process = psutil.Process(pid)
        who = f"{process.name()} (pid {pid})"
    except psutil.Error:
        return f"pid {pid}"
    mark = marks.of(process)
    return f"{who}, component {mark.component} of estate {mark.estate}" if mark else who
