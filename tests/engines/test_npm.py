"""Installing from npm, where it fails. That it works is seen on Azurite itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.engines import ensuring
from deploy.engines.progress import SILENT
from deploy.engines.spec import Engine, NpmInstall
from estate.errors import EngineError


def test_unreachable_registry(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """npm's own words are shown with what to do, and nothing but its output is left in the cache."""
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:1")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    wanted = {"dependencies": {"absent": "1.0.0"}}
    packages = {"": wanted, "node_modules/absent": {"version": "1.0.0", "integrity": "sha512-AA=="}}
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps({"name": "own", **wanted}))
    (folder / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    engine = Engine("own", "1.0.0", folder, NpmInstall("own/main.js"), "own")
    with pytest.raises(EngineError) as caught:
        ensuring.ensure([engine], [engine], SILENT)
    assert caught.value.message.startswith("installing own 1.0.0 failed (exit code 1):\n")
    assert "ECONNREFUSED" in caught.value.message
    assert caught.value.remedy.startswith("The package source was not reached.")
    assert sorted(path.name for path in (cache / "engines").iterdir()) == ["own.lock", "own.log"]
