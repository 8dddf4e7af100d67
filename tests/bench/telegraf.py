"""Telegraf with its azure_monitor input, built from its Go module as its own documentation describes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

MODULE = "github.com/influxdata/telegraf"
VERSION = "v1.37.2"
_TAGS = "custom,inputs.azure_monitor,outputs.file,serializers.influx"
_BUILD_SECONDS = 600
_GO_MOD = f"""module bench

go 1.25.5

tool {MODULE}/cmd/telegraf

require {MODULE} {VERSION}
"""


def binary() -> Path:
    """The binary, built when the cache has none: two minutes of processor time, and Go's own downloads.

    Raises AssertionError where there is no Go, or the build does not end well in ten minutes.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    built = cache / "singlepane" / "bench" / f"telegraf-{VERSION}"
    if not built.exists():
        go = shutil.which("go")
        assert go is not None, "Telegraf is built with Go; there is no go on the PATH"
        built.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            _build(go, Path(folder), built)
    return built


def _build(go: str, folder: Path, built: Path) -> None:
    environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod"}
    (folder / "go.mod").write_text(_GO_MOD)
    found = subprocess.run(
        [go, "mod", "download", "-json", f"{MODULE}@{VERSION}"],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        timeout=_BUILD_SECONDS,
    )
    # The checksums that Telegraf's authors recorded hold for all that it is built of.
    (folder / "go.sum").write_bytes((Path(json.loads(found.stdout)["Dir"]) / "go.sum").read_bytes())
    command = [go, "build", "-trimpath", "-tags", _TAGS, "-o", str(built), f"{MODULE}/cmd/telegraf"]
    subprocess.run(command, cwd=folder, env=environment, check=True, timeout=_BUILD_SECONDS)
