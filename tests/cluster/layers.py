"""containerd's folder with imported images: shared between clusters, and kept for later runs in the cache of
engines.

Layers and blobs are never written to once they are there, since what a container changes is in a layer of
its own: so they are hard links. The databases are copied; they are whole as long as nothing is imported or
started there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from deploy.engines import cache
from tests.cluster.oci import Image


def link(source: Path, target: Path) -> None:
    """A file in a second place: the same one where that is possible, else a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)


def share(source: Path, target: Path) -> None:
    """Have containerd's folder a second time. Raises OSError."""

    def linked(one: str, two: str) -> str:
        (shutil.copy if one.endswith(".db") else link)(Path(one), Path(two))
        return two

    shutil.copytree(source, target, symlinks=True, copy_function=linked, dirs_exist_ok=True)


def kept(images: Iterable[Image]) -> Path:
    """Where a folder with just these images is kept; it may not be there yet."""
    digest = hashlib.sha256()
    for image in images:
        digest.update(json.dumps(asdict(image), sort_keys=True, default=_content).encode())
    return cache.root() / "containerd" / digest.hexdigest()[:16]


def keep(source: Path, target: Path) -> None:
    """Keep a folder for later runs, whole or not at all. Raises OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=target.parent) as temporary:
        share(source, Path(temporary) / "whole")
        # Two runs at once keep the same; the second one finds it there.
        if not target.exists():
            (Path(temporary) / "whole").rename(target)


def _content(value: Any) -> str:
    """What tells a file from another one, unread: folders of engines are named by what is in them."""
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    status = Path(value).stat()
    return f"{value} {status.st_size} {int(status.st_mtime)}"
