"""The blocks in the object store: on one machine as `thanos tools bucket ls` lists them with the store
gateway's access, in clusters as the store gateway itself has found them, because its access is not ours.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.verify.block import Block
from deploy.verify.ground import Broken, Ground
from estate.errors import EngineError

LISTING_SECONDS = 60.0
# Shorter than a sidecar's pause between two looks by far.
FRESH_SECONDS = 3.0


def parse(listing: str) -> tuple[Block, ...]:
    """The metas that `-o json` writes one after another. Raises ValueError for anything else."""
    decoder = json.JSONDecoder()
    blocks = []
    rest = listing.lstrip()
    while rest:
        meta, length = decoder.raw_decode(rest)
        blocks.append(_block(meta))
        rest = rest[length:].lstrip()
    return tuple(blocks)


def _block(meta: Mapping[str, Any]) -> Block:
    thanos = meta["thanos"]
    return Block(
        ulid=meta["ulid"],
        labels=thanos["labels"],
        source=thanos["source"],
        resolution=thanos["downsample"]["resolution"],
        start=meta["minTime"] / 1000,
        end=meta["maxTime"] / 1000,
    )


async def blocks(ground: Ground) -> tuple[Block, ...]:
    """All blocks in the bucket, as of a moment ago. Raises Broken when they cannot be listed."""
    fetch = _found if ground.in_clusters else _listed
    return await ground.listing.get(lambda: fetch(ground), FRESH_SECONDS)


async def _found(ground: Ground) -> tuple[Block, ...]:
    """What the store gateway serves (pkg/api/blocks/v1.go of Thanos: `view=loaded`)."""
    data, _ = await ground.data("store", "/api/v1/blocks", {"view": "loaded"})
    return tuple(_block(meta) for meta in data["blocks"] or ())


async def _listed(ground: Ground) -> tuple[Block, ...]:
    config = Path(ground.deployment.state_folder) / "files" / "store" / "objstore.yaml"
    if not config.is_file():
        raise Broken(
            f"there is no object store configuration at {config}",
            "Run `singlepane up` again, which writes it.",
            final=True,
        )
    # One of this machine that is not there is said at once; thanos would try again for half a minute.
    for store in ground.of_kind("azurite"):
        await ground.reach(store.name, "blob")
    try:
        thanos = ground.engine("thanos")
    except EngineError as error:
        raise Broken(error.message, error.remedy, final=True) from error
    code, out, err = await _run(
        thanos,
        "tools",
        "bucket",
        "ls",
        "--output=json",
        "--log.level=error",
        f"--objstore.config-file={config}",
    )
    if code != 0:
        raise Broken(
            f"the bucket cannot be listed: {_reason(err)}",
            "See whether the object store runs: `singlepane status`.",
        )
    try:
        return parse(out)
    except (ValueError, KeyError, TypeError) as error:
        raise Broken(
            f"the bucket holds a block whose meta.json is not understood: {error!r}",
            f"Look at it with `{thanos} tools bucket ls -o wide --objstore.config-file={config}`.",
        ) from None


async def _run(*command: str | Path) -> tuple[int, str, str]:
    """Exit code and output of a command; killed when it takes too long or nobody waits for it any more."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(LISTING_SECONDS):
            out, err = await process.communicate()
    except TimeoutError:
        return 1, "", f"no answer within {LISTING_SECONDS:g} s"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, out.decode(errors="replace"), err.decode(errors="replace")


def _reason(text: str) -> str:
    """The first error out of the log that thanos ends with; a Go error there carries its whole stack."""
    errors = re.findall(r'\berr="((?:[^"\\]|\\.)*)"', text)
    if errors:
        return str(errors[0]).split(r"\n")[0].replace(r"\"", '"')[:400]
    lines = text.strip().splitlines()
    return lines[-1][-400:] if lines else "no reason given"
