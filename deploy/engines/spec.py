"""What an engine is: one third-party program, its pinned version, and how it is made from its pins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

# In a checkout and in an installed wheel alike, `engines/` lies beside the package `deploy`.
PINS = Path(__file__).resolve().parents[2] / "engines"
NPM_PINS = ("package.json", "package-lock.json")


@dataclass(frozen=True, slots=True)
class WebUi:
    """A web user interface that a Go module carries as source, not as build.

    `pins` is the folder beside the engine's one with package.json and its lock; `source` is the folder of
    the source in the module, built by vite; `variable` of the Go package `package` is the `http.FileSystem`
    where the program looks for the result, below `root`.
    """

    pins: str
    source: str
    package: str
    variable: str
    root: str


@dataclass(frozen=True, slots=True)
class GoBuild:
    """A program built from a Go module.

    `package` is the import path of its main package. `stamps` says how it learns its version: a package
    whose variables Version, Revision, Branch, BuildUser and BuildDate it prints and exports as
    `*_build_info` (common/version/info.go); or settings of variables of its own, as
    `example.org/x/version.text=v{version}`; or none, for a program whose source names its version.
    """

    package: str
    tags: tuple[str, ...] = ()
    stamps: str | tuple[str, ...] = "github.com/prometheus/common/version"
    ui: WebUi | None = None

    @property
    def pins(self) -> tuple[str, ...]:
        """The files that say exactly what is built, as paths from the engine's folder."""
        own = ("go.mod", "go.sum")
        return (*own, *(f"../{self.ui.pins}/{name}" for name in NPM_PINS)) if self.ui else own


@dataclass(frozen=True, slots=True)
class NpmInstall:
    """A program installed from npm; `script` is the JavaScript file under node_modules that starts it."""

    script: str

    @property
    def pins(self) -> tuple[str, ...]:
        """The files that say exactly what is installed, as paths from the engine's folder."""
        return NPM_PINS


# estate: a component runs it, or a command of singlepane does. tests: only tests of singlepane run it.
Purpose = Literal["estate", "tests"]


@dataclass(frozen=True, slots=True)
class Engine:
    """One third-party program.

    `file` is the name of its executable; `folder` holds its pins; the first group of `printed` is the
    version in what it prints when it is `asked`.
    """

    name: str
    version: str
    folder: Path
    recipe: GoBuild | NpmInstall
    file: str
    printed: str = r"(?m)^\S+, version (\S+) "
    asked: str = "--version"
    purpose: Purpose = "estate"

    def version_in(self, output: str) -> str | None:
        """The version in what it printed, or None if there is none."""
        match = re.search(self.printed, output)
        return match[1] if match else None
