"""Which estate a command means, and where its state is."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Annotated

import typer

from deploy.targets.local import folder
from deploy.targets.local.folder import StateFolder
from estate.errors import EstateInvalid, NotRunning, UsageError
from estate.load import load

_EXAMPLE = Path(__file__).parents[1] / "examples" / "shop" / "estate.yaml"
# The name of an estate that has findings elsewhere.
_NAME = re.compile(r"""^name:\s*["']?([a-z0-9-]{1,63})["']?\s*(#.*)?$""", re.MULTILINE)

_WITHOUT = "The estate file. Without it: `estate.yaml` in this folder, else the example that comes along."

EstateArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="[ESTATE]",
        help=_WITHOUT,
        show_default=False,
    ),
]
EstateOption = Annotated[
    Path | None,
    typer.Option(
        "--estate",
        "-e",
        help=_WITHOUT,
        show_default=False,
    ),
]
StateOption = Annotated[
    Path | None,
    typer.Option(
        "--state",
        envvar="SINGLEPANE_STATE",
        help="The state folder. Without it: `$XDG_STATE_HOME/singlepane/NAME`, by the estate's name.",
        show_default=False,
    ),
]


def estate_file(given: Path | None) -> Path:
    """The estate file that is meant, as an absolute path. Raises UsageError where there is none."""
    path = given or Path("estate.yaml")
    if given is None and not path.exists():
        path = _EXAMPLE
    if path.is_dir():
        path = path / "estate.yaml"
    if not path.exists():
        raise UsageError(f"there is no estate file {path}", "Give the path of an estate file.")
    return path.resolve()


def state_path(estate: str, state: Path | None) -> Path:
    """Where the state of an estate of that name is. Raises StateFolderError."""
    return (state or folder.default_path(estate, os.environ)).absolute()


def state_folder(estate: Path | None, state: Path | None) -> StateFolder:
    """The state folder of an estate that was started before.

    An estate file that became invalid while its estate runs does not keep the user from stopping it: only its
    name is asked for. Raises NotRunning where nothing was started, UsageError, EstateInvalid.
    """
    path = state.absolute() if state else state_path(_name(estate_file(estate)), None)
    found = folder.find(path)
    if found is None:
        raise NotRunning(
            f"nothing was started here yet: {path} is no state folder",
            f"`singlepane up --state {shlex.quote(str(path))}` starts an estate there."
            if state
            else "`singlepane up` starts an estate. Where it was given a --state, give the same one here.",
        )
    return found


def _name(path: Path) -> str:
    try:
        return load(path).estate.name
    except EstateInvalid:
        match = _NAME.search(path.read_text(encoding="utf-8", errors="replace"))
        if match is None:
            raise
        return match[1]
