"""The pause image: our own program that a pod begins with. It is built as an engine is, and kept in the same
cache.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from deploy.engines import ensuring
from deploy.engines.progress import SILENT
from deploy.engines.spec import Engine, GoBuild

_FOLDER = Path(__file__).parent / "pause"


def program() -> Path:
    """The static executable; built on first use, in seconds. Raises EngineError."""
    # The cache tells engines apart by pins and versions; the source is no pin, so the version covers it.
    source = hashlib.sha256((_FOLDER / "main.go").read_bytes()).hexdigest()[:8]
    recipe = GoBuild("singlepane/tests/cluster/pause", stamps=("main.version={version}",))
    pause = Engine("pause", f"3.10-{source}", _FOLDER, recipe, "pause", purpose="tests")
    return ensuring.ensure([pause], [pause], SILENT)["pause"]
