"""Builds a Go program: the same bytes from the same pins, stamped so that it can say what it is."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

from deploy.engines import toolchain
from deploy.engines.progress import Step
from deploy.engines.spec import Engine, GoBuild
from deploy.engines.work import Work

# One line per package; that of the program itself has the version and the commit time of its module.
_LISTED = (
    "{{if .DepOnly}}- {{else}}= {{with .Module}}{{.Version}} "
    '{{with .Time}}{{.UTC.Format "20060102-15:04:05"}}{{end}}{{else}} {{end}}{{end}}'
)


def stamps(package: str, version: str, revision: str, date: str) -> str:
    """Linker flags: symbol tables left out, and the five variables of Prometheus's common/version package.

    The revision is the version of the module, which go.sum ties to one content; the date is that of its
    commit, not of this build, so that two machines make the same bytes.
    """
    values = {
        "Version": version,
        "Revision": revision,
        "Branch": "HEAD",
        "BuildUser": "singlepane",
        "BuildDate": date,
    }
    return " ".join(["-s -w", *(f"-X {package}.{name}={value}" for name, value in values.items() if value)])


def build(engine: Engine, recipe: GoBuild, work: Work) -> str:
    """Build the program into `work.folder / engine.file` and return the version of the toolchain.

    Raises EngineError, Cancelled and OSError.
    """
    go = toolchain.go(work)
    temporary = work.folder / "work"
    temporary.mkdir()
    environment = toolchain.environment() | {"CGO_ENABLED": "0", "GOTMPDIR": str(temporary)}
    if go.home is not None:
        environment |= {"GOMODCACHE": str(go.home / "mod"), "GOCACHE": str(go.home / "build")}
    flags = ("-tags", ",".join(recipe.tags))
    packages, revision, date = _fetch(engine, recipe, work, (go.program, "list", *flags), environment)
    linked = ("-ldflags", stamps(recipe.stamps, engine.version, revision, date))
    command = (go.program, "build", "-v", *flags, "-buildvcs=false", "-trimpath", *linked)
    step = Step("building", engine.name, engine.version, unit="packages")
    compiled = itertools.count(1)

    def heard(line: str) -> bool:
        work.progress.advanced(step, next(compiled), packages)
        return True

    work.tool(
        step, (*command, "-o", work.folder / engine.file, recipe.package), environment, engine.folder, heard
    )
    temporary.rmdir()
    return go.version


def _fetch(
    engine: Engine,
    recipe: GoBuild,
    work: Work,
    command: tuple[str | Path, ...],
    environment: Mapping[str, str],
) -> tuple[int, str, str]:
    """Fetch the modules that this program is made of, which is a third of those that go.sum lists.

    Returns the number of its packages, and version and commit time of its module.
    """
    step = Step("fetching", engine.name, engine.version, unit="modules")
    fetched = itertools.count(1)
    listed: list[str] = []

    def heard(line: str) -> bool:
        if line.startswith("go: downloading "):
            work.progress.advanced(step, next(fetched), 0)
        elif line.startswith(("- ", "= ")):
            listed.append(line)
        else:
            return True
        return False

    work.tool(step, (*command, "-deps", "-f", _LISTED, recipe.package), environment, engine.folder, heard)
    _, version, date = next(line for line in listed if line.startswith("= ")).split(" ")
    return len(listed), version, date
