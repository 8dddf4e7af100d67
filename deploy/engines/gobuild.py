"""Builds a Go program: the same bytes from the same pins, stamped so that it can say what it is."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.engines import toolchain, webui
from deploy.engines.progress import Step
from deploy.engines.spec import Engine, GoBuild
from deploy.engines.work import Work

# One line per package; that of the program itself also says where it and its module are, and which version
# it is.
_LISTED = (
    "{{if .DepOnly}}-{{else}}={{.Dir}}{{with .Module}}\t{{.Dir}}\t{{.Version}}\t"
    '{{with .Time}}{{.UTC.Format "20060102-15:04:05"}}{{end}}{{end}}{{end}}'
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """The source of a program: number of packages, folders of main package and module, version, date."""

    packages: int
    main: Path
    module: Path
    version: str
    date: str


def stamps(wanted: str | tuple[str, ...], version: str, revision: str, date: str) -> str:
    """Linker flags: symbol tables left out, and what `GoBuild.stamps` wants.

    For the five variables of Prometheus's common/version package the revision is the version of the module,
    which go.sum ties to one content; the date is that of its commit, not of this build, so that two machines
    make the same bytes.
    """
    if not isinstance(wanted, str):
        return " ".join(["-s -w", *(f"-X {setting.format(version=version)}" for setting in wanted)])
    values = {
        "Version": version,
        "Revision": revision,
        "Branch": "HEAD",
        "BuildUser": "singlepane",
        "BuildDate": date,
    }
    return " ".join(["-s -w", *(f"-X {wanted}.{name}={value}" for name, value in values.items() if value)])


def build(engine: Engine, recipe: GoBuild, work: Work) -> str:
    """Build the program into `work.product / engine.file` and return the version of the toolchain.

    Raises EngineError, Cancelled and OSError.
    """
    go = toolchain.go(work)
    environment = toolchain.environment() | {"CGO_ENABLED": "0", "GOTMPDIR": str(work.scratch)}
    if go.home is not None:
        environment |= {"GOMODCACHE": str(go.home / "mod"), "GOCACHE": str(go.home / "build")}
    tags = ("-tags", ",".join(recipe.tags))
    source = _fetch(engine, recipe, work, (go.program, "list", *tags), environment)
    at, package = engine.folder, recipe.package
    if recipe.ui:
        at = webui.carrier(engine, recipe.ui, source.module, source.main, work)
        package = "./program"
    linked = ("-ldflags", stamps(recipe.stamps, engine.version, source.version, source.date))
    step = Step("building", engine.name, engine.version, unit="packages")
    compiled = itertools.count(1)

    def heard(line: str) -> bool:
        work.progress.advanced(step, next(compiled), source.packages)
        return True

    command = (go.program, "build", "-v", "-trimpath", "-buildvcs=false", *tags, *linked)
    work.tool(step, (*command, "-o", work.product / engine.file, package), environment, at, heard)
    return go.version


def _fetch(
    engine: Engine,
    recipe: GoBuild,
    work: Work,
    command: tuple[str | Path, ...],
    environment: Mapping[str, str],
) -> Fetched:
    """Fetch the modules that this program is made of, which is a third of those that go.sum lists."""
    step = Step("fetching", engine.name, engine.version, unit="modules")
    fetched = itertools.count(1)
    listed: list[str] = []

    def heard(line: str) -> bool:
        if line.startswith("go: downloading "):
            work.progress.advanced(step, next(fetched), 0)
        elif line == "-" or line.startswith("="):
            listed.append(line)
        else:
            return True
        return False

    work.tool(step, (*command, "-deps", "-f", _LISTED, recipe.package), environment, engine.folder, heard)
    main, module, version, date = next(line[1:] for line in listed if line != "-").split("\t")
    return Fetched(len(listed), Path(main), Path(module), version, date)
