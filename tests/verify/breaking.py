"""Ways to break a running stack, each mended when its block ends, and what to read of a verification then."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import yaml

from deploy.verify import HopResult, Verification
from tests.verify.stack import Process, Stack

# Long enough for one more try of every hop, short enough not to wait for what stays broken.
SECONDS = 4.0
CHAINS = [("weu", 0), ("weu", 1), ("neu", 0)]


def broken(verification: Verification, cluster: str = "", replica: int = 0) -> HopResult:
    """The broken hop of one chain, or the first of all."""
    if not cluster:
        assert verification.first_broken is not None
        return verification.first_broken
    (found,) = [
        result
        for result in verification.results
        if (result.cluster, result.replica) == (cluster, replica) and result.reached and not result.ok
    ]
    return found


def whole(verification: Verification, cluster: str, replica: int = 0) -> bool:
    """True when one chain holds from end to end."""
    return all(
        result.ok for result in verification.results if (result.cluster, result.replica) == (cluster, replica)
    )


@contextmanager
def stopped(process: Process) -> Iterator[None]:
    """The process is not there."""
    process.stop()
    try:
        yield
    finally:
        process.start()
        process.wait_ready()


@contextmanager
def instead(process: Process, arguments: list[str], forgets: Path | None = None) -> Iterator[None]:
    """The process runs with other arguments, and without one file of its data."""
    own = process.arguments
    process.stop()
    if forgets is not None:
        forgets.unlink()
    process.arguments = arguments
    try:
        process.start()
        process.wait_ready()
        yield
    finally:
        process.stop()
        process.arguments = own
        process.start()
        process.wait_ready()


@contextmanager
def rewritten(stack: Stack, component: str, path: Path, content: object) -> Iterator[None]:
    """A file of a component has another content; the component has read it."""
    before = path.read_text()
    reload = f"http://{stack.deployment().address(component, 'http')}/-/reload"
    path.write_text(yaml.safe_dump(content))
    try:
        httpx.post(reload).raise_for_status()
        yield
    finally:
        path.write_text(before)
        httpx.post(reload).raise_for_status()


@contextmanager
def blocks_away(stack: Stack, cluster: str) -> Iterator[list[Path]]:
    """The blocks of a cluster are not in the bucket; yields where they are."""
    bucket, away = Path(stack.data("bucket")), Path(stack.data("away"))
    own = [
        meta.parent
        for meta in bucket.glob("*/meta.json")
        if json.loads(meta.read_text())["thanos"]["labels"]["cluster"] == cluster
    ]
    moved = [Path(shutil.move(str(block), away)) for block in own]
    try:
        yield moved
    finally:
        for block in moved:
            shutil.move(str(block), bucket)


def without(arguments: list[str], flag: str) -> list[str]:
    """The arguments without one flag."""
    return [argument for argument in arguments if not argument.startswith(flag)]
