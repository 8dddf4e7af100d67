"""Commands that messages advise, made to speak of the estate that the messages are about.

Without `--state` a command means the folder of an estate's name, which is another one for an estate that was
started elsewhere.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

from deploy.targets.local.folder import default_path
from estate.errors import StateFolderError

_COMMAND = re.compile(r"`singlepane (up|status|verify|logs|restart|down)\b([^`]*)`")


def carried(text: str, state: Path, estate: str, file: str = "") -> str:
    """The text, with `--state` in each command where the estate's folder is not the one of its name.

    `state` is absolute. `file` is the estate file, which `singlepane up` is given where it is known.
    """
    if state == _usual(estate):
        return text

    def completed(command: re.Match[str]) -> str:
        verb, rest = command.groups()
        if "--state" in rest:
            return command[0]
        named = f" {shlex.quote(file)}" if verb == "up" and file and not rest else ""
        return f"`singlepane {verb}{named}{rest} --state {shlex.quote(str(state))}`"

    return _COMMAND.sub(completed, text)


def _usual(estate: str) -> Path | None:
    try:
        return default_path(estate, os.environ)
    except StateFolderError:
        return None
