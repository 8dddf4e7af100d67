"""The cache of engines: `<cache>/engines/<engine>-<hash>/`, written once, whole or not at all.

The hash covers all that decides what the program does: its pins, the recipe (package, tags, stamps), the
platform. It leaves the toolchain's version out on purpose: a cached engine must be found, and stay good,
where Go or Node was upgraded or is no longer on PATH. The manifest `entry.json` says which toolchain made
it.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from deploy.engines.spec import Engine
from estate.errors import EngineError

MANIFEST = "entry.json"
# Goes up when the way of building changes (flags, stamps, layout of an entry) and old entries must not be
# used.
_LAYOUT = 2


def root() -> Path:
    """`$XDG_CACHE_HOME/singlepane`; a relative value is ignored, as the XDG specification demands.

    Raises EngineError for a user who has no home folder, as in some containers.
    """
    base = os.environ.get("XDG_CACHE_HOME", "")
    if base.startswith("/"):
        return Path(base) / "singlepane"
    try:
        return Path.home() / ".cache" / "singlepane"
    except RuntimeError as error:
        raise EngineError(
            "there is no place for engines: this user has no home folder", "Set XDG_CACHE_HOME to a folder."
        ) from error


def key(engine: Engine) -> str:
    """Hash of an engine's inputs, 16 hex digits. Raises EngineError when its pins cannot be read."""
    digest = hashlib.sha256()
    recipe = {"kind": type(engine.recipe).__name__, **asdict(engine.recipe)}
    where = [sys.platform, platform.machine()]
    digest.update(json.dumps([_LAYOUT, engine.name, engine.version, recipe, where], sort_keys=True).encode())
    for name in engine.recipe.pins:
        try:
            digest.update(hashlib.sha256((engine.folder / name).read_bytes()).digest())
        except OSError as error:
            raise EngineError(
                f"{engine.name} cannot be built: {engine.folder / name} cannot be read ({error.strerror})",
                "Restore the folder `engines/` from the checkout, or install singlepane anew.",
            ) from error
    return digest.hexdigest()[:16]


def entry(engine: Engine) -> Path:
    """Folder where this engine is, once it is built."""
    return root() / "engines" / f"{engine.name}-{key(engine)}"


@dataclass(frozen=True, slots=True)
class Cached:
    """A whole entry. `size` is that of all its files, in bytes; `seconds` is how long it took to make."""

    path: Path
    toolchain: str
    size: int
    seconds: float


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _facts(path: Path) -> dict[str, Any]:
    status = path.stat()
    return {"size": status.st_size, "mtime": int(status.st_mtime), "sha256": _digest(path)}


def seal(folder: Path, executable: str, toolchain: str, seconds: float, needs: tuple[Path, ...]) -> None:
    """Make `folder` an entry by its manifest. `needs` are the other files it cannot run without."""
    size = sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_dir())
    facts = _facts(folder / executable)
    manifest = folder / MANIFEST
    manifest.write_text(
        json.dumps(
            {
                "executable": executable,
                "facts": facts,
                "needs": [str(need) for need in needs],
                "toolchain": toolchain,
                "size": size,
                "seconds": round(seconds, 1),
            }
        )
    )
    # A power cut after the rename must not leave an entry of empty files.
    for path in (folder / executable, manifest):
        with path.open("rb") as file:
            os.fsync(file.fileno())


def cached(engine: Engine) -> Cached | None:
    """The entry of this engine, or None when there is none or it is damaged.

    The executable is compared by size and time of change, which costs a `stat`; by its SHA-256 when only the
    time differs, as after a copy. Archives and image layers keep whole seconds, so those are compared.
    """
    folder = entry(engine)
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
        path = folder / manifest["executable"]
        facts, status = manifest["facts"], path.stat()
        whole = (
            status.st_size == facts["size"]
            and os.access(path, os.X_OK)
            and all(os.access(folder / need, os.R_OK) for need in manifest["needs"])
            and (int(status.st_mtime) == facts["mtime"] or _digest(path) == facts["sha256"])
        )
        return Cached(path, manifest["toolchain"], manifest["size"], manifest["seconds"]) if whole else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def damaged(engine: Engine) -> bool:
    """Whether there is something in the place of the entry that is not a whole entry."""
    return entry(engine).exists() and cached(engine) is None


def discard(folder: Path) -> None:
    """Remove a folder of the cache, also one with read-only folders in it."""
    if not folder.exists():
        return
    for parent, _, _ in os.walk(folder):
        Path(parent).chmod(0o700)
    shutil.rmtree(folder)
