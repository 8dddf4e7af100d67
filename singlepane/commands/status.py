"""`singlepane status`: what runs, and how it is."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import psutil
import typer

from deploy.targets.local import client
from estate.running import Running
from singlepane import output
from singlepane.which import EstateArgument, StateOption, state_folder


def status(
    estate: EstateArgument = None,
    state: StateOption = None,
    format: output.FormatOption = output.Format.text,
) -> None:
    """Show every component of a running estate: state, address, process, restarts, uptime, memory.

    Exit code 0 when all are ready, 1 when one is not or something else is wrong, such as a full disk, 3 when
    the estate is not up.
    """
    place = state_folder(estate, state)
    deployment = asyncio.run(client.current(place))
    ready = all(row.state == "ready" for row in deployment.components)
    rows = [_measured(row) for row in deployment.components]
    if format is output.Format.json:
        output.document({**deployment.document(), "ready": ready, "components": rows})
    else:
        output.table(
            "",
            ("COMPONENT", "CLUSTER", "STATE", "ADDRESS", "PID", "RESTARTS", "UP", "MEMORY", "LAST ERROR"),
            [
                (
                    row["name"],
                    row["cluster"],
                    row["state"],
                    next(iter(row["addresses"].values()), ""),
                    row["pid"] or "",
                    row["restarts"],
                    _duration(row["uptime_seconds"]),
                    _mebibytes(row["memory_bytes"]),
                    row["last_error"],
                )
                for row in rows
            ],
        )
        for warning in deployment.warnings:
            output.message(f"warning: {warning}")
    if not ready or deployment.warnings:
        raise typer.Exit(1)


def _measured(row: Running) -> dict[str, Any]:
    """The row with uptime in seconds and resident memory in bytes, of its process and what that started."""
    uptime = memory = None
    if row.pid is not None:
        try:
            process = psutil.Process(row.pid)
            uptime = round(max(0.0, time.time() - process.create_time()), 1)
            memory = sum(one.memory_info().rss for one in (process, *process.children(recursive=True)))
        except psutil.Error:
            uptime = memory = None
    return {
        **{name: getattr(row, name) for name in Running.__slots__},
        "addresses": dict(row.addresses),
        "uptime_seconds": uptime,
        "memory_bytes": memory,
    }


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}d {hours}h"
    if hours:
        return f"{hours}h {minutes}m"
    return f"{minutes}m {rest}s" if minutes else f"{rest}s"


def _mebibytes(count: int | None) -> str:
    return "" if count is None else f"{count / (1 << 20):.0f} MiB"
