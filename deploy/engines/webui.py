"""Builds a web user interface from the source in a Go module, and a main package that carries it.

The files of a module in Go's cache cannot be changed or added to. So the program's main package is copied
into a module of its own, made of the same pins, with one more file: it embeds the interface and puts it in
the variable where the program looks for it. All other packages are those of the module, and are compiled as
always.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from string import Template

from deploy.engines import npminstall, toolchain
from deploy.engines.progress import Step
from deploy.engines.spec import Engine, WebUi
from deploy.engines.work import Work

_CARRIER = Template("""\
package main

import (
	"embed"
	"net/http"

	ui "$package"
)

//go:embed $root
var webUi embed.FS

func init() {
	ui.$variable = http.FS(webUi)
}
""")


def carrier(engine: Engine, ui: WebUi, module: Path, main: Path, work: Work) -> Path:
    """Folder of a Go module whose package `./program` is the main package at `main`, with its web interface.

    `module` is the folder of the program's module. Raises EngineError, Cancelled and OSError.
    """
    root = work.scratch / "carrier"
    program = root / "program"
    program.mkdir(parents=True)
    for name in ("go.mod", "go.sum"):
        shutil.copyfile(engine.folder / name, root / name)
    for source in main.glob("*.go"):
        if not source.name.endswith("_test.go"):
            shutil.copyfile(source, program / source.name)
    package, variable = ui.package, ui.variable
    (program / "webui.go").write_text(_CARRIER.substitute(package=package, root=ui.root, variable=variable))
    built = _build(engine, ui, module, work)
    (program / ui.root).parent.mkdir(parents=True, exist_ok=True)
    built.rename(program / ui.root)
    return root


def _build(engine: Engine, ui: WebUi, module: Path, work: Work) -> Path:
    """Build the interface in a copy of its source, since Go's cache is read-only. Returns its folder."""
    node = toolchain.node(work)
    folder = work.scratch / "ui"
    shutil.copytree(module / ui.source, folder, copy_function=shutil.copyfile)
    for copied in (folder, *folder.rglob("*")):
        if copied.is_dir():
            copied.chmod(0o755)
    name = f"the web interface of {engine.name}"
    installing = Step("installing what builds", name, engine.version)
    environment = npminstall.packages(installing, engine.folder.parent / ui.pins, folder, node, work)
    vite = folder / "node_modules" / "vite" / "bin" / "vite.js"
    building = Step("building", name, engine.version)
    work.tool(building, (node.program, vite, "build"), environment, folder, lambda _: True)
    return folder / "dist"
