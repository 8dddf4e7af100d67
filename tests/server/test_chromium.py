"""Where the browser of the tests comes from, and what is said when there is none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.server import chromium


def _program(folder: Path, name: str, text: str = "exit 0") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with nothing on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("SINGLEPANE_CHROMIUM", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_the_named_one_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SINGLEPANE_CHROMIUM wins over PATH, and must be a program."""
    _program(tmp_path, "chromium")
    mine = _program(tmp_path, "mine")
    monkeypatch.setenv("SINGLEPANE_CHROMIUM", str(mine))
    assert chromium.find() == mine
    monkeypatch.setenv("SINGLEPANE_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(chromium.NoChromiumError, match="which is no program"):
        chromium.find()


@pytest.mark.parametrize("name", chromium.NAMES)
def test_any_known_name_on_path(tmp_path: Path, name: str) -> None:
    """Debian's, Ubuntu's and Google's."""
    program = _program(tmp_path, name)
    assert chromium.find() == program


def test_without_apt_or_root_the_remedy_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither is guessed around."""
    with pytest.raises(chromium.NoChromiumError, match="name one in SINGLEPANE_CHROMIUM"):
        chromium.find()
    _program(tmp_path, "apt-get")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(chromium.NoChromiumError, match="There is no Chromium on PATH"):
        chromium.find()


def test_root_on_debian_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Update, then install; the program is there afterwards."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    made = tmp_path / "chromium"
    script = (
        f'echo "$*" >> {tmp_path}/calls; [ "$1" = install ] && : > {made} && /bin/chmod 755 {made}; exit 0'
    )
    _program(tmp_path, "apt-get", script)
    assert chromium.find() == made
    assert (tmp_path / "calls").read_text().splitlines() == [
        "update --quiet",
        "install --yes --quiet --no-install-recommends chromium fonts-dejavu-core",
    ]


def test_a_failed_install_shows_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the remedy."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    _program(tmp_path, "apt-get", "echo E: no network >&2; exit 100")
    with pytest.raises(chromium.NoChromiumError, match=r"E: no network\n.*SINGLEPANE_CHROMIUM"):
        chromium.find()
