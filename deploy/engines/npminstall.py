"""Installs a program from npm by its lock file, with a launcher that needs nothing of PATH."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

from deploy.engines import toolchain
from deploy.engines.progress import Step
from deploy.engines.spec import NPM_PINS, Engine, NpmInstall
from deploy.engines.toolchain import Node
from deploy.engines.work import Work

# Linux cuts a `#!` line here (BINPRM_BUF_SIZE was 128 until 5.1), and ends the interpreter's path at a space.
_INTERPRETER_LIMIT = 120


def launcher(node: Path, script: str) -> str:
    """Text of an executable file beside node_modules that becomes node, so that signals reach it.

    `script` is below node_modules; it must be the main module, where Azurite looks for its version. A
    path of node that cannot stand in a `#!` line takes a shell, which replaces itself by node.
    """
    if len(str(node)) <= _INTERPRETER_LIMIT and not any(letter.isspace() for letter in str(node)):
        return (
            f"#!{node}\n"
            f'process.argv[1] = require.resolve("./node_modules/{script}");\n'
            'require("node:module").runMain();\n'
        )
    return f'#!/bin/sh\nexec {shlex.quote(str(node))} "${{0%/*}}/node_modules/{script}" "$@"\n'


def packages(step: Step, pins: Path, folder: Path, node: Node, work: Work) -> dict[str, str]:
    """Put the packages of the lock in `pins` into `folder / "node_modules"`; none of their scripts runs.

    Returns the environment for what is done with them. Raises EngineError, Cancelled and OSError.
    """
    for name in NPM_PINS:
        shutil.copyfile(pins / name, folder / name)
    path = f"{node.program.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    environment = toolchain.environment() | {"PATH": path}
    strict = ("--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress")
    work.tool(step, (*node.npm, "ci", *strict), environment, folder, lambda _: True)
    return environment


def install(engine: Engine, recipe: NpmInstall, work: Work) -> tuple[str, Path]:
    """Install the program into `work.product`. Returns Node's version and path.

    Raises EngineError, Cancelled and OSError.
    """
    node = toolchain.node(work)
    packages(Step("installing", engine.name, engine.version), engine.folder, work.product, node, work)
    executable = work.product / engine.file
    executable.write_text(launcher(node.program, recipe.script))
    executable.chmod(0o755)
    return node.version, node.program
