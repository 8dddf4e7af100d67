"""Blocks: those that a Prometheus cut, those that a sidecar noted as uploaded, and those in the bucket."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from deploy.engines import find


def in_bucket(state: Path) -> set[str]:
    """Every block in the bucket."""
    config = state / "files" / "store" / "objstore.yaml"
    command = ["tools", "bucket", "ls", f"--objstore.config-file={config}", "--log.level=error"]
    listed = subprocess.run(
        [str(find("thanos")), *command], capture_output=True, text=True, check=False, timeout=60
    )
    return set(listed.stdout.split())


def cut(state: Path, since: float) -> set[str]:
    """Blocks that lie in the folders of the Prometheus servers, cut since then (Unix seconds)."""
    found = set()
    for meta in (state / "data").glob("prometheus-*/*/meta.json"):
        document = json.loads(meta.read_text())
        if document["compaction"]["level"] == 1 and meta.stat().st_mtime >= since:
            found.add(document["ulid"])
    return found


def noted(state: Path) -> set[str]:
    """Blocks that sidecars believe to be uploaded, and so will never upload again."""
    notes = (state / "data").glob("prometheus-*/thanos.shipper.json")
    return {ulid for note in notes for ulid in json.loads(note.read_text())["uploaded"] or ()}
