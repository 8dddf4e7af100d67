"""What an engine is: one third-party program, its pinned version, and how it is made from its pins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

# In a checkout and in an installed wheel alike, `engines/` lies beside the package `deploy`.
PINS = Path(__file__).resolve().parents[2] / "engines"


@dataclass(frozen=True, slots=True)
class GoBuild:
    """A program built from a Go module.

    `package` is the import path of its main package; `stamps` is the package whose variables Version,
    Revision, Branch, BuildUser and BuildDate it prints and exports as `*_build_info`
    (common/version/info.go).
    """

    package: str
    tags: tuple[str, ...] = ()
    stamps: str = "github.com/prometheus/common/version"

    @property
    def pins(self) -> tuple[str, ...]:
        """Names of the files in the engine's folder that say exactly what is built."""
        return ("go.mod", "go.sum")


@dataclass(frozen=True, slots=True)
class NpmInstall:
    """A program installed from npm; `script` is the JavaScript file under node_modules that starts it."""

    script: str

    @property
    def pins(self) -> tuple[str, ...]:
        """Names of the files in the engine's folder that say exactly what is installed."""
        return ("package.json", "package-lock.json")


@dataclass(frozen=True, slots=True)
class Engine:
    """One third-party program.

    `file` is the name of its executable; `folder` holds its pins; the first group of `printed` is the
    version in what it prints for `--version`.
    """

    name: str
    version: str
    folder: Path
    recipe: GoBuild | NpmInstall
    file: str
    printed: str = r"(?m)^\S+, version (\S+) "

    def version_in(self, output: str) -> str | None:
        """The version in the output of `--version`, or None if there is none."""
        match = re.search(self.printed, output)
        return match[1] if match else None
